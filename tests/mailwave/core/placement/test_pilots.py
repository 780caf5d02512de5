"""Pilot organisations: a sample in which each stratum has its part."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.estate import Organisation
from mailwave.core.placement.pilots import SIZES, stratified

SIZE = st.sampled_from([0, 10, 100, 1_000, 10_000])
BODY = st.tuples(st.sampled_from(["trust", "prescriber"]), st.sampled_from(["Y56", "Y63", "Y60"]), SIZE)


def made(drawn: list[tuple[str, str, int]]) -> list[tuple[Organisation, int]]:
    return [
        (Organisation(f"R{n:03d}", "", kind, region), size) for n, (kind, region, size) in enumerate(drawn)
    ]


@given(st.lists(BODY, max_size=60), st.integers(0, 30), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_each_stratum_has_its_share(drawn: list[tuple[str, str, int]], count: int, seed: int) -> None:
    """It should take as many as are asked for, of each stratum its share to one more or less, and none without mail."""
    bodies = made(drawn)
    chosen = stratified(bodies, count, seed)

    strata = {
        body.code: (body.kind, body.region, sum(size > limit for limit in SIZES))
        for body, size in bodies
        if size
    }
    assert min(count, len(strata)) == len(set(chosen)) == len(chosen)
    taken, there = Counter(strata[code] for code in chosen), Counter(strata.values())
    for stratum, number in there.items():
        share = number * min(count, len(strata)) / len(strata)
        assert abs(taken[stratum] - share) < 1


def test_the_largest_fractions_come_first() -> None:
    """It should take three of eight trusts and one of two practices, whose shares of four are 3.2 and 0.8."""
    bodies = made([("trust", "Y56", 100)] * 8 + [("prescriber", "Y56", 100)] * 2)

    assert 1 == len([code for code in stratified(bodies, 4, 1) if code in {"R008", "R009"}])


def test_the_sample_is_drawn_by_a_seed_and_not_by_order() -> None:
    """It should be the same in any order, and another with another seed."""
    bodies = made([("trust", "Y56", 100)] * 200)

    assert stratified(bodies, 20, 1) == stratified(bodies[::-1], 20, 1)
    assert stratified(bodies, 20, 1) != stratified(bodies, 20, 2)


def test_others_that_go_change_little() -> None:
    """It should keep the sample when an organisation that is not in it goes."""
    bodies = made([("trust", "Y56", 100)] * 200)
    sample = stratified(bodies, 20, 1)
    gone = next(body for body in bodies if body[0].code not in sample)

    assert sample == stratified([body for body in bodies if body is not gone], 20, 1)
