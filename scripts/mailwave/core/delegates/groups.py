"""The groups of mailboxes that move in one night: joined by delegate rights, and no larger than a night can take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mailwave.core.delegates.cut import divided
from mailwave.core.delegates.graph import Numbers
from mailwave.core.delegates.rights import KINDS, Rights, graph_of, hubs
from mailwave.core.estate import Mailbox, Permission

ROOM = 2**40
"""What a night has room for, in parts so small that a million mailboxes are counted without an error of rounding."""


class Night(NamedTuple):
    """What a night takes at most."""

    mailboxes: int
    bytes: int


def delegate_groups(
    mailboxes: Iterable[Mailbox], permissions: Iterable[Permission], night: Night
) -> list[tuple[Mailbox, ...]]:
    """The mailboxes joined by rights, each group in the order of its guids; who shares with nobody is a group of one.

    What is too large for *night* is divided where it costs least. Rights that lead outside *mailboxes* join nothing,
    and neither do those of service accounts.
    """
    ordered = sorted(mailboxes, key=lambda mailbox: mailbox.guid)
    place = {mailbox.guid: n for n, mailbox in enumerate(ordered)}
    rights = _rights(place, permissions)
    graph = graph_of(rights, _weights(ordered, night), hubs(rights, len(ordered)))
    groups: dict[int, list[Mailbox]] = defaultdict(list)
    for mailbox, label in zip(ordered, divided(graph, ROOM).tolist(), strict=True):
        groups[label].append(mailbox)
    return [tuple(group) for group in groups.values()]


def _rights(place: Mapping[str, int], permissions: Iterable[Permission]) -> Rights:
    rows = [
        (place[right.guid], place[right.trustee], KINDS[right.kind].price)
        for right in permissions
        if right.guid in place and right.trustee in place
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Rights(columns[:, 0], columns[:, 1], columns[:, 2])


def _weights(mailboxes: Sequence[Mailbox], night: Night) -> Numbers:
    """What part of a night each takes: of its mailboxes or of its bytes, whichever is more."""
    sizes = np.array([mailbox.size_bytes or 0 for mailbox in mailboxes], dtype=float)
    by_bytes = np.ceil(sizes / night.bytes * ROOM)
    return np.maximum(ROOM // night.mailboxes, by_bytes).astype(np.int64)
