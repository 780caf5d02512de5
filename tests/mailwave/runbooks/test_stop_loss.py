"""A wave that is over the budget of its ring holds every wave, until a person accepts what has gone wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from mailwave import rules
from mailwave.core.courses import NEVER
from mailwave.core.events import Event, Kind
from mailwave.core.placement.granted import Grant
from mailwave.core.states import MailboxState
from mailwave.core.stop_loss import Budget, Ring
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.held_waves import HeldWaves
from mailwave.runbooks.hold_wave import HoldWave
from mailwave.runbooks.record_contacts import RecordContacts
from mailwave.runbooks.wave.holding import HOLD, is_held
from mailwave.runbooks.wave.stop_loss import StopLoss
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.operator import ESTATE, GRANTED, REASON, Operator
from tests.mailwave.rehearsed.services import Services, Time

HOLDING = msgspec.structs.replace(
    GRANTED,
    limits={
        "incremental_syncs": Grant(10),
        "seconds_an_increment": Grant(360),
        "days_synced": Grant(60),
    },
)
STRICT = (Ring("full", 1, failures=Budget(0, 0), contacts=Budget(0, 4)),)


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An operator with a plan."""
    made = Operator(Services(), tmp_path_factory.mktemp("stop-loss"))
    made.prepare()
    return made


def test_too_many_contacts_hold_every_wave_and_page_somebody(operator: Operator) -> None:
    """It should hold all when the desk tells of too many, count what was accepted no more, and begin again."""
    told: list[Event] = []
    with operator.ledger() as ledger:
        first, second = (wave.id for wave in ledger.waves()[:2])
        contacts = RecordContacts(StopLoss(ledger, STRICT, REASON, operator.said.append, told.append))

        assert [False, True] == [contacts.run(first, number) for number in (4, 5)]
        assert (True, True) == (is_held(ledger, first), is_held(ledger, second))
        assert [(Kind.OVER_BUDGET, first)] == [(event.kind, event.subject) for event in told]
        assert f"`mailwave wave resume -w {first}`" in told[0].text

        assert False is HoldWave(ledger, REASON, hold=False).prepare(second)
        HoldWave(ledger, REASON, hold=False).run(first)

        assert (False, False) == (is_held(ledger, first), is_held(ledger, second))
        assert [False, True] == [contacts.run(first, number) for number in (9, 10)]
        assert 2 == len(ledger.intents(HOLD))
        HoldWave(ledger, REASON, hold=False).run(first)


def test_only_a_wave_of_the_plan_is_called_about(operator: Operator) -> None:
    """It should refuse contacts about a wave that there is not."""
    with operator.ledger() as ledger, pytest.raises(NoSuchWave):
        RecordContacts(StopLoss(ledger, STRICT, REASON, operator.said.append)).prepare("W19990101")


class _Over(Exception):
    """The time that a test gives is over."""


@dataclass
class _Ending(Operator):
    """An operator whose machine stops at *end*."""

    end: datetime = NEVER

    @property
    def clock(self) -> Time:
        """A clock that goes no further."""
        return _Until(self)


class _Until(Time):
    def __init__(self, operator: _Ending) -> None:
        super().__init__(operator.services.clock, Boundary())
        self._operator = operator

    def sleep_until(self, when: datetime) -> None:
        """Sleep, or stop."""
        if self.now() >= self._operator.end:
            raise _Over
        super().sleep_until(when)


def test_a_failed_mailbox_over_budget_keeps_the_rest_where_they_are(tmp_path: Path) -> None:
    """It should complete nobody and start no further wave once one mailbox more has failed than is allowed."""
    operator = _Ending(Services(), tmp_path, rings=STRICT)
    operator.prepare()
    with operator.ledger() as ledger:
        waves = ledger.waves()
    operator.end = waves[0].window_start + timedelta(hours=2)

    with pytest.raises(_Over):
        operator.run()

    with operator.ledger() as ledger:
        (hold,) = ledger.intents(HOLD)
        failed = {record.wave for record in ledger.mailboxes(MailboxState.FAILED)}
        states = {record.state for wave in waves for record in ledger.mailboxes(wave=wave.id)}
    assert hold.subject in failed
    assert MailboxState.MOVED not in states
    assert [] == [sent for sent in operator.services.sent if "CompleteAfter" in sent.parameters]
    assert any("every wave is held" in text for text in operator.said)
    with operator.ledger() as ledger:
        parts = HeldWaves(operator.clock, ledger, rules.notices(ESTATE), HOLDING).run()
    assert {f"over budget: {hold.subject}"} == {part.why for part in parts}
    shown = parts[0]
    first = next(wave for wave in waves if wave.id == shown.wave)
    assert (10, 60) == (shown.granted, (shown.stops - first.night).days + GRANTED.notice_days)
    assert shown.slots == pytest.approx(shown.synced * 360 / 86_400)
