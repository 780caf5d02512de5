"""The report on the programme: how it went, beside the record move, and what the figures rest on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from mailwave.core import record
from mailwave.core.reports.course import MISSED, Course, verdict, weekday_rate, weekend_rate
from mailwave.core.reports.document import (
    Cell,
    Document,
    Figure,
    Kind,
    Section,
    Tone,
    Valued,
    count,
    day,
    size,
    text,
)
from mailwave.core.reports.facts import Facts
from mailwave.core.reports.of_ledger import common, course_of

_NOT_PUBLISHED = "not published"


def of_ledger(facts: Facts) -> Document:
    """The report on the programme that *facts* are of all of."""
    return document(course_of(facts), facts.environment, facts.at, common(facts))


def of_campaign(course: Course, environment: str) -> Document:
    """The report on a campaign in virtual time, at the end of its last day."""
    at = datetime.combine(course.on, time(), UTC)
    return document(course, environment, at, (_nights(course),))


def document(course: Course, environment: str, at: datetime, tables: tuple[Section, ...]) -> Document:
    """The report on *course*, with the *tables* that there are behind its own."""
    told = verdict(course)
    figures = (
        Figure("mailboxes", course.mailboxes),
        Figure("moved", course.moved, tone=Tone.GOOD),
        Figure("left", course.left, tone=Tone.BAD if told.tone is Tone.BAD else Tone.PLAIN),
        Figure("moved", course.moved_bytes, Kind.BYTES),
        Figure("nights", len(course.busy)),
        *([] if course.days_before is None else [Figure("days before the deadline", course.days_before)]),
    )
    sections = (_beside(course), _aside(course), *tables, *([_assumes(course)] if course.assumes else []))
    return Document("The programme", course.name, environment, at, told, figures, sections)


def _beside(course: Course) -> Section:
    """Each figure beside that of the record move, with who published it."""
    weekday, weekend = weekday_rate(course), weekend_rate(course)
    first = min((each.night for each in course.busy), default=None)
    rows: tuple[tuple[Cell, ...], ...] = (
        ("mailboxes moved", _number(course.moved), "", _number(record.MAILBOXES), record.SAID_BY),
        ("bytes moved", _bytes(course.moved_bytes), "about", _bytes(record.BYTES), record.BYTES_SAID_BY),
        ("first night", _day(first), "August 2020", "", record.SAID_BY),
        ("last night", _day(course.last), "", _day(record.ENDED), record.SAID_BY),
        ("nights on which somebody moved", _number(len(course.busy)), _NOT_PUBLISHED, "", ""),
        (
            "a weekday evening, median",
            _number(weekday.usual),
            "about",
            _number(record.WEEKDAY),
            record.SAID_BY,
        ),
        ("a weekday evening, most", _number(weekday.most), _NOT_PUBLISHED, "", ""),
        (
            "a weekend, median",
            _number(weekend.usual),
            "about",
            _number(2 * record.WEEKEND_DAY),
            record.SAID_BY,
        ),
        ("a weekend, most", _number(weekend.most), _NOT_PUBLISHED, "", ""),
        (
            "needing support",
            _share(course.support_share),
            "under",
            _share(record.SUPPORT),
            record.SUPPORT_SAID_BY,
        ),
        ("days before the deadline", _ahead(course), "about a month", "", record.AHEAD_SAID_BY),
    )
    says = (
        f"Needing support counts {course.support.what}, for each mailbox moved; the record move counts users who "
        "needed support. A rate is of nights and weekends on which somebody moved."
    )
    heads = ("figure", "here", "published of the record move", "figure there", "published by")
    return Section("Beside the record move", says, tuple(text(name) for name in heads), rows)


def _ahead(course: Course) -> Cell:
    return "missed" if verdict(course).word == MISSED and course.left else _number(course.days_before)


def _number(value: float | None) -> Valued:
    return Valued(value, Kind.COUNT)


def _bytes(value: int) -> Valued:
    return Valued(value, Kind.BYTES)


def _share(value: float | None) -> Valued:
    return Valued(value, Kind.SHARE)


def _day(value: date | None) -> Valued:
    return Valued(value, Kind.DAY)


def _aside(course: Course) -> Section:
    """Who did not move, and why."""
    rows: list[tuple[Cell, ...]] = (
        [("left", name, number) for name, number in course.why] if course.left else []
    )
    rows += [("for a reason of their own", name, number) for name, number in course.aside.items()]
    says = (
        f"{course.left:,} were left of {course.mailboxes:,}. What held those left is counted in mailboxes of a ledger, "
        "and in weeks of a campaign."
    )
    return Section("Who did not move", says, (text("which"), text("why"), count("number")), tuple(rows))


def _nights(course: Course) -> Section:
    rows = tuple(
        (each.night, each.due, each.moved, each.due - each.moved, each.size_bytes) for each in course.nights
    )
    heads = (
        day("night"),
        *(count(name) for name in ("due", "moved", "due and not moved")),
        size("bytes moved"),
    )
    return Section("Nights", "Due: who had an appointment in that night at its end.", heads, rows)


def _assumes(course: Course) -> Section:
    says = (
        "These figures come from a model in virtual time, and no mailbox was moved. What follows nobody has published: "
        "it was assumed, and another assumption gives another figure."
    )
    heads = (text("what"), text("value"), text("why"))
    return Section("What the model assumes", says, heads, tuple(tuple(each) for each in course.assumes))
