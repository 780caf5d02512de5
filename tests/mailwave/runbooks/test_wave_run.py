"""What `wave run` refuses, and what it does when it comes too late or never ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mailwave.core.estate import Record
from mailwave.core.events import Event, Kind
from mailwave.core.letters import Letter
from mailwave.core.moves import Move, Score
from mailwave.core.notices import Milestone
from mailwave.core.outcomes import ActRefused
from mailwave.core.planner import Wave
from mailwave.core.states import OPEN, MailboxState, Transition
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.wave.completion import LAST_START, NotApproved, WindowClosed
from mailwave.runbooks.wave.moves import WITHDRAW, StrangersInBatch
from mailwave.runbooks.wave.run import NoPlan
from mailwave.runbooks.wave.wave_course import DoesNotEnd
from mailwave.runbooks.withdraw_wave import WithdrawWave
from rehearsal.estate import OUTLOOK_2010
from tests.mailwave.rehearsed.batches import Meddled
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import NOTICES, REASON, Operator
from tests.mailwave.rehearsed.services import Services, Time, small_estate

SOMEBODY = next(each.address for each in small_estate().mailboxes if each.alias.startswith("grace.brown"))

UNREADY = next(each.address for each in small_estate().mailboxes if each.client == OUTLOOK_2010)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with a plan that nobody has approved."""
    made = Operator(Services(), tmp_path)
    made.discover()
    made.check()
    made.plan()
    return made


def waves(operator: Operator) -> list[Wave]:
    with operator.ledger() as ledger:
        return ledger.waves()


def released(operator: Operator) -> list[str]:
    """Whose completion was released."""
    return [str(s.parameters["Identity"]) for s in operator.services.sent if "CompleteAfter" in s.parameters]


def test_without_a_plan_nothing_runs(tmp_path: Path) -> None:
    """It should refuse to run before anything was planned."""
    operator = Operator(Services(), tmp_path)
    operator.discover()

    with pytest.raises(NoPlan):
        operator.run()


def test_without_an_approval_nobody_is_told(operator: Operator) -> None:
    """It should refuse the run before any notice or batch when one wave is not approved."""
    first, *_ = waves(operator)
    with operator.ledger() as ledger:
        ledger.record_approval(first.digest, first.id, first.window_end, REASON)

    with pytest.raises(NotApproved) as caught:
        operator.run()

    assert waves(operator)[1].id == caught.value.wave
    assert ([], []) == (operator.services.sent, operator.services.notify._sent)


def test_an_approval_of_another_list_is_none(operator: Operator) -> None:
    """It should not take the approval of a wave's name for an approval of its list."""
    with operator.ledger() as ledger:
        for wave in ledger.waves():
            ledger.record_approval("sha256:" + "0" * 64, wave.id, wave.window_end, REASON)

    with pytest.raises(NotApproved):
        operator.run()


class _Late(Time):
    """A machine that wakes up twenty minutes late."""

    def sleep_until(self, when: datetime) -> None:
        """Oversleep."""
        super().sleep_until(when + timedelta(minutes=20))


class _Sleepy(Operator):
    """An operator on such a machine."""

    @property
    def clock(self) -> Time:
        """The late clock."""
        return _Late(self.services.clock, self.boundary)


def test_an_approval_that_expires_in_the_night_releases_nothing_more(tmp_path: Path) -> None:
    """It should look at the approval at the moment of release, not at the start of the run."""
    operator = _Sleepy(Services(), tmp_path)
    operator.discover()
    operator.check()
    operator.plan()
    with operator.ledger() as ledger:
        for wave in ledger.waves():
            ledger.record_approval(wave.digest, wave.id, wave.window_start + timedelta(minutes=5), REASON)

    with pytest.raises(NotApproved):
        operator.run()

    assert [] == released(operator)


def test_outside_the_window_nothing_is_released(operator: Operator) -> None:
    """It should refuse a release at the very end of the window, approved or not."""
    operator.approve()
    wave = waves(operator)[0]
    with operator.running() as runbook:
        record = msgspec.structs.replace(runbook.ledger.mailboxes(wave=wave.id)[0], state=MailboxState.SYNCED)
        ready = {record.mailbox.guid: Move(record.mailbox.guid, record.mailbox.address, "b", "Synced")}
        for moment in (wave.window_end, wave.window_start - timedelta(seconds=1)):
            with pytest.raises(WindowClosed):
                runbook.completer.complete(wave, [record], ready, moment)

    assert [] == released(operator)


def remove_somebody(cloud: Any, manifest: Path) -> None:
    if SOMEBODY in manifest.read_text(encoding="utf-8"):
        cloud.invoke("Remove-MigrationUser", {"Identity": SOMEBODY, "Confirm": False})


def test_a_wave_that_does_not_end_is_named(operator: Operator) -> None:
    """It should give up three days after the window and name who is still open, and announce it all the while."""
    operator.approve()
    heard: list[Event] = []

    with (
        operator.services.cloud(Boundary()) as admin,
        operator.running(batches=Meddled(admin, operator.clock.now, remove_somebody)) as runbook,
        pytest.raises(DoesNotEnd) as caught,
    ):
        replace(runbook, announce=heard.append).run()

    assert (SOMEBODY,) == caught.value.mailboxes
    (wave,) = (wave for wave in waves(operator) if wave.id == caught.value.wave)
    late = operator.services.clock.now - wave.window_end
    assert timedelta(days=3) < late <= timedelta(days=3, minutes=20)
    stalled = [event for event in heard if (event.kind, event.subject) == (Kind.MOVE_STALLED, wave.id)]
    assert f"1 moves are behind, the first of {SOMEBODY}" == stalled[-1].text
    assert len(stalled) > 100  # every ten minutes


def add_unready(cloud: Any, manifest: Path) -> None:
    added = {"AddUsers": True, "CSVData": f"EmailAddress\r\n{UNREADY}\r\n".encode()}
    cloud.invoke("Set-MigrationBatch", {"Identity": manifest.stem} | added)


def test_a_stranger_in_a_batch_stops_its_wave(operator: Operator) -> None:
    """It should complete nobody of a wave of which a batch holds somebody whom nobody approved, and end the rest."""
    operator.approve()
    heard: list[Event] = []

    with (
        operator.services.cloud(Boundary()) as admin,
        operator.running(batches=Meddled(admin, operator.clock.now, add_unready)) as runbook,
        pytest.raises(StrangersInBatch) as caught,
    ):
        replace(runbook, follower=replace(runbook.follower, announce=heard.append)).run()

    assert (UNREADY,) == caught.value.addresses
    assert Event(Kind.BATCH_FAILED, caught.value.batch, str(caught.value)) == heard[0]
    crowded, *others = waves(operator)
    with operator.ledger() as ledger:
        assert not {record.mailbox.address for record in ledger.mailboxes(wave=crowded.id)} & set(
            released(operator)
        )
        assert not any(record.state in OPEN for wave in others for record in ledger.mailboxes(wave=wave.id))


class _Refusing:
    """A notice service that refuses one address and sends to everybody else."""

    def __init__(self, notifier: Any) -> None:
        self._notifier = notifier

    def send(self, letter: Letter) -> str:
        """Send, or refuse."""
        if letter.address == SOMEBODY:
            raise ActRefused(act="sending", subject=letter.address, why="400 ValidationError")
        return str(self._notifier.send(letter))

    def find(self, reference: str) -> str | None:
        """Ask the real one."""
        return self._notifier.find(reference)  # type: ignore[no-any-return]


def test_who_could_not_be_told_is_not_moved(operator: Operator) -> None:
    """It should move nobody whose two weeks' notice was refused, and defer that mailbox at the window's end."""
    operator.approve()

    with operator.running(notifier=_Refusing(operator.services.notifier(Boundary()))) as runbook:
        runbook.run()

    with operator.ledger() as ledger:
        found: Mapping[str, MailboxState] = {r.mailbox.address: r.state for r in ledger.mailboxes()}
    assert MailboxState.DEFERRED is found[SOMEBODY]
    assert SOMEBODY not in released(operator)
    assert [] == problems(operator)


def test_a_run_that_was_away_for_days_ends_what_it_finds(operator: Operator) -> None:
    """It should withdraw who missed the window while nobody was at work, and remind nobody of a night that is over."""
    operator.approve()
    last = waves(operator)[-1]
    every_batch_is_made_and_nobody_reminded = Boundary(270)
    killed = Operator(operator.services, operator.folder, every_batch_is_made_and_nobody_reminded)
    with pytest.raises(Killed):
        killed.run()
    operator.clock.sleep_until(last.window_end + timedelta(days=8))

    operator.run()

    reminders = {row.id for row in NOTICES.templates if row.milestone == Milestone.DAY_BEFORE}
    assert [] == [sent for sent in operator.services.notify._sent if sent.template.id in reminders]
    assert (0, []) == (operator.account().counts.moved, released(operator))
    assert [] == problems(operator)


def test_a_withdrawn_mailbox_is_not_made_ready_again(operator: Operator) -> None:
    """It should leave a mailbox that was withdrawn from its wave deferred when the estate is checked again."""
    operator.approve()
    operator.run()

    operator.check()

    with operator.ledger() as ledger:
        assert [] == ledger.mailboxes(MailboxState.WAITING)


@pytest.mark.parametrize(
    ("before_the_end", "score", "skipped", "expected"),
    [
        (LAST_START + timedelta(minutes=1), Score.PERFECT, 0, True),
        (LAST_START, Score.PERFECT, 0, False),
        (timedelta(hours=5), Score.INVESTIGATE, 6, False),
        (timedelta(hours=5), Score.POOR, 0, False),
        (timedelta(hours=5), Score.GOOD, 6, True),
    ],
)
def test_release(
    operator: Operator, before_the_end: timedelta, score: Score, skipped: int, *, expected: bool
) -> None:
    """It should release nobody in the window's last half hour, nor whose missing items nobody approved (fact B31)."""
    operator.approve()
    first, *_ = waves(operator)
    with operator.running(target=_Released()) as runbook:
        record = runbook.ledger.mailboxes(wave=first.id)[0]
        runbook.ledger.move_state([Transition(record.mailbox.guid, MailboxState.SYNCING, "test")], REASON)
        runbook.ledger.move_state([Transition(record.mailbox.guid, MailboxState.SYNCED, "test")], REASON)
        synced = msgspec.structs.replace(record, state=MailboxState.SYNCED)
        move = Move(record.mailbox.guid, record.mailbox.smtp, "b", "Synced", score, skipped)

        runbook.completer.complete(
            first, [synced], {move.exchange_guid: move}, first.window_end - before_the_end
        )

        assert expected is (runbook.ledger.mailboxes(MailboxState.COMPLETING) != [])


class _Released:
    """A target that lets everything be completed."""

    def complete(self, move: Move, at: datetime) -> None:
        """Take note of nothing."""


def test_a_wave_can_be_withdrawn_before_it_begins(operator: Operator) -> None:
    """It should defer the mailboxes of one wave, tell none of them, keep them out of later checks, and run the rest."""
    operator.approve()
    first, *others = waves(operator)
    with operator.ledger() as ledger:
        withdraw = WithdrawWave(ledger, REASON)
        withdraw.run(withdraw.prepare(first.id))

    operator.check()
    operator.run()

    with operator.ledger() as ledger:
        assert {MailboxState.DEFERRED} == {record.state for record in ledger.mailboxes(wave=first.id)}
        assert {} == ledger.notices_of(Milestone.TWO_WEEKS, first.mailboxes)
        assert ledger.notices_of(Milestone.TWO_WEEKS, [guid for wave in others for guid in wave.mailboxes])
    assert [] == problems(operator)


def test_only_a_wave_of_the_plan_can_be_withdrawn(operator: Operator) -> None:
    """It should name the waves there are when asked to withdraw another."""
    with operator.ledger() as ledger, pytest.raises(NoSuchWave) as caught:
        WithdrawWave(ledger, REASON).prepare("W19990101")

    assert tuple(wave.id for wave in waves(operator)) == caught.value.known


def test_waves_of_nobody_take_no_time(operator: Operator) -> None:
    """It should not wait for the nights of waves in which everybody was deferred after the approval."""
    operator.approve()
    for wave in waves(operator):
        with operator.ledger() as ledger:
            withdraw = WithdrawWave(ledger, REASON)
            withdraw.run(withdraw.prepare(wave.id))
    before = operator.services.clock.now

    operator.run()

    assert before == operator.services.clock.now


class _Vanishing:
    """A target that shows a user being removed, and then no more."""

    def __init__(self, move: Move) -> None:
        self.shown = [move]

    def moves(self, batch: str) -> list[Move]:
        """What is shown."""
        return self.shown

    def withdraw(self, move: Move) -> None:
        """Refuse, as the service does for a user that it is removing."""
        raise ActRefused(act="withdraw", subject=move.address, why="it is being removed")

    retry = approve_skipped = stop = withdraw


def test_a_withdrawal_cut_off_while_the_service_removes_is_followed_to_its_end(operator: Operator) -> None:
    """It should defer a mailbox whose withdrawal was killed, and which the service still showed as Removing then."""
    first, *_ = waves(operator)
    record = ledger_records(operator, first.id)[0]
    guid = record.mailbox.guid
    target = _Vanishing(Move(guid, record.mailbox.smtp, first.batches[0].name, "Removing"))
    with operator.running(target=target) as runbook:
        for state in (MailboxState.SYNCING, MailboxState.SYNCED):
            runbook.ledger.move_state([Transition(guid, state, "test")], REASON)
        intent = runbook.ledger.intent(WITHDRAW, guid, {"why": "late"}, REASON)
        runbook.ledger.outcome(intent, "unknown", {"why": "killed"})
        batch, members = first.batches[0].name, ledger_records(operator, first.id)

        followed = runbook.follower.follow({batch: members})
        runbook.completer.close(first, members, followed)
        target.shown = []
        runbook.follower.follow({batch: members})

    assert MailboxState.DEFERRED is ledger_records(operator, first.id)[0].state


def ledger_records(operator: Operator, wave: str) -> list[Record]:
    """The mailboxes of *wave*, in the plan's order."""
    with operator.ledger() as ledger:
        found: list[Record] = ledger.mailboxes(wave=wave)
    return found
