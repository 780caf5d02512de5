"""What a page has of a table that an estate makes long."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.prices import PriceList
from mailwave.core.reports.document import Section, count, text
from mailwave.core.reports.facts import Facts, Part
from mailwave.core.reports.shown import shown
from mailwave.core.reports.tables import still_open
from mailwave.core.states import MailboxState

HEADS = (text("what"), text("why"), count("number"))
MORE = "and {} more, all of them in the workbook and the JSON"


def facts(*reasons: tuple[MailboxState, str, int]) -> Facts:
    """Those of an estate of which nothing is known but *reasons*."""
    return Facts(
        environment="rehearsal",
        at=datetime(2026, 9, 17, tzinfo=UTC),
        part=Part(),
        clusters=(),
        nights=(),
        organisations={},
        told=(),
        sent=(),
        reasons=reasons,
        groups={},
        contacts={},
        checks=(),
        doubtful={},
        prices=PriceList(),
        deadline=None,
    )


def test_the_first_twenty_reasons_of_a_kind_are_shown() -> None:
    """It should show those with the most mailboxes, say how many more there are, and keep all of them beside it."""
    deferred = [(MailboxState.DEFERRED, f"reason {n}", 3_000 - n) for n in range(1_620)]
    failed = [(MailboxState.FAILED, f"cause {n}", 40 - n) for n in range(20)]
    table = still_open(facts(*deferred, *failed))
    assert len(table.rows) == 1_640
    left = sum(number for _, _, number in deferred[20:])
    assert (
        *((str(state), why, number) for state, why, number in (*deferred[:20], *failed)),
        ("deferred", MORE.format("1,600"), left),
    ) == shown(table)


def test_a_table_that_says_nothing_of_kinds_is_shown_whole() -> None:
    """It should leave nothing out of any other table."""
    rows = tuple(("leeds", f"batch {n}", n) for n in range(400))
    assert rows == shown(Section("Batches", "", HEADS, rows))


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=3), st.integers(0, 9)), max_size=120),
    st.integers(0, 25),
)
def test_no_number_is_lost(rows: list[tuple[str, str, int]], most: int) -> None:
    """It should come to the same number in each kind, with so many of its rows and one more at most."""
    found = shown(Section("Open", "", HEADS, tuple(rows), most))
    for kind in "abc":
        before = [row for row in rows if row[0] == kind]
        after = [row for row in found if row[0] == kind]
        assert before[:most] == after[:most]
        assert len(after) == min(len(before), most + 1)
        assert sum(number for *_, number in before) == sum(row[2] for row in after)  # type: ignore[misc]
