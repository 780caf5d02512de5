"""Each limit as a bucket, by hand: what a night, the days before it and a stock allow."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.calendar import Calendar, LocalWindow, windows
from mailwave.core.placement.capacity import capacity_for
from mailwave.core.placement.ceilings import Over
from mailwave.core.placement.granted import Grant, Place, SiteUnknown
from tests.mailwave.core.placement.granting import GB, MANY, MONDAY, a_season, bucket, grants


class TestNightly:
    @pytest.mark.parametrize(
        ("limits", "name", "expected"),
        [
            # Monday to Friday, then Saturday and Sunday
            ({"mailboxes_a_night": 22}, "mailboxes_a_night", [22] * 7),
            (
                {"mailboxes_a_night": 22, "mailboxes_a_weekend_night": 83},
                "mailboxes_a_night",
                [22] * 5 + [83] * 2,
            ),
            ({"bytes_a_night": 5 * GB}, "bytes_a_night", [5 * GB] * 7),
            # four milestones that everybody reaches, and thanks on two days (notices A6: 250,000 a day)
            ({"notify_per_day": 250_000}, "notify_per_day", [50_000] * 7),
            ({"notify_per_minute": 3}, "notify_per_minute", [864] * 7),
            ({"emails_per_day": 10}, "emails_per_day", [2] * 7),
            # fact C13: 7,000 writes in five minutes are 2,016,000 a day, four a mailbox
            ({"directory_writes": 7_000}, "directory_writes", [504_000] * 7),
            ({"admin_calls_a_night": 6_000}, "admin_calls_a_night", [2_000] * 7),
        ],
    )
    def test_limits_of_everybody(self, limits: dict[str, int], name: str, expected: list[int]) -> None:
        """It should turn each limit into what completes in a night of week or week-end."""
        found = bucket(grants(limits), name)

        assert (expected, expected) == (found.refill.tolist(), found.depth.tolist())
        assert Over.ALL is found.column.over

    def test_a_site_can_have_its_own_figure(self) -> None:
        """It should hold a site to its figure, beside everybody's."""
        limits = {"mailboxes_a_night": Grant(22, sites={"leeds": 5})}
        found = bucket(grants(limits), "mailboxes_a_night at leeds")

        assert [5] * 7 == found.refill.tolist()
        assert (Over.SITES, (1,)) == (found.column.over, found.column.members)

    def test_incremental_slots_bound_completions_and_what_is_held(self) -> None:
        """It should reckon 20 slots (fact B3) over a window's ten hours, or fourteen, and over a day's increments."""
        limits = {"incremental_syncs": 20, "seconds_a_completion": 720, "seconds_an_increment": 360}
        completing = bucket(grants(limits), "incremental_syncs at north (seconds_a_completion)")
        held = bucket(grants(limits), "incremental_syncs at north (seconds_an_increment)")
        ahead = bucket(grants(limits), "incremental_syncs at north (held synced)")

        assert [1000] * 5 + [1400] * 2 == completing.refill.tolist()
        assert [4800] * 7 == held.refill.tolist()
        assert [4800 * GB] * 7 == ahead.depth.tolist()

    def test_a_night_in_which_clocks_change_is_as_long_as_it_is(self) -> None:
        """It should have eleven hours of slots when clocks go back, and nine when they go forward."""
        nightly = Calendar("Europe/London", *[LocalWindow(time(20), time(6))] * 2)
        limits = grants({"incremental_syncs": 1, "seconds_a_completion": 3600})
        for saturday, hours in ((date(2026, 10, 24), 11), (date(2027, 3, 27), 9)):
            start = datetime.combine(saturday, time(12), tzinfo=UTC)
            season = msgspec.structs.replace(
                a_season(), nights=tuple(windows(nightly, not_before=start, days=0))
            )
            found = bucket(limits, "incremental_syncs at north (seconds_a_completion)", season)

            assert [hours] == found.refill.tolist()

    def test_the_ramp_holds_our_own_choice_down(self) -> None:
        """It should use a share of the nights of each of the first weeks, and no more than a whole mailbox."""
        found = bucket(grants({"mailboxes_a_night": 25}), "mailboxes_a_night", a_season(15, (0.1, 0.5)))

        assert [2] * 7 + [12] * 7 + [25] == found.refill.tolist()

    def test_two_sites_behind_one_endpoint_share_its_slots(self) -> None:
        """It should count the mailboxes of both together (fact B3)."""
        places = {"bristol": Place("both", 2), "leeds": Place("both", 3)}
        limits = {"incremental_syncs": 20, "seconds_a_completion": 720}
        found = bucket(grants(limits, places), "incremental_syncs at both (seconds_a_completion)")

        assert Over.ALL is found.column.over


class TestBatches:
    @given(
        st.lists(st.integers(0, 40), min_size=30, max_size=30),
        st.integers(30, 130),
        st.integers(0, 2**32),
    )
    @settings(max_examples=60, deadline=None)
    def test_no_day_has_more_than_a_tenant_may(self, most: list[int], batches: int, seed: int) -> None:
        """It should leave no day with more batches than granted (fact B5), however a night is shared between sites."""
        season = a_season(30)
        granted = grants({"mailboxes_a_night": 40, "batches": batches})
        granted = msgspec.structs.replace(granted, batch_size=7)
        room = bucket(granted, "batches", season).refill
        mailboxes = np.minimum(room, most)
        bristol = (mailboxes * np.random.default_rng(seed).random(30)).astype(np.int64)
        made = -(-bristol // 7) + -(-(mailboxes - bristol) // 7)

        for day in range(-14, 31):  # from the notice to the day after the night
            assert made[[night for night in range(30) if night - 14 <= day <= night + 1]].sum() <= batches

    def test_what_is_there_is_what_partly_filled_ones_leave(self) -> None:
        """It should give 16 nights, which share 60 batches of 7, what is left of them by partly filled ones."""
        granted = msgspec.structs.replace(grants({"mailboxes_a_night": 40, "batches": 60}), batch_size=7)
        room = bucket(granted, "batches", a_season(30)).refill

        shared = [int(room[first : first + 16].sum()) for first in range(15)]
        assert all(7 * (60 - 32) - 16 < total <= 7 * (60 - 32) for total in shared)

    def test_what_is_there_is_shared_as_nights_can_use_it(self) -> None:
        """It should give nights of the week-end, which take twice as many, twice as much."""
        limits = {"mailboxes_a_night": 2_000, "mailboxes_a_weekend_night": 4_000, "batches": 100}
        found = bucket(grants(limits), "batches", a_season(28)).refill[7:21]

        assert 2 == round(found[5] / found[0])
        assert found[0] < 2_000


class TestAhead:
    def test_slots_copy_day_by_day_as_far_ahead_as_the_notice(self) -> None:
        """It should have 14 days of 300 slots × 0.66 GB/h at the first night, a day more each night, never more."""
        limits = {"concurrent_moves_tenant": 300, "bytes_an_hour_move": 660_000_000, "days_synced": 60}
        found = bucket(grants(limits), "concurrent_moves_tenant", a_season(4))
        a_day = 300 * 660_000_000 * 24

        assert [14 * a_day, a_day, a_day, a_day] == found.refill.tolist()
        assert [14 * a_day] * 4 == found.depth.tolist()

    def test_nobody_is_synced_longer_than_may_be(self) -> None:
        """It should copy no further ahead than the days that a mailbox may stay synced."""
        found = bucket(grants({"bytes_an_hour": 10, "days_synced": 5}), "bytes_an_hour", a_season(2))

        assert [5 * 240, 240] == found.refill.tolist()
        assert [5 * 240] * 2 == found.depth.tolist()

    def test_days_without_a_night_copy_too(self) -> None:
        """It should have three days for a Monday after a Friday."""
        season = a_season(8)
        nights = tuple(window for window in season.nights if window.night.weekday() < 5)
        season = msgspec.structs.replace(season, nights=nights)
        found = bucket(grants({"bytes_an_hour": 10}), "bytes_an_hour", season)

        assert [14 * 240, 240, 240, 240, 240, 3 * 240] == found.refill.tolist()

    @pytest.mark.parametrize(
        ("limits", "name", "a_day"),
        [
            ({"concurrent_moves": 100}, "concurrent_moves at north", 100 * GB * 24),
            ({"connections_a_server": 100}, "connections_a_server at leeds", 300 * GB * 24),  # fact B44
            ({"bytes_an_hour_site": 7}, "bytes_an_hour_site at leeds", 7 * 24),  # fact C1
            ({"moves_a_source": 10}, "moves_a_source", 10 * GB * 24),  # fact C5
        ],
    )
    def test_sources_and_endpoints_have_their_own(
        self, limits: dict[str, int], name: str, a_day: int
    ) -> None:
        """It should reckon slots at a gigabyte an hour each, by endpoint, by server, by site and by database."""
        found = bucket(grants({**limits, "bytes_an_hour_move": GB}), name, a_season(2))

        assert [14 * a_day, a_day] == found.refill.tolist()

    def test_a_grant_that_lapses_still_copied_until_then(self) -> None:
        """It should add up what each day was granted: a raise to 20 that ends on Tuesday, 10 published."""
        raised = Grant(20, 10, MONDAY + timedelta(days=1))
        found = bucket(grants({"bytes_an_hour": raised}), "bytes_an_hour", a_season(4))

        assert [14 * 480, 480, 480, 240] == found.refill.tolist()
        assert [14 * 480, 14 * 480, 14 * 480, 13 * 480 + 240] == found.depth.tolist()


class TestGrants:
    @pytest.mark.parametrize(
        ("grant", "expected"),
        [
            (Grant(40, 10, MONDAY + timedelta(days=1)), [40, 40, 10, 10]),
            (Grant(40, None, MONDAY + timedelta(days=1)), [40, 40, 0, 0]),
            (Grant(5, 10, MONDAY + timedelta(days=1)), [5, 5, 5, 5]),
            (Grant(40, 10), [40, 40, 40, 40]),
        ],
    )
    def test_that_end_fall_back_to_what_is_published(self, grant: Grant, expected: list[int]) -> None:
        """It should plan the nights after on the published figure, never on one that nobody confirmed."""
        found = bucket(grants({"mailboxes_a_night": grant}), "mailboxes_a_night", a_season(4))

        assert expected == found.refill.tolist()

    def test_licences_are_used_up_once(self) -> None:
        """It should give out what is on hand, and nothing after the grant has ended."""
        held = bucket(grants({"licences": 50}), "licences", a_season(4))
        ended = bucket(grants({"licences": Grant(50, 20, MONDAY)}), "licences", a_season(4))

        assert ([50, 0, 0, 0], [50] * 4) == (held.refill.tolist(), held.depth.tolist())
        assert [50, 0, 0, 0] == ended.depth.tolist()

    def test_had_more_been_granted(self) -> None:
        """It should replan with another figure, at every site and for good."""
        granted = grants(
            {"incremental_syncs": Grant(20, 20, MONDAY, {"leeds": 5}), "seconds_a_completion": 720}
        )
        found = bucket(
            granted.with_figure("incremental_syncs", 100), "incremental_syncs at north (seconds_a_completion)"
        )

        assert [5000] * 5 + [7000] * 2 == found.refill.tolist()

    def test_a_site_that_no_file_names_is_refused(self) -> None:
        """It should not guess how many servers stand where nobody says."""
        with pytest.raises(SiteUnknown, match="leeds"):
            capacity_for(grants({}, {"bristol": Place("south", 1)}), a_season(), MANY)
