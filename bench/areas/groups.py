"""Joining mailboxes that share delegate rights, against union-find in plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bench.rows import Row, pair
from mailwave.core.delegates.groups import Night, delegate_groups
from mailwave.core.estate import Mailbox, Permission

MAILBOXES = 50_000
RIGHTS = 70_000
CLUSTER = 40
"""Rights lie between mailboxes at most this far apart, as in one office; placed at random they join everybody."""


def rows() -> Iterator[Row]:
    """One row: fifty thousand mailboxes."""
    mailboxes, rights = _estate()
    yield pair(
        area="planner",
        name="delegate groups",
        workload=f"{MAILBOXES} mailboxes, {RIGHTS} rights",
        ours=lambda: sorted(
            [box.guid for box in group]
            for group in delegate_groups(mailboxes, rights, Night(MAILBOXES, 10**18))
        ),
        baseline=lambda: sorted(_union_find(mailboxes, rights)),
        baseline_name="union-find in Python",
    )


def _estate() -> tuple[list[Mailbox], list[Permission]]:
    draw = random.Random(11)  # noqa: S311 - a repeatable workload
    guids = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(MAILBOXES)]
    mailboxes = [
        Mailbox(
            guid,
            f"{guid}@nhsmail.example",
            guid,
            guid,
            "RR8",
            "leeds",
            "UserMailbox",
            "",
            "EX01",
            "DB01",
            1,
            1,
        )
        for guid in guids
    ]
    ends = ((first, first // CLUSTER * CLUSTER + draw.randrange(CLUSTER)) for first in _starts(draw))
    return mailboxes, [Permission(guids[a], guids[min(b, MAILBOXES - 1)], "FullAccess") for a, b in ends]


def _starts(draw: random.Random) -> Iterator[int]:
    # a third of the offices share nothing
    for _ in range(RIGHTS):
        office = draw.randrange(MAILBOXES // CLUSTER // 3 * 2)
        yield office * CLUSTER + draw.randrange(CLUSTER)


def _union_find(mailboxes: Sequence[Mailbox], rights: Sequence[Permission]) -> list[list[str]]:
    parent = {box.guid: box.guid for box in mailboxes}

    def root(guid: str) -> str:
        while parent[guid] != guid:
            parent[guid] = parent[parent[guid]]
            guid = parent[guid]
        return guid

    for right in rights:
        parent[root(right.guid)] = root(right.trustee)
    groups: dict[str, list[str]] = defaultdict(list)
    for guid in sorted(parent):
        groups[root(guid)].append(guid)
    return list(groups.values())
