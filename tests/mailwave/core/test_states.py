"""The table of states and the law of counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.states import (
    IN_FLIGHT,
    OPEN,
    TRANSITIONS,
    Counts,
    CountsBroken,
    IllegalTransition,
    MailboxState,
    check_transition,
)

states = st.sampled_from(MailboxState)


class TestTransitions:
    def test_a_final_state_has_no_way_out(self) -> None:
        """It should let no mailbox leave excluded, and none leave moved but by the way back: no second move."""
        assert not TRANSITIONS[MailboxState.EXCLUDED]
        assert {MailboxState.DEFERRED} == TRANSITIONS[MailboxState.MOVED]

    def test_only_completing_and_unknown_lead_to_moved(self) -> None:
        """It should let a mailbox be moved only after it was completing or its outcome was read back."""
        leading = {state for state in MailboxState if MailboxState.MOVED in TRANSITIONS[state]}

        assert {MailboxState.COMPLETING, MailboxState.UNKNOWN} == leading

    def test_everything_under_way_can_become_unknown(self) -> None:
        """It should hold a lost answer from each state that an act leaves from."""
        leading = {state for state in MailboxState if MailboxState.UNKNOWN in TRANSITIONS[state]}

        assert IN_FLIGHT | {MailboxState.WAITING} == leading

    def test_every_open_state_leads_to_an_end(self) -> None:
        """It should leave no mailbox in a state from which no end can be reached."""
        ends = set(MailboxState) - OPEN
        reach = {state: set(TRANSITIONS[state]) for state in MailboxState}
        for _ in MailboxState:
            reach = {state: next_ | {s for n in next_ for s in reach[n]} for state, next_ in reach.items()}

        assert all(reach[state] & ends for state in OPEN)

    @given(states, states)
    def test_refuses_exactly_what_the_table_lacks(self, state: MailboxState, to: MailboxState) -> None:
        """It should let a step in the table pass, and refuse any other with the steps that are allowed."""
        if to in TRANSITIONS[state]:
            check_transition("box", state, to)
            return
        with pytest.raises(IllegalTransition) as caught:
            check_transition("box", state, to)

        assert (state, to, set(TRANSITIONS[state])) == (
            caught.value.state,
            caught.value.asked,
            set(caught.value.allowed),
        )


class TestCounts:
    @given(st.lists(states))
    def test_the_law_holds_for_whole_counts(self, of: list[MailboxState]) -> None:
        """It should find every mailbox again, in flight ones under one name."""
        counts = Counts.of(len(of), {state: of.count(state) for state in of})

        assert counts.conserved
        assert sum(state in IN_FLIGHT for state in of) == counts.in_flight

    @given(st.lists(states, min_size=1))
    def test_a_lost_mailbox_breaks_the_law(self, of: list[MailboxState]) -> None:
        """It should say who lost how many."""
        counts = Counts.of(len(of) + 1, {state: of.count(state) for state in of})

        with pytest.raises(CountsBroken) as caught:
            counts.check("RR8")
        assert ("RR8", len(of) + 1, len(of)) == (caught.value.whose, caught.value.planned, caught.value.found)

    @given(st.lists(st.tuples(*[st.integers(0, 1000)] * 8)))
    def test_a_total_adds_term_by_term(self, parts: list[tuple[int, ...]]) -> None:
        """It should give the same totals as adding each column."""
        total = Counts.total(Counts(*part) for part in parts)

        assert sum(part[0] for part in parts) == total.planned
        assert sum(part[4] for part in parts) == total.moved

    def test_closed_means_nothing_is_open(self) -> None:
        """It should call an account closed only when nothing waits, flies or is unknown."""
        assert Counts(planned=2, moved=1, failed=1).closed
        assert not Counts(planned=1, unknown=1).closed
