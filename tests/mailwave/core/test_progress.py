"""What shifts of mailboxes add to the tallies, against counting everything anew."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.progress import Dashboard, Deltas, Face, Place, Shift, Tally, deltas
from mailwave.core.states import MailboxState

S = MailboxState
places = st.tuples(
    st.sampled_from(["RR8", "A81001"]),
    st.sampled_from(["leeds", "york"]),
    st.sampled_from(["", "W1"]),
    st.sampled_from(["", "b1"]),
)
states = st.none() | st.sampled_from(S)


def counted(held: list[tuple[Place, int, MailboxState | None]]) -> Deltas:
    """The mailboxes and bytes of each face, name and state."""
    number: Counter[tuple[str, str, str]] = Counter()
    size: Counter[tuple[str, str, str]] = Counter()
    for place, size_bytes, state in held:
        for face, name in zip(Face, place, strict=True):
            if state is not None:
                number[face.value, name, state.value] += 1
                size[face.value, name, state.value] += size_bytes
    return {key: (number[key], size[key]) for key in number}


@given(st.lists(st.tuples(places, st.integers(0, 9), states, states)))
def test_what_was_and_what_is_added_is_what_will_be(shifts: list[Shift]) -> None:
    """It should lead from the tallies before to those after, by every face."""
    before = counted([(place, size, state) for place, size, state, _ in shifts])
    after = counted([(place, size, state) for place, size, _, state in shifts])

    found = deltas(shifts)
    for key in before.keys() | after.keys() | found.keys():
        was, added, becomes = (held.get(key, (0, 0)) for held in (before, found, after))
        assert becomes == (was[0] + added[0], was[1] + added[1])


@given(places, states)
def test_who_stays_adds_nothing(place: Place, state: S | None) -> None:
    """It should hold no zeros, so that who stays where he is costs nothing."""
    assert {} == deltas([(place, 1, state, state)])


def test_a_transfer_shifts_its_organisations_only() -> None:
    """It should leave site, wave and batch alone when a mailbox changes its organisation."""
    here, there = ("RR8", "leeds", "W1", "b1"), ("A81001", "leeds", "W1", "b1")

    expected = {("organisation", "RR8", "syncing"): (-1, -5), ("organisation", "A81001", "syncing"): (1, 5)}
    assert expected == deltas([(here, 5, S.SYNCING, None), (there, 5, None, S.SYNCING)])


def test_a_dashboard_adds_up_by_state() -> None:
    """It should sum each state over all parts, in the order of a move."""
    tallies = {"W1": {S.MOVED: Tally(1, 5), S.WAITING: Tally(2, 3)}, "W2": {S.WAITING: Tally(4, 1)}}

    expected = [(S.WAITING, Tally(6, 4)), (S.MOVED, Tally(1, 5))]
    assert expected == list(Dashboard(Face.WAVE, 7, tallies, {}).by_state.items())
