"""The invariants of docs and design, checked at the services: what the ledger says is believed only about itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mailwave.core.licences import JOIN
from mailwave.core.planner import Plan, Wave
from mailwave.core.states import MailboxState
from rehearsal.directory.objects import User
from rehearsal.exchange_online.licences import needs_licence
from rehearsal.exchange_online.states import UserStatus
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services

ACTS = {
    "Start-MigrationUser": "move.retry",
    "Stop-MigrationUser": "move.stop",
    "Remove-MigrationUser": "move.withdraw",
}


def problems(operator: Operator) -> list[str]:
    """Everything that does not hold of an estate whose waves have ended; nothing when all does."""
    with operator.ledger() as ledger:
        ledger.verify_journal()  # invariant 6
    return problems_beside_the_journal(operator)


def problems_beside_the_journal(operator: Operator) -> list[str]:
    """The same for a process without threads of its own, as which only the journal is not read."""
    services = operator.services
    with operator.ledger() as ledger:
        plan = ledger.plan()
        return [
            *_homes(services),
            *_single_moves(services),
            *_endpoints(services),
            *_completions(services, plan, ledger),
            *_intents(services, ledger),
            *_counts(services, ledger),
            *_notices(services, ledger),
            *_licences(services, ledger),
        ]


def _homes(services: Services) -> Iterator[str]:
    """Invariant 1: one primary each."""
    here = {mailbox.exchange_guid for mailbox in services.at_source()}
    for mailbox in services.estate.mailboxes:
        there = services.online.tenant.recipient(mailbox.exchange_guid).moved is not None
        if (mailbox.exchange_guid in here) == there:
            yield f"{mailbox.address} lives on {'both sides' if there else 'no side'}"


def _single_moves(services: Services) -> Iterator[str]:
    """Invariants 1 and 5: no mailbox was ever given to the service twice, and no batch made twice."""
    made = [sent for sent in services.sent if sent.cmdlet == "New-MigrationBatch" and sent.took_effect]
    for name, times in Counter(sent.parameters["Name"] for sent in made).items():
        if times > 1:
            yield f"batch {name} was made {times} times"
    batches = services.online.tenant.batches.values()
    for batch in batches:
        for warning in batch.warnings:
            yield f"batch {batch.name} was warned: {warning}"
    for address, times in Counter(user.address for batch in batches for user in batch.users).items():
        if times > 1:
            yield f"{address} has {times} migration users"


def _endpoints(services: Services) -> Iterator[str]:
    """Every mailbox moves through the endpoint of its own site."""
    host = {site.name: site.endpoint_host for site in services.estate.sites}
    site_of = {mailbox.address: mailbox.site for mailbox in services.estate.mailboxes}
    for batch in services.online.tenant.batches.values():
        for user in batch.users:
            if services.online.tenant.endpoint(batch.endpoint).remote_server != host[site_of[user.address]]:
                yield f"{user.address} of {site_of[user.address]} moved through {batch.endpoint}"


def _completions(services: Services, plan: Plan, ledger: Any) -> Iterator[str]:
    """Invariant 2: completions are released and begun in their window, under an approval of exactly their list."""
    wave_of = {guid: wave for wave in plan.waves for guid in wave.mailboxes}
    guid_of = {mailbox.address: mailbox.exchange_guid for mailbox in services.estate.mailboxes}
    for sent in services.sent:
        if sent.parameters.get("CompleteAfter") is None:
            continue
        wave = wave_of[guid_of[sent.parameters["Identity"]]]
        if not _open(wave, sent.at):
            yield f"{sent.parameters['Identity']} was released at {sent.at}, outside {wave.id}"
        if not _approved(ledger, wave, sent.at):
            yield f"{sent.parameters['Identity']} was released at {sent.at} without an approval"
    for batch in services.online.tenant.batches.values():
        for user in batch.users:
            for at, status in user.history:
                if status is UserStatus.COMPLETING and not _open(wave_of[guid_of[user.address]], at):
                    yield f"{user.address} began to complete at {at}, outside its window"


def _open(wave: Wave, at: Any) -> bool:
    return wave.window_start <= at < wave.window_end


def _approved(ledger: Any, wave: Wave, at: Any) -> bool:
    approvals = [entry for entry in ledger.journal() if entry.act == "wave.approve"]
    return any(entry.detail["digest"] == wave.digest and entry.at <= at for entry in approvals)


def _intents(services: Services, ledger: Any) -> Iterator[str]:
    """Invariant 3: an intent before every act, and an end to every intent."""
    for intent in ledger.intents():
        if intent.is_doubtful:
            yield f"intent {intent.id} ({intent.act} of {intent.subject}) has no end"
    begun = {
        (entry.detail["act"], entry.detail["subject"]): entry.at
        for entry in reversed(ledger.journal())
        if entry.act == "intent"
    }
    guid_of = {mailbox.address: mailbox.exchange_guid for mailbox in services.estate.mailboxes}
    for sent in services.sent:
        act = ACTS.get(sent.cmdlet)
        if act is None:
            continue
        first = begun.get((act, guid_of[sent.parameters["Identity"]]))
        if first is None or first > sent.at:
            yield f"{sent.cmdlet} of {sent.parameters['Identity']} had no intent before it"


def _counts(services: Services, ledger: Any) -> Iterator[str]:
    """Invariant 4: nobody is lost, in each organisation and in all, and the services agree."""
    total = ledger.total()
    moved = sum(recipient.moved is not None for recipient in services.online.tenant.recipients)
    if not total.closed:
        yield f"the waves have ended and the counts are {total}"
    if (len(services.estate.mailboxes), moved) != (total.planned, total.moved):
        yield f"{moved} of {len(services.estate.mailboxes)} mailboxes have moved; the counts are {total}"
    for record in ledger.mailboxes(MailboxState.MOVED):
        if services.online.tenant.recipient(record.mailbox.guid).moved is None:
            yield f"{record.mailbox.address} is moved in the ledger only"


def _notices(services: Services, ledger: Any) -> Iterator[str]:
    """Invariant 10: nobody is told the same twice, and all that were told are known."""
    sent = services.notify._sent
    for what in (
        Counter(notice.reference for notice in sent),
        Counter((notice.email_address, notice.subject, notice.body) for notice in sent),  # of that night
    ):
        for key, times in what.items():
            if times > 1:
                yield f"the notice {key} was sent {times} times"
    known = {(record.notice.reference, record.detail) for record in ledger.notices()}
    for notice in sent:
        if (notice.reference, notice.id) not in known:
            yield f"the ledger does not know that {notice.email_address} was sent {notice.template.id}"


def _licences(services: Services, ledger: Any) -> Iterator[str]:
    """Fact B51: whoever has moved and needs a licence has one, by one membership, and nobody else has."""
    store = services.directory.store
    inside = list(store.links.members(services.licence_group.id))
    if len(inside) != len(set(inside)):
        yield "somebody is in the licence group twice"
    needing = {
        recipient.directory_id: recipient
        for recipient in services.online.tenant.recipients
        if recipient.moved is not None and needs_licence(recipient.mailbox, services.online.tenant.options)
    }
    for key in inside:
        if key not in needing:
            yield f"{store.find(key)} is in the licence group and needs no licence"
    for key, recipient in needing.items():
        user = store.find(key)
        if key not in inside or not isinstance(user, User) or not user.assigned_licenses:
            yield f"{recipient.mailbox.address} has moved and has no licence"
    begun = Counter(guid for intent in ledger.intents(JOIN) for guid in intent.detail["people"])
    for recipient in needing.values():
        if not begun[recipient.mailbox.exchange_guid]:
            yield f"{recipient.mailbox.address} joined the licence group without an intent"


def end_state(operator: Operator) -> dict[str, object]:
    """Where everything stands in the end, without times: equal for a run that was killed and one that was not."""
    services = operator.services
    with operator.ledger() as ledger:
        mailboxes = {
            record.mailbox.address: (record.state.value, record.why, record.wave)
            for record in ledger.mailboxes()
        }
        plan, notices = ledger.plan().digest, len(ledger.notices())
    return {
        "mailboxes": mailboxes,
        "plan": plan,
        "notices": notices,
        "sent": sorted((each.email_address, each.template.id) for each in services.notify._sent),
        "batches": {
            batch.name: sorted((user.address, user.status.value) for user in batch.users)
            for batch in services.online.tenant.batches.values()
        },
        "licensed": sorted(services.directory.store.links.members(services.licence_group.id)),
        "source": sorted(mailbox.address for mailbox in services.at_source()),
        "account": operator.account().as_summary(),
    }
