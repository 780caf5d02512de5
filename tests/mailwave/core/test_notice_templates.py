"""Which template somebody is told in, and what it is filled with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.core.notice_templates import Reader, Template, Templates
from mailwave.core.notices import Audience, Milestone

SHIPPED = rules.templates(load_notices(Path(__file__).parents[3] / "environments" / "notices.yaml"))
NIGHT = date(2026, 9, 5)
READER = Reader("g", "a@nhsmail.example", "Ann", "RR8")


def row(
    name: str, *, language: str = "en", lane: str | None = None, organisation: str | None = None
) -> Template:
    """A template called *name*."""
    two_weeks, user = Milestone.TWO_WEEKS, Audience.USER
    return Template(name, two_weeks, user, language, lane, organisation, "s", "((name)) ((night))")


ROWS = [
    row("plain"),
    row("welsh", language="cy"),
    row("special", lane="special"),
    row("own", organisation="RR8"),
    row("own welsh special", organisation="RR8", language="cy", lane="special"),
]


@pytest.mark.parametrize(
    ("rows", "language", "lane", "expected"),
    [
        (ROWS[:3], "en", "usual", "plain"),
        (ROWS[:3], "en", "special", "special"),
        (ROWS[:3], "cy", "usual", "welsh"),
        (ROWS[:3], "cy", "special", "welsh"),
        (ROWS[:3], "fr", "usual", "plain"),
        (ROWS[:4], "cy", "special", "own"),
        (ROWS, "cy", "special", "own welsh special"),
        (ROWS, "en", "special", "own"),
        ([row("other", organisation="RX1")], "en", "usual", None),
    ],
)
def test_the_nearest_template_is_taken(
    rows: list[Template], language: str, lane: str, expected: str | None
) -> None:
    """It should heed the organisation before the language, and the language before the lane; else it is English."""
    reader = Reader("g", "a@nhsmail.example", "Ann", "RR8", lane=lane)

    found = Templates(rows, {"RR8": language}).of(Milestone.TWO_WEEKS, reader)

    assert expected == (found and found.id)


@pytest.mark.parametrize(
    ("language", "night"), [("en", "Saturday 5 September 2026"), ("cy", "ddydd Sadwrn 5 Medi 2026")]
)
def test_a_night_is_said_in_the_templates_language(language: str, night: str) -> None:
    """It should name day and month as the reader's language does."""
    template = row("t", language=language)

    assert {"name": "Ann", "night": night} == Templates([template]).values(template, READER, NIGHT)


def test_a_value_is_never_read_for_placeholders() -> None:
    """It should show a name that looks like a placeholder as the word that it is."""
    template = row("t")
    reader = Reader("g", "a@nhsmail.example", "((night))", "RR8")
    values = Templates([template]).values(template, reader, NIGHT)

    assert ("s", "night Saturday 5 September 2026") == template.filled(values)
    assert ("s", "((night)) x") == template.filled({"name": "((night))", "night": "x"})


@pytest.mark.parametrize(("language", "more"), [("en", "and 2 more"), ("cy", "a 2 arall")])
def test_many_shared_mailboxes_are_counted(language: str, more: str) -> None:
    """It should name five, and say in the reader's language how many more there are."""
    rows = Templates(SHIPPED.rows, {"RR8": language})
    names = tuple(f"Team <b>{n}" for n in range(7))
    reader = Reader("g", "a@nhsmail.example", "Ann", "RR8", Audience.DELEGATE, mailboxes=names)
    template = rows.of(Milestone.TWO_WEEKS, reader)

    assert template is not None
    said = rows.values(template, reader, NIGHT)["mailboxes"]
    assert f"Team 0, Team 1, Team 2, Team 3, Team 4 {more}" == said


@pytest.mark.parametrize(("language", "name"), [("en", "colleague"), ("cy", "gydweithiwr")])
def test_somebody_without_a_name_is_addressed(language: str, name: str) -> None:
    """It should greet in the template's language whoever has no name that can be shown."""
    reader = Reader("g", "a@nhsmail.example", "<b></b>", "RR8")

    assert name == Templates([]).values(row("t", language=language), reader, NIGHT)["name"]


def test_whoever_is_written_to_in_welsh_lacks_nothing() -> None:
    """It should have each notice in Welsh that it has in English, for the same people and with the same filling."""
    written: dict[str, dict[object, set[str]]] = {"en": {}, "cy": {}}
    for each in SHIPPED.rows:
        concerns = (each.milestone, each.audience, each.lane, each.organisation)
        written[each.language][concerns] = set(each.placeholders)

    assert written["en"] == written["cy"]
