"""Few buckets that are as strict as all, and what groups need of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_schema import load_estate, load_limits
from mailwave import rules
from mailwave.core.placement.capacity import capacity_for, limits_for, needs_for
from mailwave.core.placement.ceilings import Bucket, Over, Unit, buckets_of
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.problem_for import problem_for
from mailwave.core.placement.season import Kind, Rule, Scope, shut_to_all
from mailwave.core.population import Numbers, Population
from tests.mailwave.core.placement.granting import GB, MANY, MONDAY, PLACES, a_population, a_season, grants

ENVIRONMENTS = Path(__file__).parents[4] / "environments"


class TestFew:
    def test_the_first_counts_all_mailboxes(self) -> None:
        """It should count a night's mailboxes first, even when nothing limits them, and name the least limit."""
        free = capacity_for(grants({}), a_season(2), MANY)
        held = capacity_for(grants({"mailboxes_a_night": 22, "notify_per_day": 15}), a_season(2), MANY)

        assert [[4000]] * 2 == free.limits.refill.tolist()
        assert ("mailboxes a night",) == held.limits.names
        assert ([[3]] * 2, "notify_per_day") == (held.limits.refill.tolist(), held.binding(1, 0))

    def test_what_cannot_bind_is_left_out(self) -> None:
        """It should leave out licences for all, a database that is copied at once, and a site freer than the whole."""
        limits = {
            "licences": 4_000,
            "moves_a_source": 10,
            "bytes_an_hour_move": GB,
            "mailboxes_a_night": Grant(22, sites={"leeds": 22, "bristol": 21}),
        }
        found = capacity_for(grants(limits), a_season(2), MANY)

        assert ("mailboxes a night", "mailboxes a night at bristol") == found.limits.names
        assert ("licences", "mailboxes_a_night at leeds", "moves_a_source") == found.left_out

    def test_the_least_of_two_is_the_bucket(self) -> None:
        """It should fill up by the lesser of slots and network, and name it."""
        limits = {"bytes_an_hour": 10, "concurrent_moves_tenant": 3, "bytes_an_hour_move": 7}
        found = capacity_for(grants(limits), a_season(3), MANY)

        assert [14 * 240, 240, 240] == found.limits.refill[:, 1].tolist()
        assert [14 * 240] * 3 == found.limits.depth[:, 1].tolist()
        assert "bytes_an_hour" == found.binding(1, 1)

    def test_a_site_is_kept_that_fills_slower_or_holds_less(self) -> None:
        """It should keep a site's bucket that is not freer than the whole in both."""
        slots = {"incremental_syncs": 1, "seconds_an_increment": 864}
        slower = {**slots, "bytes_an_hour": 50 * GB, "bytes_an_hour_site": GB}
        one = {name: Place("both", 1) for name in PLACES}
        holds_less = {**slots, "bytes_an_hour": GB}

        names = capacity_for(grants(slower, one), a_season(9), MANY).limits.names
        assert {"bytes copied ahead at leeds", "bytes copied ahead at bristol"} < set(names)
        late = msgspec.structs.replace(a_season(9), copying=MONDAY - timedelta(days=1))
        names = capacity_for(grants(holds_less), late, MANY).limits.names
        assert {"bytes copied ahead at leeds", "bytes copied ahead at bristol"} < set(names)

    def test_nights_on_which_nobody_moves_do_not_count(self) -> None:
        """It should leave a source out whose nights begin with too little only while everybody is barred."""
        limits = grants({"moves_a_source": 10, "bytes_an_hour_move": GB})
        late = msgspec.structs.replace(a_season(12), copying=MONDAY - timedelta(days=1))
        opens = MONDAY + timedelta(days=8)
        begins = Rule(Kind.NOT_BEFORE, Scope.NATIONAL, "", opens, date.max, "begins")

        assert "moves_a_source" not in capacity_for(limits, late, MANY).left_out
        held = msgspec.structs.replace(late, rules=(begins,))
        assert "moves_a_source" in capacity_for(limits, held, MANY).left_out

    def test_nights_without_moves_save_nothing_up(self) -> None:
        """It should keep a site's nightly figure that binds on each night, however many barred nights come before."""
        limits = grants({"mailboxes_a_night": Grant(2_000, sites={"leeds": 1_000})})
        opens = Rule(Kind.NOT_BEFORE, Scope.NATIONAL, "", MONDAY + timedelta(days=8), date.max, "begins")
        season = msgspec.structs.replace(a_season(12), rules=(opens,))

        assert "mailboxes a night at leeds" in capacity_for(limits, season, MANY).limits.names

    def test_a_source_that_can_bind_has_its_own(self) -> None:
        """It should hold each database to ten moves at a time when it holds more than these copy in the notice."""
        limits = {"moves_a_source": 10, "bytes_an_hour_move": GB // 2}
        found = capacity_for(grants(limits), a_season(2), MANY)

        assert ("mailboxes a night", "bytes copied ahead at DB2") == found.limits.names

    def test_the_limits_alone(self) -> None:
        """It should give the same limits without the rest."""
        granted = grants({"mailboxes_a_night": 22})

        assert ("mailboxes a night",) == limits_for(granted, a_season(2), MANY).names


def estates() -> st.SearchStrategy[Population]:
    rows = st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=25
    )
    return rows.map(lambda drawn: a_population(*(list(column) for column in zip(*drawn, strict=True))))


def some_grants() -> st.SearchStrategy[Granted]:
    def a_grant(most: int) -> st.SearchStrategy[Grant]:
        return st.builds(
            Grant,
            st.integers(0, most),
            st.none() | st.integers(0, most),
            st.none() | st.integers(0, 5).map(lambda days: MONDAY + timedelta(days=days)),
            st.dictionaries(st.sampled_from(["leeds", "bristol"]), st.integers(0, most)),
        )

    most = {
        "mailboxes_a_night": 9,
        "mailboxes_a_weekend_night": 12,
        "bytes_a_night": 40,
        "notify_per_day": 50,
        "emails_per_day": 50,
        "admin_calls_a_night": 20,
        "batches": 80,
        "incremental_syncs": 3,
        "concurrent_moves": 3,
        "concurrent_moves_tenant": 4,
        "connections_a_server": 3,
        "moves_a_source": 1,
        "bytes_an_hour": 3,
        "bytes_an_hour_site": 2,
        "days_synced": 3,
        "licences": 30,
        "directory_objects": 30,
    }
    whole = {"seconds_a_completion": st.just(Grant(9_000)), "seconds_an_increment": st.just(Grant(30_000))}
    optional = {name: a_grant(figure) for name, figure in most.items()}
    chosen = st.fixed_dictionaries({"bytes_an_hour_move": st.just(Grant(1)), **whole}, optional=optional)
    places = st.sampled_from([PLACES, {name: Place("both", 1) for name in PLACES}])
    return st.builds(grants, chosen, places)


def is_kept(refill: Numbers, depth: Numbers, taken: Numbers) -> bool:
    """Whether a bucket never runs dry, reckoned night by night."""
    left = 0
    for night in range(len(taken)):
        left = min(int(depth[night]), left + int(refill[night])) - int(taken[night])
        if left < 0:
            return False
    return True


def taken(each: Bucket, population: Population, night_of: Numbers, nights: int) -> Numbers:
    column = each.column
    place = population.site if column.over is Over.SITES else population.database
    counted = (night_of >= 0) & ((column.over is Over.ALL) | np.isin(place, column.members))
    amount = population.bytes if column.unit is Unit.BYTES else np.ones(population.size, dtype=np.int64)
    found = np.zeros(nights, dtype=np.int64)
    np.add.at(found, night_of[counted], amount[counted])
    return found


@given(estates(), some_grants(), st.integers(0, 2**32), st.integers(1, 9))
@settings(max_examples=150, deadline=None)
def test_few_buckets_are_as_strict_as_all(
    population: Population, granted: Granted, seed: int, nights: int
) -> None:
    """It should break no limit with any plan that keeps the buckets left, by reckoning each limit by itself."""
    draw = np.random.default_rng(seed)
    shut = MONDAY + timedelta(days=int(draw.integers(0, 9)))
    freeze = Rule(Kind.FREEZE, Scope.NATIONAL, "", shut, shut, "frozen")
    season = msgspec.structs.replace(a_season(nights), rules=(freeze,) if draw.random() < 0.5 else ())
    open_nights = np.flatnonzero(~shut_to_all(season))
    capacity = capacity_for(granted, season, population)
    needs = needs_for(population, np.arange(population.size), capacity.columns)
    amounts = np.stack([need.of(np.arange(population.size)) for need in needs], axis=1)
    night_of = np.full(population.size, -1)
    used = np.zeros((nights, len(capacity.columns)), dtype=np.int64)
    for row in draw.permutation(population.size).tolist():
        for night in draw.permutation(open_nights).tolist():
            tried = used.copy()
            tried[night] += amounts[row]
            columns = zip(capacity.limits.refill.T, capacity.limits.depth.T, tried.T, strict=True)
            if all(is_kept(*column) for column in columns):
                night_of[row], used = night, tried
                break

    for each in buckets_of(granted, season, population):
        assert is_kept(each.refill, each.depth, taken(each, population, night_of, nights)), each.name


@given(estates(), some_grants(), st.lists(st.integers(0, 5), min_size=25, max_size=25))
@settings(max_examples=60, deadline=None)
def test_groups_need_what_their_mailboxes_need(
    population: Population, granted: Granted, groups: list[int]
) -> None:
    """It should add up, by group and bucket, what each mailbox takes, in the order of groups."""
    label = np.unique(np.array(groups[: population.size]), return_inverse=True)[1].astype(np.int64)
    problem = problem_for(population, label, a_season(3), granted)
    capacity = capacity_for(granted, a_season(3), population)

    expected = np.zeros((label.max() + 1, len(capacity.columns)), dtype=np.int64)
    for row in range(population.size):
        for n, column in enumerate(capacity.columns):
            place = population.site if column.over is Over.SITES else population.database
            if column.over is Over.ALL or place[row] in column.members:
                expected[label[row], n] += population.bytes[row] if column.unit is Unit.BYTES else 1
    found = np.zeros_like(expected)
    for limit, need in enumerate(problem.needs):
        found[need.group, limit] = need.amount
    assert expected.tolist() == found.tolist()
    assert np.bincount(label).tolist() == problem.mailboxes.tolist()
    assert all((np.diff(need.group) > 0).all() and (need.amount > 0).all() for need in problem.needs)


def test_the_order_of_groups_is_their_own() -> None:
    """It should give a group the same number whatever others there are."""
    label = np.arange(4000) // 2
    whole = problem_for(MANY, label, a_season(2), grants({}))
    half = problem_for(MANY.only(np.arange(2000, 4000)), label[:2000], a_season(2), grants({}))

    assert whole.order[1000:].tolist() == half.order.tolist()
    assert len(set(whole.order.tolist())) == len(whole.order)


@pytest.mark.parametrize("environment", ["dev", "pilot", "production", "rehearsal"])
def test_the_limits_of_each_environment_are_all_used(environment: str) -> None:
    """It should have each limit of the file in a bucket, as what a slot and a mailbox take, or for after the move."""
    estate = load_estate(ENVIRONMENTS / f"estate.{environment}.yaml")
    limits = load_limits(ENVIRONMENTS / f"limits.{environment}.yaml")
    granted = rules.granted(limits, estate)
    sites = tuple(site.name for site in estate.sites)
    population = MANY._replace(site=MANY.site % len(sites), sites=sites)
    names = " ".join(each.name for each in buckets_of(granted, a_season(), population))

    lengths = {"bytes_an_hour_move", "days_synced", "mailboxes_a_weekend_night", "bytes_a_weekend_night"}
    after = {"graph_writes", "graph_writes_tenant", "group_licences_an_hour", "licence_group_members"}
    assert set() == {name for name in granted.limits if name not in names} - lengths - after
    assert limits.profile == granted.profile
