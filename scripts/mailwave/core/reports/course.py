"""How a programme went, whoever tells it: a ledger, or a campaign in virtual time. What follows is reckoned here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

import msgspec

from mailwave.core.reports.document import Tone, Verdict

LATELY = timedelta(days=28)
"""The rate of so many days up to the last night is what is left is measured by."""

MISSED = "Missed"

_SATURDAY = 5


class Night(NamedTuple):
    """A night: how many mailboxes had an appointment, how many moved, and their bytes."""

    night: date
    due: int
    moved: int
    size_bytes: int


class Support(NamedTuple):
    """How many needed support, None where nobody knows, and *what* was counted."""

    number: int | None
    what: str


class Assumed(NamedTuple):
    """Something that a model takes for granted: its value and the reason."""

    what: str
    value: str
    source: str


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The whole move, as it was *on* a local day; *over* when the deadline has passed.

    *left* have not ended, or were left for want of a limit; *aside* are those that did not move for reasons of their
    own, by the word for it. *why* says what held *left*, the most first. *assumes* is empty for a ledger.
    """

    name: str
    on: date
    over: bool
    mailboxes: int
    size_bytes: int
    moved: int
    moved_bytes: int
    left: int
    aside: Mapping[str, int]
    nights: tuple[Night, ...]
    support: Support
    deadline: date | None
    why: tuple[tuple[str, int], ...]
    assumes: tuple[Assumed, ...] = ()

    @property
    def busy(self) -> list[Night]:
        """The nights on which somebody moved."""
        return [each for each in self.nights if each.moved]

    @property
    def last(self) -> date | None:
        """The last night on which somebody moved."""
        return max((each.night for each in self.busy), default=None)

    @property
    def days_before(self) -> int | None:
        """How many days before the deadline the last mailbox moved; None while some are left, or without a deadline."""
        if self.left or self.last is None or self.deadline is None:
            return None
        return (self.deadline - self.last).days

    @property
    def support_share(self) -> float | None:
        """Those who needed support for each mailbox that moved."""
        return None if self.support.number is None or not self.moved else self.support.number / self.moved

    @property
    def lately(self) -> float:
        """Mailboxes a day in the last four weeks."""
        if self.last is None:
            return 0.0
        recent = sum(each.moved for each in self.busy if each.night > self.last - LATELY)
        return recent / LATELY.days


class Rate(NamedTuple):
    """The median, which the last few do not draw down, and the most."""

    usual: float
    most: int


def weekday_rate(course: Course) -> Rate:
    """Mailboxes a night that began on Monday to Friday, of those nights on which somebody moved."""
    return _rate([each.moved for each in course.busy if each.night.weekday() < _SATURDAY])


def weekend_rate(course: Course) -> Rate:
    """Mailboxes a weekend, its two nights together, of those weekends on which somebody moved."""
    weekends: dict[date, int] = {}
    for each in course.busy:
        if each.night.weekday() >= _SATURDAY:
            saturday = each.night - timedelta(days=each.night.weekday() - _SATURDAY)
            weekends[saturday] = weekends.get(saturday, 0) + each.moved
    return _rate(list(weekends.values()))


def _rate(numbers: Sequence[int]) -> Rate:
    return Rate(median(numbers), max(numbers)) if numbers else Rate(0.0, 0)


def verdict(course: Course) -> Verdict:
    """Whether it is done and in time; if it was missed, by how much and why."""
    aside = ", ".join(f"{number:,} {name}" for name, number in course.aside.items())
    own = f" For reasons of their own did not move: {aside}." if aside else ""
    done = f"{course.moved:,} of {course.mailboxes:,} mailboxes have moved"
    if not course.left:
        return _ended(course, done, own)
    if course.deadline is None or not course.over:
        return Verdict("Under way", f"{done}, and {course.left:,} are open.{own}", Tone.PLAIN)
    why = f" {_held(course)}" if course.why else ""
    missed = (
        f"By {course.deadline:%d %B %Y} {course.left:,} mailboxes, {course.left / course.mailboxes:.1%}, had not "
        f"moved; {_more(course)}.{why}{own}"
    )
    return Verdict(MISSED, missed, Tone.BAD)


def _ended(course: Course, done: str, own: str) -> Verdict:
    days = course.days_before
    if course.last is None:
        return Verdict("Nobody moved", f"{done}.{own}", Tone.WARN)
    ended = f"{done}, the last on {course.last:%d %B %Y}"
    if days is None:
        return Verdict("Done", f"{ended}; no deadline is set.{own}", Tone.GOOD)
    if days < 0:
        why = f" {_held(course)}" if course.why else ""
        return Verdict(MISSED, f"{ended}, {-days} days after the deadline.{why}{own}", Tone.BAD)
    return Verdict("Met", f"{ended}, {days} days before the deadline.{own}", Tone.GOOD)


def _more(course: Course) -> str:
    """How much longer it would take, with the way in which that is reckoned."""
    rate = course.lately
    if not rate:
        return "nobody moved at all, so nothing says how much longer it would take"
    return f"at the {rate:,.0f} a day of the last four weeks that is {course.left / rate:,.0f} days more"


def _held(course: Course) -> str:
    named = ", ".join(f"{name} ({number:,})" for name, number in course.why)
    return f"What held it: {named}."
