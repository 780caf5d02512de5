"""Organisations out of the ODS exports, and the mailboxes that are invented for each."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal import draws
from rehearsal.estate.model import GIB, OUTLOOK_2010, OUTLOOK_2013, OUTLOOK_NEW, Mailbox, Organisation, Site
from rehearsal.estate.shape import Every, Shape, Sizes

ODS_FOLDER = Path(__file__).parents[1] / "data" / "ods"

PEOPLE = "UserMailbox"
_OPEN_STATUS, _CLOSED_ON = 12, 11
"""Columns of an ODS export: status (empty or A while it is open) and closing date."""
_GIVEN = (
    "Aisha",
    "Ben",
    "Chloe",
    "David",
    "Emeka",
    "Fatima",
    "Grace",
    "Hugh",
    "Ines",
    "Jack",
    "Kwame",
    "Lucy",
)
_FAMILY = (
    "Adeyemi",
    "Brown",
    "Clarke",
    "Davies",
    "Evans",
    "Hussain",
    "Jones",
    "Khan",
    "Lewis",
    "O'Neill",
    "Patel",
)
_CALLED: Mapping[str, tuple[str, str]] = {
    "SharedMailbox": ("team", "Team"),
    "RoomMailbox": ("room", "Room"),
    "EquipmentMailbox": ("equipment", "Equipment"),
}
"""How the aliases and the names of mailboxes that are nobody's own begin."""
_CAUSES = ("investigate", "stall", "multiple_entries", "transient", "poor", "investigate")
"""Given, in this order, to the first movable mailboxes of a troubled organisation: each run sees every one."""


def organisations(seed: int, shape: Shape) -> list[Organisation]:
    """The organisations of *shape*: real ones, drawn from the exports, each once."""
    chosen: list[Organisation] = []
    for kind in shape.kinds:
        rows = _open_rows(kind.file)
        for n, (size, old_share, site) in enumerate(kind.organisations):
            row = rows.pop(int(draws.uniform(seed, kind.file, "organisation", n) * len(rows)))
            chosen.append(Organisation(row[0], row[1], kind.kind, size, old_share, site))
    return chosen


def _open_rows(file: str) -> list[list[str]]:
    with (ODS_FOLDER / file).open(encoding="latin-1", newline="") as text:
        return [row for row in csv.reader(text) if row[_OPEN_STATUS] in ("", "A") and not row[_CLOSED_ON]]


def mailboxes(seed: int, shape: Shape, organisation: Organisation) -> list[Mailbox]:
    """The mailboxes of *organisation*, without rights."""
    site = next(site for site in shape.sites if site.name == organisation.site)
    return [_mailbox(seed, shape, organisation, site, n) for n in range(organisation.mailboxes)]


def _mailbox(seed: int, shape: Shape, organisation: Organisation, site: Site, n: int) -> Mailbox:
    key = f"{organisation.code}-{n}"
    given = draws.choice(_GIVEN, seed, key, "given")
    family = draws.choice(_FAMILY, seed, key, "family")
    server = draws.choice(site.servers, seed, key, "server")
    of_many = next((each for each in shape.shared if n % each.step == each.first), None)
    size = _size(seed, key, shape.sizes)
    giant = organisation.mailboxes > 100 and n == 5  # over 200 GB is not supported (fact C2)
    first, display_name = _name(organisation, of_many, n) if of_many else (given.lower(), f"{given} {family}")
    second = "" if of_many else f".{_ascii(family)}"
    return Mailbox(
        exchange_guid=draws.guid(seed, key, "exchange-guid"),
        alias=f"{first}{second}.{organisation.code.lower()}.{n}",
        display_name=display_name,
        organisation=organisation.code,
        recipient_type=of_many.recipient_type if of_many else PEOPLE,
        server=server.name,
        database=draws.choice(server.databases, seed, key, "database"),
        size_bytes=int(230 * GIB if giant else size),
        items=int(size / 75_000) + 1,
        client=None if of_many else _client(seed, key, organisation),
        site=site.name,
    )


def _name(organisation: Organisation, kind: Every, n: int) -> tuple[str, str]:
    """How the alias begins, and the name that people see."""
    first, shown = _CALLED[kind.recipient_type]
    return first, f"{shown} {n // kind.step + 1} ({organisation.name.title()})"


def _size(seed: int, key: str, law: Sizes | None) -> float:
    """A mailbox's size in bytes, by the power law *law* or by the log-normal one of the small estate."""
    if law is None:
        return draws.log_normal(0.55 * GIB, 1.15, seed, key, "size")
    part = draws.uniform(seed, key, "size") * (1 - (law.least / law.most) ** law.alpha)
    return law.least * GIB * math.exp(-math.log(1 - part) / law.alpha)


def _client(seed: int, key: str, organisation: Organisation) -> str:
    draw = draws.uniform(seed, key, "client")
    if draw < organisation.old_share:
        return OUTLOOK_2010
    return OUTLOOK_2013 if draw > 0.97 else OUTLOOK_NEW


def _ascii(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())


def with_causes(made: list[Mailbox]) -> list[Mailbox]:
    """*made* with every cause of trouble in one mailbox each, of those that can move otherwise."""
    causes = iter(_CAUSES)
    done: list[Mailbox] = []
    for mailbox in made:
        movable = mailbox.client not in (None, OUTLOOK_2010) and mailbox.size_bytes < 50 * GIB
        done.append(replace(mailbox, cause=next(causes, None)) if movable else mailbox)
    return done
