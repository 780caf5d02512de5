"""A wave of which it is too late to tell its people: what it keeps from beginning, and what not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mailwave.core.notices import Milestone
from mailwave.core.planner import Wave
from mailwave.core.states import OPEN, MailboxState
from mailwave.runbooks.wave.run import NoticeTooLate
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with a plan that is approved."""
    made = Operator(Services(), tmp_path)
    made.prepare()
    return made


def waves(operator: Operator) -> list[Wave]:
    with operator.ledger() as ledger:
        return list(ledger.waves())


def test_too_late_to_tell_is_too_late(operator: Operator) -> None:
    """It should refuse a wave whose people can no longer have their full notice, and tell nobody."""
    operator.clock.sleep_until(waves(operator)[0].window_start - timedelta(days=13))

    with pytest.raises(NoticeTooLate) as caught:
        operator.run()

    assert ("W20260915", 15) == (caught.value.wave, caught.value.people)
    assert [] == operator.services.notify._sent


def test_a_wave_that_is_too_late_stops_no_other(operator: Operator) -> None:
    """It should end the waves that can go on, tell nobody of the one that is too late, and name that."""
    first, late, third = waves(operator)
    the_first_are_told = Boundary(40)
    with pytest.raises(Killed):
        Operator(operator.services, operator.folder, the_first_are_told).run()
    with operator.ledger() as ledger:
        assert ledger.notices_of(Milestone.TWO_WEEKS, first.mailboxes, first.night)
        assert not ledger.notices_of(Milestone.TWO_WEEKS, late.mailboxes, late.night)
    operator.clock.sleep_until(late.window_start - timedelta(days=13, hours=20))

    with pytest.raises(NoticeTooLate) as caught:
        operator.run()

    assert (late.id, 13) == (caught.value.wave, caught.value.people)
    assert any(text.startswith(f"{late.id} is stopped: 13 people") for text in operator.said)
    with operator.ledger() as ledger:
        assert {MailboxState.WAITING} == {each.state for each in ledger.mailboxes(wave=late.id)}
        assert not ledger.notices_of(Milestone.TWO_WEEKS, late.mailboxes, late.night)
        ended = [each.state for wave in (first, third) for each in ledger.mailboxes(wave=wave.id)]
    assert MailboxState.MOVED in ended
    assert not OPEN & set(ended)
