"""The way back: moved mailboxes return to their sites by a batch of their own, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailwave.adapters.direct_batches import DirectBatches
from mailwave.adapters.target import Target
from mailwave.core.batches import Destination
from mailwave.core.estate import Record
from mailwave.core.intents import Outcome
from mailwave.core.licences import needs_licence
from mailwave.core.returns import NoSuchReturn, NotInScope, NotMoved
from mailwave.core.states import MailboxState, Transition
from mailwave.runbooks.batch_plays import StillFollowed
from mailwave.runbooks.return_mailboxes import GONE, START, ReturnMailboxes
from mailwave.runbooks.wave.completion import NotApproved
from rehearsal.estate import MAIL_DOMAIN
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.operator import ESTATE, REASON, Operator
from tests.mailwave.rehearsed.services import Services

COPIED = timedelta(hours=40)
"""Long enough for two mailboxes to be copied back."""


@contextmanager
def returning(operator: Operator, boundary: Boundary | None = None) -> Iterator[ReturnMailboxes]:
    """The runbook as a command makes it; *boundary* may kill it."""
    operator.boundary = boundary or Boundary()
    with (
        operator.ledger() as ledger,
        operator.services.source() as source,
        operator.services.cloud(operator.boundary) as admin,
    ):
        batches = DirectBatches(admin, ESTATE.tenant.id, operator.clock.now)
        yield ReturnMailboxes(
            operator.clock,
            ledger,
            batches,
            source,
            Target(admin),
            operator.services.licences(operator.boundary),
            operator.remover(ledger, batches, Target(admin)),
            REASON,
            operator.folder / "manifests",
            Destination(
                "rehearsal",
                ESTATE.tenant.id,
                ESTATE.tenant.routing_domain,
                {site.name: site.endpoint for site in ESTATE.sites},
            ),
            MAIL_DOMAIN,
            operator.said.append,
        )


def moved(operator: Operator, count: int) -> list[Record]:
    """The first people of one site who have moved and have a licence."""
    with operator.ledger() as ledger:
        records = ledger.mailboxes(MailboxState.MOVED)
    mine = [each for each in records if each.mailbox.site == "leeds" and needs_licence(each.mailbox)]
    return mine[:count]


def whole_way(operator: Operator, addresses: list[str], boundary: Boundary | None = None) -> int:
    """Every command of the way back, in order; it may be begun again after any kill."""
    with returning(operator, boundary) as runbook:
        if not any(intent.outcome is Outcome.OK for intent in runbook.ledger.intents(START)):
            runbook.start(runbook.prepare(addresses))
            operator.services.clock.advance_to(operator.services.clock.now + COPIED)
        name = runbook.ledger.intents(START)[0].subject
        runbook.approve(name, operator.clock.now() + timedelta(hours=8))
        return runbook.complete(name)


def find(operator: Operator, addresses: list[str]) -> list[Record]:
    with operator.ledger() as ledger:
        return [each for each in ledger.mailboxes() if each.mailbox.smtp in addresses]


def test_they_are_mailboxes_of_their_site_again(tmp_path: Path) -> None:
    """It should end with each on its site, deferred, without a licence, and leave everybody else where they are."""
    operator = Operator(Services(), tmp_path)
    before = operator.everything()
    addresses = [record.mailbox.smtp for record in moved(operator, 2)]
    inside = len(list(operator.services.directory.store.links.members(operator.services.licence_group.id)))

    assert 2 == whole_way(operator, [address.upper() for address in addresses])

    assert set(addresses) <= {mailbox.address for mailbox in operator.services.at_source()}
    assert {MailboxState.DEFERRED} == {record.state for record in find(operator, addresses)}
    after = operator.account()
    assert (before.counts.moved - 2, before.licences["given"] - 2) == (
        after.counts.moved,
        after.licences["given"],
    )
    members = operator.services.directory.store.links.members(operator.services.licence_group.id)
    assert inside - 2 == len(list(members))
    assert (len(operator.services.estate.mailboxes), []) == operator.verify()
    kept = [file.name for file in (operator.folder / "artifacts").iterdir()]
    assert kept, "what their batch showed was not kept before it was removed"
    operator.services.clock.advance_to(operator.services.clock.now + GONE)
    with operator.services.cloud(operator.boundary) as admin:
        there = Target(admin).batches()
    assert [] == [name for name in there if name.startswith("back-")], (
        "the batch of the return is left behind"
    )
    assert [name for name in kept if "-back-" in name]


def test_who_failed_is_tried_again(tmp_path: Path) -> None:
    """It should remove the batch though somebody failed, keep what it showed, and take them back by another one."""
    operator = Operator(Services(), tmp_path)
    operator.everything()
    first, second = moved(operator, 2)
    with returning(operator) as runbook:
        runbook.start(runbook.prepare([first.mailbox.smtp, second.mailbox.smtp]))
        operator.services.clock.advance_to(operator.services.clock.now + COPIED)
        name = runbook.ledger.intents(START)[0].subject
        user = operator.services.online.tenant.users[second.mailbox.smtp]
        assert user.mailbox
        user.mailbox = replace(user.mailbox, cause="completion_failed")
        runbook.approve(name, operator.clock.now() + timedelta(hours=8))

        assert [1, 1] == [runbook.complete(name), runbook.complete(name)], "a second run is no other"

    assert any("it stays where it is" in line for line in operator.said)
    (kept,) = (tmp_path / "artifacts").glob(f"*-{name}.json")
    assert second.mailbox.smtp in kept.read_text(encoding="utf-8")
    with returning(operator) as runbook:
        runbook.start(runbook.prepare([second.mailbox.smtp]))
        operator.services.clock.advance_to(operator.services.clock.now + COPIED)
        again = runbook.ledger.intents(START)[-1].subject
        runbook.approve(again, operator.clock.now() + timedelta(hours=8))
        assert 1 == runbook.complete(again)
    assert {MailboxState.DEFERRED} == {
        each.state for each in find(operator, [first.mailbox.smtp, second.mailbox.smtp])
    }


def test_killed_again_and_again_it_ends_the_same(tmp_path: Path) -> None:
    """It should go on after a kill at each boundary, one after the other, and do nothing twice."""
    operator = Operator(Services(), tmp_path)
    operator.everything()
    addresses = [record.mailbox.smtp for record in moved(operator, 2)]
    kills = 0
    while True:
        try:
            back = whole_way(operator, addresses, Boundary(kills + 1))
            break
        except Killed:
            kills += 1

    assert kills > 12
    assert 2 == back
    assert {MailboxState.DEFERRED} == {record.state for record in find(operator, addresses)}
    assert set(addresses) <= {mailbox.address for mailbox in operator.services.at_source()}
    made = [
        sent for sent in operator.services.sent if sent.cmdlet == "New-MigrationBatch" and sent.took_effect
    ]
    assert 1 == sum(sent.parameters["Name"].startswith("back-") for sent in made)
    with operator.ledger() as ledger:
        ledger.verify_journal()
        assert [] == [intent for intent in ledger.intents() if intent.is_doubtful]


def test_what_was_not_moved_is_refused(tmp_path: Path) -> None:
    """It should refuse strangers, whoever has not moved, a batch still followed, and a completion nobody approved."""
    operator = Operator(Services(), tmp_path)
    operator.everything()
    first, second = moved(operator, 2)
    sent = len(operator.services.sent)
    with operator.ledger() as ledger:
        (stayed, *_) = ledger.mailboxes(MailboxState.DEFERRED)

    with returning(operator) as runbook:
        with pytest.raises(NotInScope):
            runbook.prepare([first.mailbox.address, "nobody@nhsmail.example"])
        with pytest.raises(NotMoved):
            runbook.prepare([first.mailbox.address, stayed.mailbox.address])
        with pytest.raises(NoSuchReturn):
            runbook.complete("back-leeds-00000000")
        assert sent == len(operator.services.sent)

        runbook.start(runbook.prepare([first.mailbox.address, second.mailbox.address]))
        operator.services.clock.advance_to(operator.services.clock.now + COPIED)
        with pytest.raises(NotApproved):
            runbook.complete(runbook.ledger.intents(START)[0].subject)
    assert {MailboxState.MOVED} == {
        each.state for each in find(operator, [first.mailbox.smtp, second.mailbox.smtp])
    }


def test_a_batch_that_is_still_followed_stays(tmp_path: Path) -> None:
    """It should refuse to take a batch from under `wave run`."""
    operator = Operator(Services(), tmp_path)
    operator.prepare()
    with operator.ledger() as ledger:
        wave = ledger.plan().waves[0]
        batch = wave.batches[0]
        gone, *_ = batch.mailboxes
        for state in (MailboxState.SYNCING, MailboxState.SYNCED, MailboxState.COMPLETING, MailboxState.MOVED):
            ledger.move_state([Transition(gone, state, "test")], REASON)
        (record,) = ledger.mailboxes(MailboxState.MOVED)

    with returning(operator) as runbook, pytest.raises(StillFollowed) as caught:
        runbook.prepare([record.mailbox.address])

    assert (batch.name, len(batch.mailboxes) - 1) == (caught.value.batch, len(caught.value.mailboxes))
