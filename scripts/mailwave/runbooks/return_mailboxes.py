"""Take moved mailboxes back to their sites: start a batch of the other direction, approve it, complete it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path

from mailwave.core.approval import Approval
from mailwave.core.batches import Destination, Release
from mailwave.core.estate import Record
from mailwave.core.intents import Intent, Outcome
from mailwave.core.licences import LEAVE, PEOPLE
from mailwave.core.moves import ENDED, FAILURES, Move
from mailwave.core.planner import Batch
from mailwave.core.reason import Reason
from mailwave.core.returns import NoSuchReturn, NotThere, Return, returns
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Batches, Clock, Ledger, Licences, Source, Target
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.batch_plays import NotOurBatch, refuse_followed
from mailwave.runbooks.wave.batches import ACT as STARTED
from mailwave.runbooks.wave.batches import scoped_manifest
from mailwave.runbooks.wave.completion import NotApproved
from mailwave.runbooks.wave.crew import NIGHT_POLL
from mailwave.runbooks.wave.licences import AT_ONCE, have_joined
from mailwave.runbooks.wave.moves import WITHDRAW
from mailwave.runbooks.wave.removal import REMOVE, RETURN, Remover
from mailwave.runbooks.wave.wave_course import DoesNotEnd

START, COMPLETE = RETURN, "return.complete"

GONE = timedelta(minutes=1)
"""How long a batch takes to go once it was removed, with something to spare (fact A30)."""

PATIENCE = timedelta(days=3)
"""How long after the approval has ended completions may take before a person must look."""

OVER = (*ENDED, *FAILURES)


@dataclass(frozen=True)
class ReturnMailboxes:
    """Mailboxes go back to *destination*'s sites, and their mail to *mail_domain*; *folder* keeps the manifests."""

    clock: Clock
    ledger: Ledger
    batches: Batches
    source: Source
    target: Target
    licences: Licences
    remover: Remover
    reason: Reason
    folder: Path
    destination: Destination
    mail_domain: str
    say: Callable[[str], None]

    def prepare(self, addresses: Collection[str]) -> list[Return]:
        """The batches by which *addresses* would go back, one a site.

        Raises:
            NotInScope, NotMoved, NotThere: of one of them.
            StillFollowed: the batch that one came by has others that are not accounted for yet.
        """
        found = returns(self.ledger.mailboxes(), addresses)
        for wave, batch in self._came_by(found):
            refuse_followed(batch, self.ledger.mailboxes(wave=wave))
        for each in found:
            self._people(each)
        return found

    def start(self, wanted: Sequence[Return]) -> None:
        """Remove the batches that the mailboxes of *wanted* came by, and start those by which they go back."""
        close_cut_off(self.ledger, REMOVE, START)
        for _, batch in self._came_by(wanted):
            self._remove(batch.name, self._list_of(batch))
        self.clock.sleep_until(self.clock.now() + GONE)  # a run that was killed may have removed one just now
        for each in wanted:
            self._start(each)

    def approve(self, name: str, until: datetime) -> Approval:
        """Record that the person of the reason consents to exactly the list of *name*, until then.

        Raises:
            NoSuchReturn: none of that name was started.
        """
        begun = self._begun(name)
        return self.ledger.record_approval(str(begun.detail["digest"]), name, until, self.reason)

    def complete(self, name: str) -> int:
        """Complete the batch *name* under its live approval, wait until each has ended, and return how many went back.

        Then the batch is removed, though some may have failed: it would keep one of the tenant's hundred places (fact
        B5), and whoever failed could not be tried again (fact B34b). What it showed of each is kept before.

        Raises:
            NoSuchReturn: none of that name was started.
            NotApproved: no live approval covers exactly its list.
            DoesNotEnd: some have not ended three days after the approval has.
        """
        begun = self._begun(name)
        close_cut_off(self.ledger, COMPLETE, LEAVE, WITHDRAW, REMOVE)
        listed, now = str(begun.detail["digest"]), self.clock.now()
        if self._is_removed(name, begun.id):
            return len(self._back(begun))
        records = self._records(begun)
        approval = self.ledger.live_approval(listed, now)
        if approval is None:
            raise NotApproved(wave=name, digest=listed, at=now)
        if any(record.state is MailboxState.MOVED for record in records):
            with acting(self.ledger, act=COMPLETE, subject=name, reason=self.reason, detail={"list": listed}):
                release = Release(approval.approved_at, approval.expires_at)
                self.batches.complete(self.folder / f"{name}.json", listed.removeprefix("sha256:"), release)
        self._follow(name, begun, approval.expires_at)
        back = self._back(begun)
        self._unlicense([record.mailbox.guid for record in back], begun)
        self.remover.settle()
        self._remove(name, listed, begun.id)
        return len(back)

    def _start(self, wanted: Return) -> None:
        place = self.destination
        manifest = wanted.manifest(
            place.environment, place.tenant, place.endpoints[wanted.site], self.mail_domain
        )
        file, listed = scoped_manifest(self.folder, manifest, self.ledger)
        people = self._people(wanted)
        detail = {"digest": f"sha256:{listed}", "site": wanted.site, PEOPLE: people}
        with acting(self.ledger, act=START, subject=wanted.name, reason=self.reason, detail=detail):
            self.batches.start(file, listed)
        self.say(
            f"{wanted.name} started with {len(people)} mailboxes, which stay in the cloud until it completes"
        )

    def _people(self, wanted: Return) -> dict[str, str]:
        """The ids in Entra of the people of *wanted*, by ExchangeGuid."""
        found = self.target.mailboxes_of(record.mailbox.guid for record in wanted.records)
        ids = {mailbox.exchange_guid: mailbox.directory_id for mailbox in found}
        missing = [each.mailbox.address for each in wanted.records if each.mailbox.guid not in ids]
        if missing:
            raise NotThere(addresses=missing)
        return ids

    def _remove(self, name: str, listed: str, after: int = 0) -> None:
        """Remove the ended batch *name* of the list with that digest, unless it was done *after* that intent."""
        if not self._is_removed(name, after):
            self.remover.remove(name, listed)

    def _is_removed(self, name: str, after: int) -> bool:
        """Whether the batch *name* was removed after the intent *after*: those who failed may go by it once more."""
        return any(
            each.subject == name and each.outcome is Outcome.OK and each.id > after
            for each in self.ledger.intents(REMOVE)
        )

    def _list_of(self, batch: Batch) -> str:
        """The digest of the list by which *batch* was started."""
        begun = self.ledger.intents_on(STARTED, [batch.name])
        if not begun:
            raise NotOurBatch(digest=batch.name)
        return str(begun[-1].detail["digest"])

    def _came_by(self, wanted: Sequence[Return]) -> list[tuple[str, Batch]]:
        """The batches by which the mailboxes of *wanted* moved, with their waves."""
        guids = {record.mailbox.guid for each in wanted for record in each.records}
        saved = self.ledger.plan()
        return [
            (wave.id, batch)
            for wave in (saved.waves if saved else ())
            for batch in wave.batches
            if guids & set(batch.mailboxes)
        ]

    def _begun(self, name: str) -> Intent:
        begun = {intent.subject: intent for intent in self.ledger.intents(START)}
        if name not in begun:
            raise NoSuchReturn(name=name, known=sorted(begun))
        return begun[name]

    def _records(self, begun: Intent) -> list[Record]:
        return [record for record in self.ledger.mailboxes() if record.mailbox.guid in begun.detail[PEOPLE]]

    def _back(self, begun: Intent) -> list[Record]:
        return [record for record in self._records(begun) if record.state is MailboxState.DEFERRED]

    def _follow(self, name: str, begun: Intent, until: datetime) -> None:
        """Read the batch again and again until each of it has ended; what has come back is deferred."""
        while left := [record for record in self._records(begun) if record.state is MailboxState.MOVED]:
            moves = {move.address: move for move in self.target.moves(name)}
            ended = [record for record in left if _is(moves.get(record.mailbox.smtp), ENDED)]
            self._confirm(ended)
            if all(_is(moves.get(record.mailbox.smtp), OVER) for record in left):
                for record in left:
                    if record not in ended:
                        self.say(
                            f"{record.mailbox.address}: {moves[record.mailbox.smtp].error}; it stays where it is"
                        )
                return
            if self.clock.now() > until + PATIENCE:
                raise DoesNotEnd(wave=name, mailboxes=[record.mailbox.address for record in left])
            self.clock.sleep_until(self.clock.now() + NIGHT_POLL)

    def _confirm(self, ended: Sequence[Record]) -> None:
        """Defer what is read back on its site and gone from the cloud; no later check makes it ready by itself."""
        at_source = self.source.live_of(record.mailbox for record in ended)
        at_target = {each.exchange_guid for each in self.target.mailboxes_of(r.mailbox.guid for r in ended)}
        for record in ended:
            guid = record.mailbox.guid
            if guid in at_source and guid not in at_target:
                why = f"went back to its site: {self.reason.text}"
                with acting(self.ledger, act=WITHDRAW, subject=guid, reason=self.reason, detail={"why": why}):
                    pass
                self.ledger.move_state([Transition(guid, MailboxState.DEFERRED, why)], self.reason)

    def _unlicense(self, guids: Sequence[str], begun: Intent) -> None:
        """Let the people of *guids* leave the licence groups: on premises a licence makes a second mailbox (D25)."""
        inside = have_joined(self.ledger)
        ids = begun.detail[PEOPLE]
        for some in batched([guid for guid in guids if guid in inside and ids[guid]], AT_ONCE):
            detail = {PEOPLE: list(some)}
            with acting(self.ledger, act=LEAVE, subject=some[0], reason=self.reason, detail=detail):
                self.licences.leave([ids[guid] for guid in some])


def _is(move: Move | None, statuses: Collection[str]) -> bool:
    return move is not None and move.status in statuses
