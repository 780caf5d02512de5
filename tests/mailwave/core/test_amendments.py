"""What an amendment of the scope must fit, and where a leaver's mailbox may end."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.amendments import (
    AFTER_LEAVING,
    Amendment,
    AmendmentRefused,
    Held,
    Transfer,
    chained,
    check_amendment,
)
from mailwave.core.progress import ALOFT
from mailwave.core.states import TRANSITIONS, MailboxState
from tests.mailwave.builders import a_mailbox, a_right, guid

S = MailboxState
HELD = Held(
    {guid(n): "RR8" for n in range(4)}, {"person3@nhsmail.example"}, {"RR8", "A81001"}, {guid(0)}, {guid(2)}
)


@pytest.mark.parametrize(
    ("amendment", "problem", "names"),
    [
        (Amendment(joiners=(a_mailbox(1),)), "a joiner is in the estate already", [guid(1)]),
        (
            Amendment(joiners=(a_mailbox(8), a_mailbox(8))),
            "a mailbox is named more than once",
            [guid(8)],
        ),
        (
            Amendment(leavers=(guid(1),), transfers=(Transfer(guid(1), "A81001"),)),
            "more than once",
            [guid(1)],
        ),
        (Amendment(leavers=(guid(9),)), "the estate has no mailbox", [guid(9)]),
        (Amendment(transfers=(Transfer(guid(9), "A81001"),)), "the estate has no mailbox", [guid(9)]),
        (Amendment(transfers=(Transfer(guid(0), "X9"),)), "no organisation with the code", ["X9"]),
        (Amendment(joiners=(a_mailbox(8, organisation="X9"),)), "no organisation with the code", ["X9"]),
        (Amendment(transfers=(Transfer(guid(0), "RR8"),)), "in that organisation already", [guid(0)]),
        (Amendment(leavers=(guid(2),)), "recorded before that the owner has left", [guid(2)]),
        (
            Amendment(joiners=(a_mailbox(8),), permissions=(a_right(8, 9),)),
            "not in the estate",
            [guid(9)],
        ),
    ],
)
def test_what_does_not_fit_is_refused(amendment: Amendment, problem: str, names: list[str]) -> None:
    """It should say in one sentence what does not fit, and name it."""
    with pytest.raises(AmendmentRefused, match=problem) as caught:
        check_amendment(amendment, HELD)
    assert (tuple(names), False) == (caught.value.names, "\n" in str(caught.value))


def test_a_joiner_with_a_taken_address_is_refused() -> None:
    """It should compare addresses without regard to case, as Exchange does."""
    with pytest.raises(AmendmentRefused, match="address of another mailbox"):
        check_amendment(Amendment(joiners=(a_mailbox(3),)), msgspec.structs.replace(HELD, organisation_of={}))


def test_what_fits_passes() -> None:
    """It should let joiners with their rights, leavers and transfers through."""
    check_amendment(
        Amendment(
            (a_mailbox(8),), (a_right(8, 0), a_right(0, 8)), (guid(1),), (Transfer(guid(3), "A81001"),)
        ),
        HELD,
    )


@given(st.permutations([guid(0), guid(1), guid(2)]))
def test_the_digest_is_of_what_changes(leavers: list[str]) -> None:
    """It should be one digest whatever the order, another for another amendment, and depend on what came before."""
    one, two = Amendment(leavers=tuple(leavers)), Amendment(leavers=(guid(0),))

    assert Amendment(leavers=(guid(0), guid(1), guid(2))).digest == one.digest
    assert 4 == len({one.digest, two.digest, chained("a", one), chained(chained("a", two), one)})


def test_a_leaver_ends_where_the_table_of_states_leads() -> None:
    """It should end in a state that can be reached by legal steps, never in flight, unknown or waiting."""
    for state, ends in AFTER_LEAVING.items():
        assert ends
        assert not ends & (ALOFT | {S.WAITING})
        assert ends <= reachable(state)


def reachable(state: S) -> set[S]:
    """Every state that legal steps lead to from *state*, itself among them."""
    found = [state]
    for here in found:
        found += sorted(TRANSITIONS[here] - set(found))
    return set(found)
