"""The sizes in which an estate is rehearsed, as data: its sites, its organisations, and how often things occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice

from rehearsal.estate.model import MAIL_DOMAIN, Server, Site

EXCHANGE_2016 = "Version 15.1 (Build 2507.6)"
EXCHANGE_2019 = "Version 15.2 (Build 1748.10)"
EXCHANGE_SE = "Version 15.2 (Build 2562.17)"
"""2016 CU23, 2019 CU15 and SE RTM (fact D16), which may stand side by side (fact D17). Security updates do not show."""


@dataclass(frozen=True)
class Kind:
    """Organisations of one *kind* from one ODS *file*: mailboxes, share of Office 2010 and site of each."""

    file: str
    kind: str
    organisations: tuple[tuple[int, float, str], ...]


@dataclass(frozen=True)
class Every:
    """Every *step*th mailbox of an organisation, from place *first* on (from 0), is a *recipient_type*."""

    recipient_type: str
    step: int
    first: int


@dataclass(frozen=True)
class Sizes:
    """The law of mailbox sizes between *least* and *most* GiB: a power law with exponent *alpha*."""

    alpha: float
    least: float
    most: float


@dataclass(frozen=True)
class Extras:
    """What a grown estate has besides people and teams; shares are of people.

    *abroad*: a right on the mailbox of a colleague in another organisation, and of those the part at another site;
    *archive*: an archive mailbox; *calendar*: a calendar that a colleague may read.
    """

    abroad: float
    other_site: float
    archive: float
    calendar: float
    contacts: int


@dataclass(frozen=True)
class Shape:
    """One size. *sizes* None: a log-normal law with a mean near 1.1 GB; *extras* None: none of them.

    *troubled* are the organisations, by place, whose first movable mailboxes are given the causes of trouble.
    """

    sites: tuple[Site, ...]
    kinds: tuple[Kind, ...]
    shared: tuple[Every, ...]
    troubled: tuple[int, ...]
    sizes: Sizes | None = None
    extras: Extras | None = None


def _site(name: str, netbios: str, *servers: tuple[str, str, tuple[str, ...]]) -> Site:
    made = (
        Server(server, f"{server.lower()}.{name}.{MAIL_DOMAIN}", version, databases)
        for server, version, databases in servers
    )
    return Site(name, f"mail.{name}.{MAIL_DOMAIN}", tuple(made), netbios)


_TEAMS = Every("SharedMailbox", 14, 13)

_LEEDS = (
    ("EX01", EXCHANGE_2019, ("DB01", "DB02")),
    ("EX02", EXCHANGE_2019, ("DB03", "DB04")),
)

SMALL = Shape(
    sites=(_site("leeds", "NHSMAIL", *_LEEDS),),
    kinds=(
        Kind("etr.csv", "trust", ((190, 0.03, "leeds"), (130, 0.05, "leeds"))),
        Kind(
            "epraccur.csv",
            "prescriber",
            (
                (40, 0.0, "leeds"),
                (36, 0.05, "leeds"),
                (30, 0.45, "leeds"),
                (24, 0.0, "leeds"),
                (20, 0.05, "leeds"),
            ),
        ),
        Kind("edispensary.csv", "dispenser", ((12, 0.0, "leeds"), (10, 0.0, "leeds"), (8, 0.0, "leeds"))),
    ),
    shared=(_TEAMS,),
    troubled=(0,),
)


def _power_law(
    total: int, count: int, exponent: float, old: tuple[float, ...]
) -> Iterator[tuple[int, float, str]]:
    """*count* organisations with *total* mailboxes, the nth largest with a part like 1 / n ** *exponent*.

    *old* shares of Office 2010 are dealt in turn, and so are the sites, back and forth, so that both are as large.
    """
    weights = [1 / n**exponent for n in range(1, count + 1)]
    exact = [total * weight / sum(weights) for weight in weights]
    sizes = [int(part) for part in exact]
    for n in range(total - sum(sizes)):
        sizes[n] += 1
    sites = ("leeds", "bristol", "bristol", "leeds")
    return zip(sizes, islice(cycle(old), count), islice(cycle(sites), count), strict=True)


FULL = Shape(
    sites=(
        _site("leeds", "NHSMAIL", *_LEEDS, ("EX03", EXCHANGE_SE, ("DB05", "DB06"))),
        _site(
            "bristol",
            "NHSWEST",
            ("EX11", EXCHANGE_2016, ("DB11", "DB12")),
            ("EX12", EXCHANGE_SE, ("DB13", "DB14")),
        ),
    ),
    kinds=(
        Kind("etr.csv", "trust", tuple(_power_law(1_400, 4, 0.7, (0.03, 0.05, 0.02, 0.04)))),
        Kind(
            "epraccur.csv",
            "prescriber",
            tuple(_power_law(440, 22, 0.5, (0.0, 0.05, 0.0, 0.03, 0.0, 0.05, 0.0, 0.0, 0.0, 0.45, 0.0))),
        ),
        Kind(
            "edispensary.csv",
            "dispenser",
            tuple(_power_law(160, 14, 0.4, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05))),
        ),
    ),
    shared=(_TEAMS, Every("RoomMailbox", 50, 26), Every("EquipmentMailbox", 120, 61)),
    troubled=(0, 1),
    sizes=Sizes(alpha=0.75, least=0.06, most=100),
    extras=Extras(abroad=0.02, other_site=0.4, archive=0.04, calendar=0.03, contacts=10),
)

PAIR = Shape(
    sites=FULL.sites,
    kinds=tuple(
        Kind(
            kind.file,
            kind.kind,
            tuple(
                (mailboxes, old_share, ("leeds", "bristol")[n % 2])
                for n, (mailboxes, old_share, _) in enumerate(kind.organisations)
            ),
        )
        for kind in SMALL.kinds
    ),
    shared=FULL.shared,
    troubled=FULL.troubled,
    extras=FULL.extras,
)

SHAPES: Mapping[str, Shape] = {"small": SMALL, "pair": PAIR, "full": FULL}
SIZES = tuple(SHAPES)
"""The names by which a size is asked for."""
