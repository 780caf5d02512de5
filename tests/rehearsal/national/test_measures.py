"""The figures of the page about the estate, on graphs small enough to count by hand."""

from __future__ import annotations

import polars as pl

from rehearsal.national import measures
from rehearsal.national.estate import NationalEstate

GRAPH = pl.DataFrame(
    {
        "mailbox": [0, 0, 2, 3, 4],
        "trustee": [1, 1, 1, 4, 3],
        "kind": ["FullAccess", "SendAs", "FullAccess", "FullAccess", "FullAccess"],
    }
)


def test_degrees_count_others_once() -> None:
    """It should count two rights between the same two mailboxes, in whichever direction, as one."""
    assert [1, 2, 1, 1, 1, 0] == measures.degree_of(GRAPH, 6).tolist()


def test_groups_are_what_rights_join() -> None:
    """It should find the groups of three, of two and of one."""
    assert [1, 2, 3] == sorted(measures.group_sizes(GRAPH, 6).tolist())


def test_left_out_mailboxes_take_their_rights_along() -> None:
    """It should drop each right that has either end left out."""
    found = measures.without(GRAPH, pl.Series([False, True, False, False, False, False]))
    assert [3, 4] == found["mailbox"].to_list()


def test_service_accounts_join_far_more_than_people_do(estate: NationalEstate) -> None:
    """It should have a largest group that shrinks when service accounts are left out."""
    largest = [int(row[3].replace(",", "")) for row in measures.components(estate).rows]
    assert largest[0] > 1.5 * largest[1]
    assert largest[1] >= largest[3] >= largest[4]


def test_every_measure_can_be_printed(estate: NationalEstate) -> None:
    """It should give each figure a Markdown table with as many cells as headings."""
    for found in measures.measure(estate):
        assert found.rows
        assert {len(found.headings)} == {len(row) for row in found.rows}
        assert found.title in found.markdown()
