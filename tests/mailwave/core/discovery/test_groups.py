"""Who is in a group, through others, in circles, and where a part of it is not visible."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.discovery.groups import Expanded, expanded

NAMES = [f"g{n}" for n in range(6)]
PEOPLE = ["ann", "bob", "cat"]
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from([*NAMES, *PEOPLE]), max_size=5, unique=True)
)


def one(members: Mapping[str, list[str]], *, known: tuple[str, ...] = ()) -> Expanded:
    """The group `a` of *members*."""
    return expanded(["a"], members, [*members, *known])["a"]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"a": []}, Expanded(frozenset(), frozenset(), 1, cyclic=False)),
        ({"a": ["ann", "bob"]}, Expanded(frozenset({"ann", "bob"}), frozenset(), 1, cyclic=False)),
        (
            {"a": ["b", "ann"], "b": ["bob"]},
            Expanded(frozenset({"ann", "bob"}), frozenset(), 2, cyclic=False),
        ),
        ({"a": ["a", "ann"]}, Expanded(frozenset({"ann"}), frozenset(), 1, cyclic=True)),
        (
            {"a": ["b"], "b": ["c"], "c": ["b", "ann"]},
            Expanded(frozenset({"ann"}), frozenset(), 3, cyclic=True),
        ),
        (
            {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["ann"]},
            Expanded(frozenset({"ann"}), frozenset(), 3, cyclic=False),
        ),
    ],
    ids=["empty", "flat", "nested", "itself", "circle below", "diamond"],
)
def test_everybody_in_it_is_found(members: dict[str, list[str]], expected: Expanded) -> None:
    """It should go through every group once, and say how deep and whether in a circle."""
    assert expected == one(members)


def test_a_group_that_is_not_visible_is_unseen_and_not_empty() -> None:
    """It should name a group whose members could not be read, however deep it is, and keep who is known beside it."""
    found = one({"a": ["b", "ann"], "b": ["hidden"]}, known=("hidden",))
    assert Expanded(frozenset({"ann"}), frozenset({"hidden"}), 3, cyclic=False) == found


def test_a_chain_of_a_thousand_is_followed() -> None:
    """It should not end at a depth of its own."""
    chain = {f"c{n}": [f"c{n + 1}"] for n in range(1_000)} | {"c1000": ["ann"]}
    assert (frozenset({"ann"}), 1_001) == expanded(["c0"], chain, chain)["c0"][::2]


def reached(group: str, members: Mapping[str, list[str]]) -> set[str]:
    """Everything that *group* leads to, by looking again until nothing is new."""
    found = {group}
    while more := {each for one in found for each in members.get(one, ())} - found:
        found |= more
    return found


@given(GRAPHS)
def test_any_graph_gives_who_can_be_reached(members: dict[str, list[str]]) -> None:
    """It should find exactly the people and the unseen groups that a plain search finds, and circles where one is."""
    for group, found in expanded(NAMES, members, NAMES).items():
        there = reached(group, members)
        assert there & set(PEOPLE) == found.people
        assert {each for each in there if each in NAMES and each not in members} == found.unseen
        within = {each for each in there if each in members}
        circle = any(each in reached_below(each, members) for each in within)
        assert circle == found.cyclic


def reached_below(group: str, members: Mapping[str, list[str]]) -> set[str]:
    """Everything that the members of *group* lead to."""
    return {each for member in members.get(group, ()) for each in reached(member, members)}
