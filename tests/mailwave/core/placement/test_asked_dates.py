"""What an organisation may ask of the calendar for itself, and what follows."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from mailwave.core.placement.asked_dates import Asked, Asks, DatesRefused, check_asked, rules_of
from mailwave.core.placement.season import Kind, Rule, Scope

TODAY, DEADLINE = date(2026, 9, 1), date(2026, 12, 1)
ASKED = Asked("RR8", Asks.POSTPONED, date(2026, 9, 2), date(2026, 9, 10), "a ward opens")


def refusal(asked: Asked, *begun: date) -> str:
    """Why it is refused; empty when it is not."""
    try:
        check_asked(asked, TODAY, DEADLINE, begun)
    except DatesRefused as refused:
        return refused.problem
    return ""


def test_dates_ahead_are_taken() -> None:
    """It should take days from tomorrow on, sixty of them, up to the day before the deadline."""
    longest = msgspec.structs.replace(ASKED, first=date(2026, 10, 2), last=date(2026, 11, 30))
    assert ("", "") == (refusal(ASKED, date(2026, 9, 11)), refusal(longest))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"first": TODAY}, "after today"),
        ({"last": date(2026, 9, 1)}, "before the first"),
        ({"last": date(2026, 11, 1)}, "at most 60 days"),
        ({"first": date(2026, 11, 20), "last": DEADLINE}, "the move ends on 2026-12-01"),
        ({"why": "  "}, "a reason"),
        ({"why": "x" * 201}, "a reason"),
        ({"why": "=cmd()"}, "a spreadsheet would run"),
        ({"why": "a\u202eb"}, "nobody sees"),
    ],
)
def test_what_is_outside_the_rules_is_refused(changes: dict[str, object], says: str) -> None:
    """It should say which rule the dates break."""
    assert says in refusal(msgspec.structs.replace(ASKED, **changes))


def test_a_night_that_has_begun_is_not_postponed() -> None:
    """It should refuse to postpone a night for which mailboxes are on their way, and take other dates beside it."""
    chosen = msgspec.structs.replace(ASKED, asks=Asks.CHOSEN)
    assert "on their way" in refusal(ASKED, date(2026, 9, 10))
    assert not refusal(chosen, date(2026, 9, 10))


def test_the_last_word_counts() -> None:
    """It should make a rule of what each organisation asked last, and none of what it took back."""
    other = msgspec.structs.replace(ASKED, organisation="A81001", asks=Asks.CHOSEN)
    taken_back = msgspec.structs.replace(ASKED, asks=Asks.NOTHING, first=date.max, last=date.max)
    said = [msgspec.to_builtins(each) for each in (ASKED, other, taken_back)]
    rule = Rule(Kind.CHOSEN, Scope.ORGANISATION, "A81001", ASKED.first, ASKED.last, ASKED.why)
    assert (rule,) == rules_of(said)
    assert 2 == len(rules_of(said[:2]))
