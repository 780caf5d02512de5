"""How a change of Exchange ended, in the core's words."""

from __future__ import annotations

import pytest

from exchange_admin import DryRunRefusal, NotFound, OutcomeUnknown, Refused
from mailwave.adapters.exchange_outcomes import outcome_of
from mailwave.core.outcomes import ActError, ActRefused, ActUnknown

WHAT = {"cmdlet": "Set-Mailbox", "error_type": "", "text": "no", "status": 400}


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (Refused(**WHAT), ActRefused),  # type: ignore[arg-type]
        (NotFound(**WHAT), ActRefused),  # type: ignore[arg-type]
        (OutcomeUnknown(cmdlet="Set-Mailbox", why="the answer was lost"), ActUnknown),
    ],
)
def test_an_outcome_is_told_in_the_cores_words(error: Exception, ended: type[ActError]) -> None:
    """It should say of the act that it was refused, or that nobody knows, in Exchange's own sentence."""
    with pytest.raises(ActError) as caught, outcome_of("mend", "a@nhs.example"):
        raise error

    assert (ended, "mend", "a@nhs.example") == (type(caught.value), caught.value.act, caught.value.subject)
    assert (str(error), error) == (caught.value.why, caught.value.__cause__)


def test_what_was_never_sent_has_no_outcome() -> None:
    """It should let an error pass that says nothing of an outcome."""
    with pytest.raises(DryRunRefusal), outcome_of("mend", "a@nhs.example"):
        raise DryRunRefusal(cmdlet="Set-Mailbox")
