"""A whole campaign on a small rehearsed estate: real runbooks, ledger and clients, services without sockets."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from pathlib import Path

import pytest

from mailwave.core.states import OPEN, Counts, MailboxState
from mailwave.runbooks.wave.moves import TwoPrimaries
from rehearsal.exchange_online.states import UserStatus
from rehearsal.notify.service import NotifyFaults
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import ACROSS, Services, small_estate, with_cause

CAUSES = {mailbox.cause: mailbox for mailbox in reversed(small_estate().mailboxes) if mailbox.cause}
"""The first mailbox of each cause of trouble."""

HELD = "aisha.jones.r0a.7@nhsmail.example"
"""The one whose skipped items are more than the operator approves of."""


TOLD = {
    "two_weeks": 30,
    "day_before": 28,
    "cutover": 27,
    "success": 27,
    "postponed": 1,
    "failed": 2,
    "withdrawn": 0,
}
"""Notices of the small estate's three nights, in which nobody works in a shared mailbox of another night."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An operator who went through every command once."""
    operator = Operator(Services(), tmp_path_factory.mktemp("campaign"))
    operator.everything()
    return operator


def states(operator: Operator) -> dict[str, tuple[MailboxState, str]]:
    """Where each mailbox stands and why, by address."""
    with operator.ledger() as ledger:
        return {record.mailbox.address: (record.state, record.why) for record in ledger.mailboxes()}


def test_nobody_is_lost(finished: Operator) -> None:
    """It should account for every mailbox: planned = moved + deferred + failed + excluded."""
    account = finished.account()

    assert Counts(planned=66, moved=29, deferred=34, failed=2, excluded=1) == account.counts
    assert (3, 7, 3) == (account.organisations, account.batches, account.nights)


def test_a_group_across_sites_moves_in_one_night(finished: Operator) -> None:
    """It should move two people who share a mailbox in one wave, each in a batch of the own site."""
    owner, colleague = (small_estate().mailboxes[place].exchange_guid for place in ACROSS)
    with finished.ledger() as ledger:
        found = {record.mailbox.guid: record for record in ledger.mailboxes()}

    assert (MailboxState.MOVED, MailboxState.MOVED) == (found[owner].state, found[colleague].state)
    assert found[owner].wave == found[colleague].wave
    assert ["leeds", "bristol"] == [found[guid].batch.split("-")[2] for guid in (owner, colleague)]


def test_every_mailbox_is_read_back(finished: Operator) -> None:
    """It should find every mailbox where the ledger says, and the journal whole."""
    assert (66, []) == finished.verify()


@pytest.mark.parametrize(
    ("cause", "state", "why"),
    [
        ("investigate", MailboxState.MOVED, "read back at the target"),
        ("stall", MailboxState.MOVED, "read back at the target"),
        ("transient", MailboxState.MOVED, "read back at the target"),
        ("poor", MailboxState.FAILED, "data consistency score is Poor"),
        ("multiple_entries", MailboxState.FAILED, "matches multiple entries"),
    ],
)
def test_trouble_ends_where_it_should(finished: Operator, cause: str, state: MailboxState, why: str) -> None:
    """It should bring each seeded cause of trouble to its own end."""
    found, said = states(finished)[CAUSES[cause].address]

    assert state is found
    assert why in said


def test_too_many_skipped_items_wait_for_a_person(finished: Operator) -> None:
    """It should neither approve nor complete a mailbox that would lose more items than were agreed to."""
    assert (MailboxState.DEFERRED, "not completed in the window of wave W20260917") == states(finished)[HELD]
    approved = [
        sent.parameters["Identity"]
        for sent in finished.services.sent
        if "ApproveSkippedItems" in sent.parameters
    ]
    assert [CAUSES["investigate"].address] == approved
    assert finished.services.online.tenant.find_user(HELD) is None


def test_no_limit_of_lost_items_is_ever_sent(finished: Operator) -> None:
    """It should send neither BadItemLimit nor LargeItemLimit, as a parameter or as a column of a list (fact B33)."""
    parameters = {name.lower() for sent in finished.services.sent for name in sent.parameters}
    lists = [
        b64decode(sent.parameters["CSVData"]).decode()
        for sent in finished.services.sent
        if "CSVData" in sent.parameters
    ]

    assert parameters.isdisjoint({"baditemlimit", "largeitemlimit"})
    assert {"EmailAddress"} == {text.splitlines()[0] for text in lists}
    assert finished.account().batches <= len(lists)


def test_a_transient_failure_is_tried_again_once(finished: Operator) -> None:
    """It should start the failed user again, and nobody else."""
    started = [
        sent.parameters["Identity"] for sent in finished.services.sent if sent.cmdlet == "Start-MigrationUser"
    ]

    assert [CAUSES["transient"].address] == started


def test_everybody_is_told_once(finished: Operator) -> None:
    """It should send each person of a wave each milestone once, and nothing to a shared mailbox."""
    sent = finished.services.notify._sent
    with finished.ledger() as ledger:
        people = {
            record.mailbox.address
            for record in ledger.mailboxes()
            if record.wave and record.mailbox.recipient_type == "UserMailbox"
        }

    assert [1] == sorted(set(Counter((each.email_address, each.template.id) for each in sent).values()))
    assert people == {each.email_address for each in sent}
    assert TOLD == finished.account().notices


def test_the_invariants_hold(finished: Operator) -> None:
    """It should satisfy a checker that reads the services themselves."""
    assert [] == problems(finished)


def test_the_usual_faults_were_met(finished: Operator) -> None:
    """It should have come through a throttled read, a lost batch, a stall, and both doubtful scores."""
    assert {
        "drop exchange_online New-MigrationBatch",
        "throttle exchange_online Get-MigrationUser",
        "stalled move",
        "transient failure of a move",
        "data consistency Poor",
        "data consistency Investigate",
    } == set(finished.services.faults.fired())


def test_going_through_it_again_changes_nothing(finished: Operator) -> None:
    """It should find nothing to do, send nothing and write nothing when every command is run again."""
    services = finished.services
    with finished.ledger() as ledger:
        before = len(services.sent), len(services.notify._sent), len(ledger.journal())

    finished.everything()

    with finished.ledger() as ledger:
        assert before == (len(services.sent), len(services.notify._sent), len(ledger.journal()))


def test_completions_begin_and_are_released_inside_the_window(finished: Operator) -> None:
    """It should release nothing before its night, although everything is synced days before."""
    with finished.ledger() as ledger:
        windows = [(wave.window_start, wave.window_end) for wave in ledger.waves()]
    begun = [
        at
        for batch in finished.services.online.tenant.batches.values()
        for user in batch.users
        for at, status in user.history
        if status is UserStatus.COMPLETING
    ]

    assert 29 == len(begun)
    assert all(any(start <= at < end for start, end in windows) for at in begun)


def test_two_primaries_stop_the_wave_by_name(tmp_path: Path) -> None:
    """It should stop one wave when the service left two mailboxes, end the others, and go on once that is mended."""
    plain = next(mailbox for mailbox in small_estate().mailboxes if mailbox.alias.startswith("grace.brown"))
    services = Services(with_cause(small_estate(), plain.address, "two_mailboxes"))
    operator = Operator(services, tmp_path)
    operator.prepare()

    with pytest.raises(TwoPrimaries) as caught:
        operator.run()

    assert (plain.address,) == caught.value.mailboxes
    arrived = services.online.tenant.recipient(plain.exchange_guid).moved
    assert arrived is not None
    with operator.ledger() as ledger:
        waves = ledger.waves()
        mine = next(record.wave for record in ledger.mailboxes() if record.mailbox.address == plain.address)
        others = [r for wave in waves if wave.id != mine for r in ledger.mailboxes(wave=wave.id)]
    assert any(record.state is MailboxState.MOVED for record in others)
    assert not any(record.state in OPEN for record in others)
    assert MailboxState.MOVED is not states(operator)[plain.address][0]
    services.sites[plain.site].directory.convert_to_remote(plain.exchange_guid)
    operator.run()
    assert MailboxState.MOVED is states(operator)[plain.address][0]
    assert [] == problems(operator)


def test_a_lost_answer_and_a_full_service_cost_nobody_a_notice(tmp_path: Path) -> None:
    """It should send every notice exactly once when many answers are lost and many notices are turned away."""
    faults = NotifyFaults(throttled=tuple(range(5, 60, 9)), dropped=tuple(range(1, 90, 4)))
    operator = Operator(Services(notify_faults=faults), tmp_path)

    operator.everything()

    assert TOLD == operator.account().notices
    assert [] == problems(operator)
