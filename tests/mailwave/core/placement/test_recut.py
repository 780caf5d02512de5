"""Groups are parted where calendars keep them back: no more than that needs, at the least price, never for nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.delegates.held import Held, held
from mailwave.core.placement.alone import Alone
from mailwave.core.placement.capacity import capacity_for
from mailwave.core.placement.problem import Flags, Numbers
from mailwave.core.placement.recut import FEW, KEPT, SHORT, recut, recut_again, stayed
from mailwave.core.population import of_mailboxes
from tests.mailwave.core.estates import a_season, boxes, granted

NIGHTS = SHORT + 2
FULL_ACCESS, SEND_AS = 0, 1


def rights(*rows: tuple[int, int, int], count: int = 24) -> Held:
    """Rights as (mailbox, trustee, kind)."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return held(columns[:, 0], columns[:, 1], columns[:, 2], count)


def nights(*spans: tuple[int, int]) -> Flags:
    """A row a span: the nights from its first to its last."""
    rows = np.zeros((len(spans), NIGHTS), dtype=np.bool_)
    for row, (first, last) in zip(rows, spans, strict=True):
        row[first : last + 1] = True
    return rows


def parts(label: Numbers) -> list[list[int]]:
    """The members of each group."""
    return [np.flatnonzero(label == group).tolist() for group in range(int(label.max()) + 1)]


class TestLate:
    def test_a_group_without_a_night_is_parted_where_it_costs_least(self) -> None:
        """It should part two organisations that have no night in common, and leave dearer bonds whole."""
        alone = Alone(np.array([0, 0, 1, 2]), nights((0, 5), (0, 8), (7, NIGHTS - 1)))
        given = rights((0, 1, SEND_AS), (1, 2, SEND_AS), (2, 3, FULL_ACCESS), count=4)

        label = recut_again(
            given, np.zeros(4, dtype=np.int64), alone, np.zeros(4, dtype=np.bool_), NIGHTS - 1
        )

        assert [[0, 1, 2], [3]] == parts(label)

    def test_a_group_with_nights_is_left(self) -> None:
        """It should leave a group that has as many nights as are enough, and part it with one less."""
        given = rights((0, 1, SEND_AS), count=2)
        none = np.zeros(2, dtype=np.bool_)
        for last, groups in ((5 + FEW - 1, 1), (5 + FEW - 2, 2)):
            alone = Alone(np.array([0, 1]), nights((0, last), (5, NIGHTS - 1)))
            label = recut_again(given, np.zeros(2, dtype=np.int64), alone, none, NIGHTS - 1)
            assert groups == len(parts(label))

    def test_a_group_that_is_as_late_in_parts_is_left(self) -> None:
        """It should sever nothing when a part would have no more nights than the whole."""
        alone = Alone(np.array([0, 1]), nights((NIGHTS - 1, NIGHTS - 1), (3, NIGHTS - 1)))

        label = recut_again(
            rights((0, 1, FULL_ACCESS), count=2),
            np.zeros(2, dtype=np.int64),
            alone,
            np.zeros(2, dtype=np.bool_),
            NIGHTS - 1,
        )

        assert [[0, 1]] == parts(label)

    def test_a_short_move_rather_ends_later(self) -> None:
        """It should part nobody for the last night of a short move, but who has no night at all."""
        none, given = np.zeros(2, dtype=np.bool_), rights((0, 1, SEND_AS), count=2)
        for first, groups in ((5, 1), (6, 2)):
            alone = Alone(np.array([0, 1]), nights((0, 5), (first, NIGHTS - 1)))
            label = recut_again(given, np.zeros(2, dtype=np.int64), alone, none, SHORT - 1)
            assert groups == len(parts(label))

    def test_a_group_whose_night_stands_is_left(self) -> None:
        """It should not part a group that keeps its night."""
        alone = Alone(np.array([0, 1]), nights((0, 5), (5, 11)))

        label = recut_again(
            rights((0, 1, SEND_AS), count=2),
            np.zeros(2, dtype=np.int64),
            alone,
            np.array([True, False]),
            NIGHTS - 1,
        )

        assert [[0, 1]] == parts(label)

    @given(
        st.lists(st.tuples(st.integers(0, NIGHTS - 1), st.integers(0, NIGHTS - 1)), min_size=2, max_size=6),
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2)), max_size=12),
        st.integers(SHORT, NIGHTS - 1),
    )
    def test_parts_have_nights_where_their_members_have(
        self, spans: list[tuple[int, int]], ends: list[tuple[int, int, int]], horizon: int
    ) -> None:
        """It should leave each part enough nights by the horizon, or as many as its poorest member has."""
        count = len(spans)
        alone = Alone(np.arange(count), nights(*((min(span), max(span)) for span in spans)))
        given = rights(*(row for row in ends if row[0] != row[1] and max(row[:2]) < count), count=count)

        label = recut_again(
            given, np.zeros(count, dtype=np.int64), alone, np.zeros(count, dtype=np.bool_), horizon
        )

        until = alone.allowed[:, : horizon + 1]
        for members in parts(label):
            poorest = min(int(until[member].sum()) for member in members)
            assert min(FEW, poorest) <= int(until[members].all(axis=0).sum())


class TestEarly:
    def test_the_first_nights_are_filled_with_parts(self) -> None:
        """It should take from a group those who could move first while a night has room and others wait for it."""
        people = of_mailboxes(boxes(300))
        early, late, count = np.arange(30), 30, people.size
        alone = Alone((np.arange(count) >= late).astype(np.int64), nights((0, 11), (6, 11)))
        label = np.maximum(np.arange(count) - late, 0)
        star = [(box, 0, SEND_AS) for box in early[1:].tolist()]
        capacity = capacity_for(granted(40), a_season(NIGHTS), people)

        for kind, groups in ((FULL_ACCESS, 2), (SEND_AS, 1)):
            given = rights(*star, (0, late, kind), count=count)
            found = recut(people, given, label, alone, capacity)
            assert groups == len(set(found[: late + 1].tolist()))


class TestStayed:
    def test_the_others_keep_their_night(self) -> None:
        """It should part those who may not take the group's night any more when the others are many for the price."""
        count = 2 * KEPT + 1
        alone = Alone(np.array([1] + [0] * (count - 1)), nights((0, 11), (8, 11)))
        night, nobody = np.full(count, 4), np.zeros(count, dtype=np.bool_)
        label = np.zeros(count, dtype=np.int64)

        cheap = stayed(rights((0, 1, FULL_ACCESS), count=count), label, alone, night, nobody)
        dear = stayed(rights((0, 1, SEND_AS), count=count), label, alone, night, nobody)

        assert [[0], list(range(1, count))] == parts(cheap)
        assert [list(range(count))] == parts(dear)

    def test_told_people_keep_theirs_whatever_it_costs(self) -> None:
        """It should part one who was told from one who has lost the night, and not for one who was not told."""
        alone = Alone(np.array([0, 1]), nights((0, 11), (8, 11)))
        night, given = np.array([4, 4]), rights((0, 1, SEND_AS), count=2)
        label = np.zeros(2, dtype=np.int64)

        assert [[0], [1]] == parts(stayed(given, label, alone, night, np.array([True, False])))
        assert [[0, 1]] == parts(stayed(given, label, alone, night, np.array([False, True])))

    def test_who_was_apart_before_stays_so(self) -> None:
        """It should part two who had different nights, when one may not move in the other's, at no price."""
        alone = Alone(np.array([0, 1]), nights((0, 11), (8, 11)))

        label = stayed(
            rights((0, 1, SEND_AS), count=2),
            np.zeros(2, dtype=np.int64),
            alone,
            np.array([4, 9]),
            np.zeros(2, dtype=np.bool_),
        )

        assert [[0], [1]] == parts(label)
