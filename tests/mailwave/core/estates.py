"""Small estates to plan on columns: a season of plain nights, and limits that bind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import of_permissions
from mailwave.core.estate import Mailbox, Permission
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Kind, Rule, Scope, Season
from mailwave.core.plan_columns import Origin
from mailwave.core.planning import Case
from mailwave.core.population import of_mailboxes
from tests.mailwave.builders import a_mailbox, a_right

FIRST = date(2026, 9, 15)
ORIGIN = Origin("test", 1, "test", {"mailboxes": "sha256:0"}, "0")


def night(n: int) -> date:
    """The day of night number *n*."""
    return FIRST + timedelta(days=n)


def a_season(nights: int = 8, *rules: Rule) -> Season:
    """So many nights, one after the other, with these *rules*."""
    start = datetime(2026, 9, 15, 19, tzinfo=UTC)
    windows = (
        Window(night(n), start + timedelta(days=n), start + timedelta(days=n, hours=10))
        for n in range(nights)
    )
    return Season("Europe/London", tuple(windows), date(2026, 9, 1), FIRST, rules)


def postponed(code: str, first: int, last: int) -> Rule:
    """The organisation *code* is not to move from night *first* to night *last*."""
    return Rule(Kind.POSTPONED, Scope.ORGANISATION, code, night(first), night(last), "asked for")


def granted(mailboxes: int) -> Granted:
    """So many mailboxes a night, and no other limit."""
    return Granted("test", {"mailboxes_a_night": Grant(mailboxes)}, {"leeds": Place("leeds", 2)}, 10, 14)


def boxes(count: int = 24) -> list[Mailbox]:
    """So many mailboxes of three organisations in turn."""
    return [a_mailbox(n, organisation=("RR8", "RX1", "RX2")[n % 3]) for n in range(count)]


RIGHTS = [a_right(0, 3), a_right(3, 6, "SendAs"), a_right(1, 4), a_right(2, 1, "SendOnBehalf")]


def a_case(
    mailboxes: list[Mailbox],
    rights: list[Permission],
    season: Season,
    most: int = 5,
    closed: int = 0,
) -> Case:
    """The case of *mailboxes* with *most* a night; *closed* nights are for those alone who were told."""
    population = of_mailboxes(mailboxes)
    shut = np.arange(len(season.nights)) < closed
    return Case(population, of_permissions(population, rights), season, granted(most), shut)
