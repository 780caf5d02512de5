"""Who needs a licence, in which group it is given, and who has joined one."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mailwave.core.intents import Intent, Outcome
from mailwave.core.licences import (
    JOIN,
    LARGEST_WITHOUT,
    LEAVE,
    PEOPLE,
    Joined,
    group_of,
    joined,
    needs_licence,
)
from tests.mailwave.builders import a_mailbox


@pytest.mark.parametrize(
    ("recipient_type", "size", "needs"),
    [
        ("UserMailbox", 0, True),
        ("UserMailbox", None, True),
        ("LinkedMailbox", 1, True),
        ("SharedMailbox", None, False),
        ("SharedMailbox", LARGEST_WITHOUT, False),
        ("SharedMailbox", LARGEST_WITHOUT + 1, True),
        ("RoomMailbox", LARGEST_WITHOUT + 1, True),
        ("EquipmentMailbox", 1, False),
    ],
)
def test_who_needs_a_licence(recipient_type: str, size: int | None, needs: bool) -> None:  # noqa: FBT001
    """It should ask for one but for a mailbox of nobody of at most 50 GB (fact B51)."""
    assert needs is needs_licence(a_mailbox(recipient_type=recipient_type, size_bytes=size))


def test_each_group_takes_its_share_and_each_person_stays() -> None:
    """It should put a person always into the same group, and as many into each, whatever their order."""
    people = [str(UUID(int=n * 7919 + 1)) for n in range(3_000)]

    chosen = [group_of(guid, ("a", "b", "c")) for guid in people]

    assert chosen == [group_of(guid, ("a", "b", "c")) for guid in people]
    assert {"a", "b", "c"} == set(chosen)
    assert max(map(chosen.count, "abc")) < 1.1 * min(map(chosen.count, "abc"))
    assert {"a"} == {group_of(guid, ("a",)) for guid in people}


def test_the_last_act_says_who_is_in() -> None:
    """It should count who was seen into a group and has not left since, in the order of the journal."""
    acts = [
        Intent(5, LEAVE, "a", {PEOPLE: ["a"]}, Outcome.OK),
        Intent(1, JOIN, "a", {PEOPLE: ["a", "b"]}, Outcome.OK),
        Intent(2, JOIN, "c", {PEOPLE: ["c"]}, Outcome.UNKNOWN),
        Intent(3, JOIN, "d", {PEOPLE: ["d"]}),
        Intent(6, JOIN, "e", {PEOPLE: ["e"]}, Outcome.OK),
        Intent(7, LEAVE, "e", {PEOPLE: ["e"]}, Outcome.FAILED),
    ]

    assert {"b", "e"} == joined(acts)
    assert {"a", "b", "e"} == joined([*acts, Intent(8, JOIN, "a", {PEOPLE: ["a"]}, Outcome.OK)])


OUTCOMES = st.sampled_from([Outcome.OK, Outcome.FAILED, Outcome.UNKNOWN, None])


@given(
    acts=st.lists(st.tuples(st.sampled_from([JOIN, LEAVE]), st.sampled_from("abcd"), OUTCOMES), max_size=12),
    ends=st.lists(st.sampled_from([Outcome.OK, Outcome.FAILED]), min_size=12, max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=4),
)
def test_reading_on_is_reading_all(
    acts: list[tuple[str, str, Outcome | None]], ends: list[Outcome], cuts: list[int]
) -> None:
    """It should come to what all of the journal leads to, wherever it was read before, and whatever ended since."""
    begun = [Intent(n, act, who, {PEOPLE: [who]}, outcome) for n, (act, who, outcome) in enumerate(acts, 1)]
    ended = [
        each if not each.is_doubtful else replace(each, outcome=end)
        for each, end in zip(begun, ends, strict=False)
    ]
    known = Joined()
    for upto in sorted(cuts):
        known = known.read_on([each for each in begun[:upto] if each.id > known.upto], "abc")

    known = known.read_on([each for each in ended if each.id > known.upto], "abc")

    assert joined(ended) & set("abc") == known.inside
