"""A small estate, a plan that keeps all its terms, and for each rule a change that breaks it and one that does not.

It imports nothing of the checker that has to notice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from bench.planners.terms import Group, Limit, Organisation, Terms, Unit

GB = 10**9
NIGHTS = 8


class Box(NamedTuple):
    guid: str
    organisation: str
    site: str
    size_bytes: int


class Place(NamedTuple):
    guid: str
    group: int
    night: int


BOXES = [
    Box("a", "north", "leeds", 5 * GB),
    Box("b", "north", "leeds", 3 * GB),
    Box("c", "south", "leeds", 2 * GB),
    Box("d", "south", "york", 2 * GB),
    Box("e", "south", "york", 1 * GB),
    Box("f", "north", "york", 1 * GB),
]
RIGHTS = [("a", "b", "SendAs"), ("c", "d", "FullAccess"), ("d", "e", "FullAccess")]

PLAN = [
    Place("a", 0, 3),
    Place("b", 0, 3),
    Place("c", 1, 4),
    Place("d", 1, 4),
    Place("e", 2, 5),
    Place("f", 3, 2),
]
SEVERED = [("d", "e")]
BEFORE = {"a": 3, "b": 3, "c": 5, "d": 5, "e": 5, "f": 2}
TOLD = ["a", "b", "f"]
FIRST = 4
"""Nights from here on can still be told."""

TERMS = Terms(
    first=date(2026, 9, 7),
    nights=NIGHTS,
    units={"mailboxes": Unit(1), "bytes": Unit(0, 1)},
    grants={},
    limits=[
        Limit("mailboxes", "mailboxes", None, [3] * NIGHTS, [3] * NIGHTS),
        Limit("mailboxes of york", "mailboxes", "york", [2] * NIGHTS, [2] * NIGHTS),
        Limit("bytes", "bytes", None, [8 * GB] * NIGHTS, [8 * GB] * NIGHTS),
        Limit("copied ahead", "bytes", None, [3 * GB] * NIGHTS, [10 * GB] * NIGHTS),
    ],
    organisations={"north": Organisation(2, [(4, 5)]), "south": Organisation(3, [])},
    group=Group(2, 8 * GB, 300),
    prices={"SendAs": 5, "FullAccess": 2},
    hard=["SendAs"],
)


class Planned(NamedTuple):
    """A plan, what it says that it severs, and what it is measured with."""

    plan: list[Place]
    severed: list[tuple[str, str]]
    boxes: list[Box]


SOUND = Planned(PLAN, SEVERED, BOXES)


def moved(**nights: int) -> Planned:
    """The plan with other nights; what that severs is listed."""
    plan = [row._replace(night=nights.get(row.guid, row.night)) for row in PLAN]
    when = {row.guid: row.night for row in plan}
    return Planned(plan, [(one, two) for one, two, _ in RIGHTS if when[one] != when[two]], BOXES)


def regrouped(**groups: int) -> Planned:
    """The plan with other groups."""
    return SOUND._replace(plan=[row._replace(group=groups.get(row.guid, row.group)) for row in PLAN])


def resized(**sizes: int) -> Planned:
    """The plan of mailboxes of other sizes."""
    return SOUND._replace(
        boxes=[box._replace(size_bytes=sizes.get(box.guid, box.size_bytes)) for box in BOXES]
    )


def without(guid: str) -> Planned:
    """The plan without a mailbox."""
    return SOUND._replace(plan=[row for row in PLAN if row.guid != guid])


def with_row(row: Place) -> Planned:
    """The plan with one row more."""
    return SOUND._replace(plan=[*PLAN, row])


def listing(*pairs: tuple[str, str]) -> Planned:
    """The plan with other rights listed as severed."""
    return SOUND._replace(severed=list(pairs))


class Seed(NamedTuple):
    """A *fault* of the kind *name*, and the *near* miss that must not be taken for one."""

    name: str
    fault: Callable[[], Planned]
    near: Callable[[], Planned]


SEEDS = {
    "a mailbox is left out": Seed("missing", lambda: without("f"), lambda: SOUND),
    "a mailbox stands twice": Seed("twice", lambda: with_row(Place("f", 3, 2)), lambda: SOUND),
    "a mailbox of nobody": Seed("strangers", lambda: with_row(Place("g", 9, 2)), lambda: SOUND),
    "before it is ready": Seed("barred", lambda: moved(f=1), lambda: moved(f=2)),
    "in the first night of a freeze": Seed("barred", lambda: moved(f=4), lambda: moved(f=3)),
    "in the last night of a freeze": Seed("barred", lambda: moved(f=5), lambda: moved(f=6)),
    "one mailbox over": Seed("over", lambda: moved(b=6, c=6, d=6, e=6), lambda: moved(b=6, c=6, d=6)),
    "one over at a site": Seed("over", lambda: moved(d=6, e=6, f=6), lambda: moved(d=6, e=6)),
    "a byte over": Seed("over", lambda: resized(b=3 * GB + 1), lambda: resized(b=3 * GB)),
    "a byte more than was copied": Seed(
        "over", lambda: resized(c=3 * GB, d=2 * GB + 1), lambda: resized(c=3 * GB, d=2 * GB)
    ),
    "a group over two nights": Seed("split", lambda: moved(a=3, b=6), lambda: moved(a=6, b=6)),
    "a group of too many": Seed("oversized", lambda: regrouped(f=0), lambda: regrouped(f=3)),
    "a group of too many bytes": Seed("oversized", lambda: resized(a=6 * GB), lambda: resized(a=5 * GB)),
    "a severed right that is not listed": Seed("unlisted", listing, lambda: SOUND),
    "a right listed that is whole": Seed(
        "listed_wrongly", lambda: listing(("d", "e"), ("a", "b")), lambda: listing(("d", "e"), ("d", "e"))
    ),
    "too late to be told": Seed("short_notice", lambda: moved(c=3, d=3), lambda: moved(c=4, d=4)),
    "told another night": Seed("told_moved", lambda: moved(a=6, b=6), lambda: moved(c=7, d=7)),
}
