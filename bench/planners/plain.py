"""The whole plan in plain Python, by the same rules as ours: `python -m bench.planners.plain ESTATE OUT`.

Groups that no night can take are cut; a group may move when all its organisations may; the last night is found by
augmenting paths; nights are filled in order, urgent groups first, then by a hash of the group's first ExchangeGuid; no
limit is exceeded. Calendars are whole numbers with a bit a night, which is the quickest that plain Python has.
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import polars as pl

from bench.planners import plain_groups
from bench.planners.plain_flow import last_night
from bench.planners.terms import Limit, Terms, read

FEW = 5

REFUSED = 40_000
"""A night counts as full when it has refused so many groups: as many as ours looks at again."""


class Mailbox(NamedTuple):
    """A row of the estate."""

    guid: str
    organisation: str
    site: str
    size: int


class Group(NamedTuple):
    """Mailboxes that move together: their places, when they may (a bit a night), and what they take of each limit."""

    mailboxes: list[int]
    may: int
    needs: list[tuple[int, int]]
    order: bytes


def main(estate: Path, out: Path) -> None:
    """Plan *estate* and write the plan into *out*."""
    terms = read(estate)
    boxes, rights = read_estate(estate, terms)
    kept = plain_groups.without_hubs(rights, terms.group.hub)
    bonds = plain_groups.bonds_of(kept)
    most = terms.group
    weight = [max(1 / most.mailboxes, box.size / most.bytes) for box in boxes]
    members = plain_groups.divided(len(boxes), bonds, weight)
    groups = _groups(terms, boxes, members)
    night_of = _placed(terms, groups)
    write_plan(out, boxes, rights, [group.mailboxes for group in groups], night_of)


def read_estate(estate: Path, terms: Terms) -> tuple[list[Mailbox], list[tuple[int, int, int]]]:
    """The mailboxes, and the rights as places of mailbox and trustee with their price."""
    columns = ["guid", "organisation", "site", "size_bytes"]
    boxes = [
        Mailbox(*row)
        for row in pl.read_parquet(estate / "mailboxes.parquet", columns=columns).select(columns).iter_rows()
    ]
    columns = ["mailbox", "trustee", "kind"]
    rows = pl.read_parquet(estate / "permissions.parquet", columns=columns).select(columns).iter_rows()
    return boxes, [(mailbox, trustee, terms.prices[kind]) for mailbox, trustee, kind in rows]


def write_plan(
    out: Path,
    boxes: list[Mailbox],
    rights: list[tuple[int, int, int]],
    groups: list[list[int]],
    night_of: list[int],
) -> None:
    """Write who moves on which night, the rights whose two ends do not move together, and the plan's digest."""
    when = [-1] * len(boxes)
    which = [0] * len(boxes)
    for n, (members, night) in enumerate(zip(groups, night_of, strict=True)):
        for place in members:
            when[place], which[place] = night, n
    pl.DataFrame(
        {"guid": [box.guid for box in boxes], "group": which, "night": when},
        schema_overrides={"night": pl.Int16},
    ).write_parquet(out / "plan.parquet")
    severed = [(one, other) for one, other, _ in rights if when[one] != when[other]]
    (out / "plan.digest").write_text(_digest(boxes, which, when, severed), encoding="ascii")
    pl.DataFrame(
        {
            "mailbox": [boxes[one].guid for one, _ in severed],
            "trustee": [boxes[other].guid for _, other in severed],
            "together": [max(when[one], when[other]) for one, other in severed],
        },
        schema_overrides={"mailbox": pl.String, "trustee": pl.String, "together": pl.Int16},
    ).write_parquet(out / "severed.parquet")


def _digest(boxes: list[Mailbox], which: list[int], when: list[int], severed: list[tuple[int, int]]) -> str:
    """What ours has, too: one hash over who moves when and with whom, in whatever order the input came."""
    hashed = hashlib.sha256()
    order = sorted(range(len(boxes)), key=lambda place: boxes[place].guid)
    for place in order:
        hashed.update(b"%b %d %d\n" % (boxes[place].guid.encode(), which[place], when[place]))
    for one, other in sorted((boxes[one].guid, boxes[other].guid) for one, other in severed):
        hashed.update(f"{one} {other}\n".encode())
    return hashed.hexdigest()


def nights_allowed(terms: Terms) -> dict[str, int]:
    """For each organisation the nights on which it may move, a bit each."""
    everything = (1 << terms.nights) - 1
    found = {}
    for code, organisation in terms.organisations.items():
        may = everything >> organisation.ready << organisation.ready
        for first, last in organisation.frozen:
            may &= ~(((1 << (last - first + 1)) - 1) << first)
        found[code] = may
    return found


def _groups(terms: Terms, boxes: list[Mailbox], members: list[list[int]]) -> list[Group]:
    may_move = nights_allowed(terms)
    units = {
        site: [
            (n, terms.units[limit.unit]) for n, limit in enumerate(terms.limits) if limit.site in {None, site}
        ]
        for site in {box.site for box in boxes}
    }
    found = []
    for places in members:
        may = (1 << terms.nights) - 1
        needs: dict[int, int] = defaultdict(int)
        for place in places:
            box = boxes[place]
            may &= may_move[box.organisation]
            for n, unit in units[box.site]:
                needs[n] += unit.amount(box.size)
        first = min(boxes[place].guid for place in places)
        order = hashlib.sha256(first.encode()).digest()
        found.append(Group(places, may, [need for need in needs.items() if need[1]], order))
    return sorted(found, key=lambda group: group.order)


def _placed(terms: Terms, groups: list[Group]) -> list[int]:
    horizon = _horizon(terms, groups)
    night_of = [-1] * len(groups)
    waiting = list(range(len(groups)))
    left = [0] * len(terms.limits)
    for night in range(terms.nights):
        left = [_refilled(limit, night, before) for limit, before in zip(terms.limits, left, strict=True)]
        urgent = {may for may in {groups[n].may for n in waiting} if _is_urgent(may, night, horizon)}
        bit = 1 << night
        candidates = [n for n in waiting if groups[n].may & bit]
        candidates = [n for n in candidates if groups[n].may in urgent] + [
            n for n in candidates if groups[n].may not in urgent
        ]
        refused = 0
        for n in candidates:
            if left[0] <= 0 or refused == REFUSED:
                break
            needs = groups[n].needs
            if not all(amount <= left[limit] for limit, amount in needs):
                refused += 1
                continue
            for limit, amount in needs:
                left[limit] -= amount
            night_of[n] = night
        waiting = [n for n in waiting if night_of[n] < 0]
    return night_of


def _refilled(limit: Limit, night: int, before: int) -> int:
    return min(limit.depth[night], before + limit.refill[night])


def _is_urgent(may: int, night: int, horizon: int) -> bool:
    """Whether few nights are left until the horizon, or less than half of them."""
    length = max(horizon + 1 - night, 0)
    left = (may >> night & ((1 << length) - 1)).bit_count()
    return left <= FEW or 2 * left <= length


def _horizon(terms: Terms, groups: list[Group]) -> int:
    """The first night by which every limit, by itself, could have taken everybody."""
    demand: list[dict[int, int]] = [defaultdict(int) for _ in terms.limits]
    for group in groups:
        for n, amount in group.needs:
            demand[n][group.may] += amount
    last = 0
    for limit, needed in zip(terms.limits, demand, strict=True):
        room = [max(depth, refill) for depth, refill in zip(limit.depth, limit.refill, strict=True)]
        last = last_night(needed, room, last)
    return last


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
