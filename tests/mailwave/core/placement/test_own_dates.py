"""Organisations' own dates: what a table says, and what of it is refused by line and reason."""

from datetime import date

import pytest

from mailwave.core.bad_rows import BadRow, BadRows
from mailwave.core.placement.own_dates import read_own_dates
from mailwave.core.placement.season import Kind, Rule, Scope

HEAD = "Organisation,Kind,First,Last,Why\n"
CODES = ("RAA", "RBB")


def read(*rows: str) -> tuple[Rule, ...]:
    return read_own_dates("dates.csv", (HEAD + "\n".join(rows)).encode(), CODES)


def test_each_kind_is_a_rule() -> None:
    """It should read chosen and postponed days, and from when an organisation is ready."""
    found = read(
        "RAA,chosen,2026-09-15,2026-09-16,study days",
        'RAA,postponed,2026-10-01,2026-10-01,"audit, second"',
        "RBB,ready,2026-09-20,,new clients by then",
    )

    days = date(2026, 9, 15), date(2026, 9, 16), date(2026, 10, 1), date(2026, 9, 20)
    expected = (
        Rule(Kind.CHOSEN, Scope.ORGANISATION, "RAA", days[0], days[1], "study days"),
        Rule(Kind.POSTPONED, Scope.ORGANISATION, "RAA", days[2], days[2], "audit, second"),
        Rule(Kind.NOT_BEFORE, Scope.ORGANISATION, "RBB", days[3], date.max, "new clients by then"),
    )
    assert expected == found


def test_nobody_needs_dates() -> None:
    """It should take a table without rows."""
    assert () == read()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("RXX,ready,2026-09-20,,x", "names 'RXX', which is no organisation of the estate"),
        ("RAA,later,2026-09-20,,x", "has the kind 'later'; known are chosen, postponed, ready"),
        (
            "RAA,chosen,20/09/2026,2026-09-21,x",
            "has in First '20/09/2026', which is no day such as 2026-09-30",
        ),
        ("RAA,chosen,2026-09-21,,x", "has in Last '', which is no day such as 2026-09-30"),
        ("RAA,chosen,20260921,2026-09-22,x", "has in First '20260921', which is no day such as 2026-09-30"),
        ("RAA,ready,2026-02-30,,x", "has in First '2026-02-30', which is no day such as 2026-09-30"),
        ("RAA,postponed,2026-09-21,2026-09-20,x", "ends on 2026-09-20, before it begins on 2026-09-21"),
        ("RAA,ready,2026-09-20,2026-09-21,x", "has a last day; an organisation that is ready stays so"),
        ("RAA,ready,2026-09-20,,", "says not why"),
        ("RAA,ready,2026-09-20,,=1+1", "gives a formula as its reason"),
        ("RAA,ready,2026-09-20", "has 3 cells where the header has 5"),
        ("RBB,ready,2026-09-01,,x", "says the same as line 2"),
    ],
)
def test_bad_rows_are_named(row: str, reason: str) -> None:
    """It should refuse the table with the line of the bad row and what is wrong with it."""
    with pytest.raises(BadRows) as caught:
        read("RBB,ready,2026-09-01,,x", row)

    assert (BadRow("dates.csv", 3, reason),) == caught.value.rows


def test_a_table_without_a_column_is_refused() -> None:
    """It should name the column that is missing."""
    with pytest.raises(BadRows, match="has no column Why"):
        read_own_dates("dates.csv", b"Organisation,Kind,First,Last\n", CODES)
