"""A wave among crashes, partitions, a clock that runs on and a second operator: nothing is lost or done twice.

Hypothesis chooses what happens and in which order. What each process asked and was told is written down, and judged
twice: by the invariants, which read the services and the ledger, and by a checker that has only the calls.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from exchange_admin import ExchangeError
from mailwave.adapters.direct_batches import DirectBatches
from mailwave.adapters.target import Target
from mailwave.core.amendments import Amendment
from mailwave.core.outcomes import ActError
from mailwave.runbooks.hold_wave import HoldWave
from mailwave.runbooks.wave.holding import is_held
from rehearsal.faults import EXCHANGE_ONLINE, Fault, Kind
from rehearsal.notify.service import NotifyFaults
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.forked import Remembering
from tests.mailwave.rehearsed.histories import MOVE, NOTICE, Call, nonsense
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import ESTATE, REASON, Operator
from tests.mailwave.rehearsed.recording import (
    History,
    RecordedBatches,
    RecordedLedger,
    RecordedNotifier,
    RecordedTarget,
)
from tests.mailwave.rehearsed.services import Services
from tests.mailwave.rehearsed.smallest import FEW, smallest_estate

WRITES = ("New-MigrationBatch", "Start-MigrationBatch", "*-MigrationUser", "Set-MigrationUser")
KINDS = (Kind.DROP, Kind.THROTTLE, Kind.UNAVAILABLE, Kind.GATEWAY_TIMEOUT, Kind.TENANT_BUSY, Kind.TRANSIENT)
MOST_DAYS = 9
"""The clock runs on for so long altogether: the window is ten days after the first notices, and one may miss it."""


@cache
def prepared() -> Path:
    """A folder with an approved plan of the smallest estate."""
    folder = Path(mkdtemp(prefix="prepared-"))
    Operator(Services(smallest_estate()), folder, granted=FEW).prepare()
    return folder


@dataclass
class Recording(Operator):
    """An operator whose calls are written into *history*, as those of the process *name*."""

    history: History = field(default_factory=History)
    name: str = "0"

    @contextmanager
    def ledger(self) -> Iterator[Any]:
        """The ledger, whose writes are boundaries, and claims once they are kept."""
        with super().ledger() as ledger:
            yield RecordedLedger(ledger, self.history, self.name)

    def run(self) -> None:
        """`wave run`."""
        with self.ledger() as ledger:
            known = {
                batch.name: {each.mailbox.smtp for each in ledger.mailboxes() if each.batch == batch.name}
                for wave in ledger.plan().waves
                for batch in wave.batches
            }
        with self.services.cloud(self.boundary) as admin:
            target = RecordedTarget(Target(admin), self.history, self.name, known)
            made = DirectBatches(admin, ESTATE.tenant.id, self.clock.now)
            batches = RecordedBatches(made, self.history, self.name)
            notifier = RecordedNotifier(self.services.notifier(self.boundary), self.history, self.name)
            with self.running(target=target, batches=batches, notifier=notifier) as runbook:
                runbook.run()


class WaveMachine(RuleBasedStateMachine):
    """The model: who has left, whether the wave is held, and that nobody disappears."""

    @initialize(lost=st.sets(st.integers(1, 25), max_size=6), busy=st.sets(st.integers(1, 25), max_size=3))
    def begin(self, lost: set[int], busy: set[int]) -> None:
        """Everybody has a plan; Notify loses some answers, and turns some notices away."""
        faults = NotifyFaults(throttled=tuple(sorted(busy - lost)), dropped=tuple(sorted(lost)))
        self.services = Services(smallest_estate(), faults=[], notify_faults=faults)
        self.folder = Path(mkdtemp())
        shutil.copytree(prepared(), self.folder, dirs_exist_ok=True)
        self.history = History()
        self.remembers = Remembering()
        self.processes = 0
        self.left: set[str] = set()
        self.held = False
        self.ended = False
        self.slept = timedelta()

    def teardown(self) -> None:
        """Whatever happened, a clean run ends it, and everything holds."""
        if not hasattr(self, "folder"):
            return
        try:
            self._end()
        finally:
            shutil.rmtree(self.folder)

    def _end(self) -> None:
        self.services.faults.replace(EXCHANGE_ONLINE, [])
        if self.held:
            self.hold_or_resume()
        operator = self._process(None)
        operator.run()
        assert [] == problems(operator)
        assert [] == nonsense(self.history.moves, MOVE)
        assert [] == nonsense([*self.history.notices, *self._inbox()], NOTICE)

    @rule(at=st.integers(1, 200), remembers=st.booleans())
    def run_until_killed(self, at: int, remembers: bool) -> None:  # noqa: FBT001  drawn
        """`wave run`, killed at its boundary number *at*; the durable engine's tables are lost with it, or not."""
        if self.held:
            at = min(at, 20)  # one that is held has nothing to do but to wait for its window's end
        if not remembers:
            self.remembers.ended.clear()
        try:
            self._process(at).run()
        except (Killed, ActError, ExchangeError):  # an operator runs the command again, whatever it said
            return
        self.ended = True

    @precondition(lambda self: not self.ended)
    @rule(
        call=st.sampled_from(WRITES),
        kind=st.sampled_from(KINDS),
        nth=st.integers(1, 4),
        times=st.sampled_from([1, 2, 12]),
    )
    def trouble(self, call: str, kind: Kind, nth: int, times: int) -> None:
        """From one of the next calls on the service is not reached, or its answers are lost, for a while."""
        fault = Fault(EXCHANGE_ONLINE, call, nth, kind, times)
        self.services.faults.replace(EXCHANGE_ONLINE, [fault])

    @precondition(lambda self: self.is_told and self.slept < timedelta(days=MOST_DAYS))
    @rule(hours=st.integers(1, 72))
    def nobody_runs_it(self, hours: int) -> None:
        """Time passes, and nobody looks."""
        self.slept += timedelta(hours=hours)
        self.services.clock.advance_to(self.services.clock.now + timedelta(hours=hours))

    @rule(place=st.integers(0, 9))
    def somebody_leaves(self, place: int) -> None:
        """A second operator records that a person has left."""
        guid = smallest_estate().mailboxes[place].exchange_guid
        if guid in self.left:
            return  # a person leaves once
        with self._second().ledger() as ledger:
            ledger.amend_estate(Amendment(leavers=(guid,)), REASON)
        self.left.add(guid)

    @rule()
    def hold_or_resume(self) -> None:
        """A second operator holds the wave, or lets it go on."""
        self.held = not self.held
        with self._second().ledger() as ledger:
            HoldWave(ledger, REASON, self.held).run(ledger.plan().waves[0].id)

    @invariant()
    def nobody_is_lost(self) -> None:
        """It should count everybody once, know who has left, and know whether the wave is held."""
        if not hasattr(self, "folder"):
            return
        with self._second().ledger() as ledger:
            counts = Counter(record.state for record in ledger.mailboxes())
            assert len(smallest_estate().mailboxes) == sum(counts.values()) == ledger.total().planned
            assert self.left == ledger.leavers()
            assert self.held == is_held(ledger, ledger.plan().waves[0].id)

    @property
    def is_told(self) -> bool:
        """Whether everybody was told, so that time may pass."""
        with self._second().ledger() as ledger:
            return len(ledger.notices()) >= len(ledger.plan().waves[0].mailboxes)

    def _process(self, kill_at: int | None) -> Recording:
        self.processes += 1
        return Recording(
            self.services,
            self.folder,
            Boundary(kill_at),
            FEW,
            durably=self.remembers,
            history=self.history,
            name=str(self.processes),
        )

    def _second(self) -> Operator:
        return Operator(self.services, self.folder)

    def _inbox(self) -> Iterator[Call]:
        """What lies in the inboxes in the end, as a last read."""
        sent = Counter(each.reference for each in self.services.notify._sent)
        for reference in sorted({call.subject for call in self.history.notices} | sent.keys()):
            began, ended = self.history.moment(), self.history.moment()
            yield Call("inbox", reference, "find", began, ended, seen=str(sent[reference]))


def test_nothing_is_lost_or_done_twice() -> None:
    """It should keep every invariant, and make no call that the model does not explain, whatever happens."""
    run_state_machine_as_test(
        WaveMachine,
        settings=settings(
            max_examples=max(4, settings().max_examples // 20),
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                HealthCheck.data_too_large,
            ],
        ),
    )
