"""Plans: groups kept whole, capacities kept, and the same plan whatever the order of the input."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import of_permissions
from mailwave.core.estate import Mailbox, Permission
from mailwave.core.placement.contradiction import CapacityShort, LimitIsZero
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Season
from mailwave.core.planner import Plan, severed_by, unplanned_of, waves_of
from mailwave.core.planning import Case, Solved
from mailwave.core.planning import planned as solved
from mailwave.core.population import of_mailboxes
from tests.mailwave.builders import a_mailbox, a_right, guid

GB = 10**9


def nights(count: int) -> tuple[Window, ...]:
    first = datetime(2026, 9, 15, 19, tzinfo=UTC)
    return tuple(
        Window(
            (first + timedelta(days=n)).date(), first + timedelta(days=n), first + timedelta(days=n, hours=10)
        )
        for n in range(count)
    )


def granted(mailboxes: int = 10, size: int = 100 * GB, batch_size: int = 4) -> Granted:
    limits = {"mailboxes_a_night": Grant(mailboxes), "bytes_a_night": Grant(size)}
    places = {site: Place(site, 1) for site in ("leeds", "york")}
    return Granted("test", limits, places, batch_size, 14)


def a_solution(
    boxes: list[Mailbox], rights: list[Permission], limits: Granted | None = None, count: int = 9
) -> Solved:
    population = of_mailboxes(boxes)
    season = Season("Europe/London", nights(count), date(2026, 9, 1), date(2026, 9, 15))
    closed = np.zeros(count, dtype=np.bool_)
    return solved(Case(population, of_permissions(population, rights), season, limits or granted(), closed))


def planned(
    boxes: list[Mailbox],
    rights: list[Permission] | None = None,
    limits: Granted | None = None,
    count: int = 9,
) -> Plan:
    found = a_solution(boxes, rights or [], limits, count)
    waves = tuple(waves_of("test", found, (limits or granted()).batch_size))
    known = {box.guid for box in boxes}
    whole = of_mailboxes([*boxes, *(box for box in map(a_mailbox, range(40)) if box.guid not in known)])
    return Plan(waves, unplanned_of(found), severed_by(waves, whole, of_permissions(whole, rights or [])))


@st.composite
def estates(draw: st.DrawFn) -> tuple[list[Mailbox], list[Permission]]:
    count = draw(st.integers(1, 30))
    sizes = draw(st.lists(st.integers(0, 40 * GB), min_size=count, max_size=count))
    sites = draw(st.lists(st.sampled_from(["leeds", "york"]), min_size=count, max_size=count))
    boxes = [
        a_mailbox(n, size_bytes=size, site=site)
        for n, (size, site) in enumerate(zip(sizes, sites, strict=True))
    ]
    places = st.integers(0, count + 2)  # some rights lead out of what is planned
    rights = draw(st.lists(st.builds(a_right, places, places), max_size=15))
    return boxes, rights


class TestLaws:
    @given(estates(), st.integers(1, 12), st.integers(1, 5))
    @settings(max_examples=60)
    def test_hard_limits_hold(
        self, estate: tuple[list[Mailbox], list[Permission]], most: int, size: int
    ) -> None:
        """It should keep each night within its mailboxes and bytes, and each batch to one site."""
        boxes, rights = estate
        limits = granted(most, 50 * GB, batch_size=size)
        bytes_of = {box.guid: box.size_bytes or 0 for box in boxes}
        site_of = {box.guid: box.site for box in boxes}

        for wave in planned(boxes, rights, limits, count=40).waves:
            assert len(wave.mailboxes) <= most
            assert sum(bytes_of[guid] for guid in wave.mailboxes) <= 50 * GB
            for batch in wave.batches:
                assert 0 < len(batch.mailboxes) <= size
                assert {batch.site} == {site_of[guid] for guid in batch.mailboxes}

    @given(estates())
    @settings(max_examples=60)
    def test_nobody_is_lost_or_planned_twice(self, estate: tuple[list[Mailbox], list[Permission]]) -> None:
        """It should put every mailbox into exactly one night or say why not."""
        boxes, rights = estate
        found = planned(boxes, rights, granted(mailboxes=5), count=40)

        waves = [guid for wave in found.waves for guid in wave.mailboxes]
        left = [guid for group in found.unplanned for guid in group.mailboxes]
        assert sorted(box.guid for box in boxes) == sorted(waves + left)

    @given(estates())
    @settings(max_examples=60)
    def test_every_severed_right_is_listed(self, estate: tuple[list[Mailbox], list[Permission]]) -> None:
        """It should list exactly the rights whose ends are not in one night, with the day on which both have moved."""
        boxes, rights = estate
        found = planned(boxes, rights, granted(mailboxes=4), count=40)
        night_of = {guid: wave.night for wave in found.waves for guid in wave.mailboxes}
        ends = {right: (night_of.get(right.guid), night_of.get(right.trustee)) for right in rights}

        assert {right for right, (one, other) in ends.items() if one != other} == {
            severed.right for severed in found.severed
        }
        for severed in found.severed:
            nights_of = ends[severed.right]
            assert (None if None in nights_of else max(nights_of)) == severed.together  # type: ignore[type-var]

    @given(estates(), st.randoms(use_true_random=False))
    @settings(max_examples=40)
    def test_order_does_not_matter(
        self, estate: tuple[list[Mailbox], list[Permission]], random: object
    ) -> None:
        """It should give the same plan, byte for byte, for the same estate in any order."""
        boxes, rights = estate
        before = planned(boxes, rights, count=40)
        random.shuffle(boxes)  # type: ignore[attr-defined]
        random.shuffle(rights)  # type: ignore[attr-defined]

        assert before.digest == planned(boxes, rights, count=40).digest


class TestPlan:
    def test_a_replan_after_a_slip_moves_few(self) -> None:
        """It should advance few people, and by one night at most, when one mailbox in fifty drops out."""
        boxes = [a_mailbox(n) for n in range(500)]
        rest = [box for n, box in enumerate(boxes) if n % 50]
        before, after = (
            {guid: wave.id for wave in planned(some, None, granted(100)).waves for guid in wave.mailboxes}
            for some in (boxes, rest)
        )

        order = sorted(set(before.values()))
        nights_earlier = [order.index(before[box.guid]) - order.index(after[box.guid]) for box in rest]
        assert {0, 1} == set(nights_earlier)
        assert sum(nights_earlier) < 0.15 * len(rest)

    def test_nights_are_drawn_by_hash(self) -> None:
        """It should not fill nights in the order of names, which would empty one organisation in one night."""
        first = planned([a_mailbox(n) for n in range(40)]).waves[0]

        assert set(first.mailboxes) != {guid(n) for n in range(len(first.mailboxes))}

    def test_waves_and_batches_are_named_by_night_and_site(self) -> None:
        """It should give names that a person can read and that stay the same on a replan."""
        wave = planned([a_mailbox(n) for n in range(6)]).waves[0]

        assert ("W20260915", date(2026, 9, 15)) == (wave.id, wave.night)
        assert ["test-20260915-leeds-001", "test-20260915-leeds-002"] == [
            batch.name for batch in wave.batches
        ]

    def test_what_no_night_can_take_is_named(self) -> None:
        """It should say of a mailbox with too many bytes what it needs and what a night takes."""
        found = planned([a_mailbox(size_bytes=200 * GB), a_mailbox(1)])

        assert [(guid(0),)] == [group.mailboxes for group in found.unplanned]
        assert (
            "needs 200,000,000,000 of bytes a night; a night takes 100,000,000,000" == found.unplanned[0].why
        )

    def test_too_few_nights_are_refused(self) -> None:
        """It should make no plan that leaves people out, and name the limit that is short."""
        with pytest.raises(CapacityShort) as caught:
            planned([a_mailbox(n) for n in range(3)], None, granted(mailboxes=1), count=2)

        assert ("mailboxes_a_night", 3, 2) == (caught.value.name, caught.value.needed, caught.value.most)

    @pytest.mark.parametrize("what", ["mailboxes", "size"])
    def test_a_limit_of_nothing_is_refused(self, what: str) -> None:
        """It should name the limit with which nothing can be planned."""
        with pytest.raises(LimitIsZero) as caught:
            planned([a_mailbox()], None, granted(**{what: 0}))

        assert what[0] in caught.value.name

    def test_any_change_of_a_wave_changes_its_digest(self) -> None:
        """It should make an approval useless for a list with one mailbox more or less."""
        one, other = (planned([a_mailbox(n) for n in range(count)]).waves[0] for count in (3, 4))

        assert one.digest != other.digest

    def test_nothing_to_plan_is_an_empty_plan(self) -> None:
        """It should plan no mailboxes into no waves."""
        assert Plan(()) == planned([])

    def test_a_group_too_large_for_a_night_is_divided(self) -> None:
        """It should sever the cheapest right of a group that no night can take, and say what it means."""
        trio = [a_mailbox(n) for n in range(3)]
        joined = [a_right(0, 1, "SendAs"), a_right(1, 2, "FullAccess")]

        found = planned(trio, joined, granted(mailboxes=2))

        assert [(joined[1], False)] == [(severed.right, severed.is_hard) for severed in found.severed]
        assert "Outlook" in found.severed[0].remedy
        assert () == found.unplanned
