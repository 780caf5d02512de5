"""A wave that is held stands where it is, until it is let go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailwave.core.states import MailboxState
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.hold_wave import HoldWave
from mailwave.runbooks.wave.holding import is_held
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services, Time


def hold(operator: Operator, wave: str, *, held: bool) -> None:
    with operator.ledger() as ledger:
        HoldWave(ledger, REASON, held).run(wave)


class _Intervening(Operator):
    """An operator whose first wave somebody holds when its window opens, and lets go on when it has ended."""

    wave = ""
    opens = closes = datetime.max.replace(tzinfo=UTC)

    @property
    def clock(self) -> Time:
        """A clock at which somebody looks."""
        return _Watched(self)


class _Watched(Time):
    def __init__(self, operator: _Intervening) -> None:
        super().__init__(operator.services.clock, Boundary())
        self._operator = operator

    def sleep_until(self, when: datetime) -> None:
        """Sleep, and act when it is time."""
        before = self.now()
        super().sleep_until(when)
        if before < self._operator.opens <= self.now():
            hold(self._operator, self._operator.wave, held=True)
        if before < self._operator.closes <= self.now():
            hold(self._operator, self._operator.wave, held=False)


def test_nobody_of_a_held_wave_is_completed(tmp_path: Path) -> None:
    """It should keep a held wave at Synced and move it out at its window's end, and complete the others."""
    operator = _Intervening(Services(), tmp_path)
    operator.prepare()
    with operator.ledger() as ledger:
        first, *others = ledger.waves()
    operator.wave, operator.opens = first.id, first.window_start - timedelta(hours=1)
    operator.closes = first.window_end + timedelta(hours=1)

    operator.run()

    with operator.ledger() as ledger:
        states = {record.state for record in ledger.mailboxes(wave=first.id)}
        moved = [r for wave in others for r in ledger.mailboxes(MailboxState.MOVED, wave=wave.id)]
        assert not is_held(ledger, first.id)
    assert MailboxState.DEFERRED in states
    assert MailboxState.MOVED not in states
    assert moved
    assert [] == problems(operator)


def test_holding_twice_is_holding_once(tmp_path: Path) -> None:
    """It should record a hold and a resumption once each, and know only waves of the plan."""
    operator = Operator(Services(), tmp_path)
    operator.prepare()
    with operator.ledger() as ledger:
        wave = ledger.waves()[0].id
        for _ in range(2):
            HoldWave(ledger, REASON, hold=True).run(wave)
        assert (True, False) == (is_held(ledger, wave), HoldWave(ledger, REASON, hold=True).prepare(wave))
        HoldWave(ledger, REASON, hold=False).run(wave)

        assert (False, 1, 1) == (
            is_held(ledger, wave),
            len(ledger.intents("wave.hold")),
            len(ledger.intents("wave.resume")),
        )
        with pytest.raises(NoSuchWave):
            HoldWave(ledger, REASON, hold=True).prepare("W19990101")
