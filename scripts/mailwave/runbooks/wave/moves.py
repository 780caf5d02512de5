"""Follow the moves of a wave: read what the service says, and do what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailwave.core.amendments import LEFT
from mailwave.core.causes import Causes
from mailwave.core.estate import Record
from mailwave.core.events import Announce, Event, Kind, nowhere, of_moves
from mailwave.core.intents import Intent, Outcome
from mailwave.core.moves import AT_REST, FAILURES, PASSING, Decision, Move, Step, decide, is_held, recalls
from mailwave.core.outcomes import ActError, ActPostponed
from mailwave.core.progress import Sighting
from mailwave.core.reason import Reason
from mailwave.core.skipped import items_digest
from mailwave.core.states import OPEN, MailboxState, Transition, route
from mailwave.core.targets import TargetMailbox
from mailwave.core.tried import History
from mailwave.ports import Clock, Ledger, Source, Target
from mailwave.runbooks.acting import acting

RETRY, APPROVE, STOP, WITHDRAW = "move.retry", "move.approve-skipped", "move.stop", "move.withdraw"
ACTS = (RETRY, APPROVE, STOP, WITHDRAW)

ASKED_OUT = "move.withdraw-asked"
"""Somebody wants a mailbox that is under way out of its wave; it is, unless the service completes it already."""

MENDED = "cause.mended"
"""Somebody says that a cause is gone, for whom it has held up in one wave."""


class TwoPrimaries(Exception):
    """A mailbox lives at the source and at the target at once: its wave stops until a person has mended it."""

    def __init__(self, *, mailboxes: Sequence[str]) -> None:
        self.mailboxes = tuple(mailboxes)
        super().__init__(f"{len(mailboxes)} mailboxes live on both sides: {', '.join(mailboxes[:3])}")


class StrangersInBatch(Exception):
    """*batch* holds users that nobody approved: *addresses*."""

    def __init__(self, *, batch: str, addresses: Sequence[str]) -> None:
        self.batch = batch
        self.addresses = tuple(addresses)
        super().__init__(
            f"batch {batch} holds {len(addresses)} users that are not on its list, the first {addresses[0]}"
        )


@dataclass(frozen=True)
class Follower:
    """Keeps the ledger true to the service; *causes* say what follows from failures.

    *asked* is what people were told already that they have to do.
    """

    clock: Clock
    ledger: Ledger
    source: Source
    target: Target
    reason: Reason
    causes: Causes
    say: Callable[[str], None]
    announce: Announce = nowhere
    asked: set[tuple[str, str]] = field(default_factory=set)

    def follow(self, batches: Mapping[str, Sequence[Record]]) -> dict[str, Move]:
        """Read each of *batches* once, act on what they say, and return the moves by ExchangeGuid.

        *batches* holds the whole list of each batch, by its name.

        Raises:
            StrangersInBatch: one holds users who are not on its list.
            TwoPrimaries: a mailbox lives on both sides.
        """
        moves: dict[str, Move] = {}
        for batch, records in batches.items():
            moves |= self._moves(batch, records)
        open_records = [record for records in batches.values() for record in records if record.state in OPEN]
        self._settle(open_records, moves)
        off = self._off(open_records)
        shown = [(r.mailbox.guid, moves.get(r.mailbox.smtp)) for r in open_records]
        history = self._history(guid for guid, move in shown if move is not None and recalls(move))
        taken_out = withdrawals(
            self.ledger.intents_on(WITHDRAW, (guid for guid, move in shown if move is None))
        )
        steps: list[Transition] = []
        arrived: list[Record] = []
        for record in open_records:
            move = moves.get(record.mailbox.smtp)
            if move is None:
                steps.extend(self._gone(record, taken_out, off))
                continue
            done = history.of(record.mailbox.guid, record.wave)
            decision = decide(record.state, move, done, self.causes, off=off.get(record.mailbox.guid, ""))
            if decision.step is Step.CONFIRM:
                arrived.append(record)
            else:
                steps.extend(self._act(record, move, decision))
        arriving, both = self._confirmed(arrived)
        self.ledger.record_poll(_sightings(open_records, moves), [*steps, *arriving], self.reason)
        if both:
            raise TwoPrimaries(mailboxes=both)
        return {
            record.mailbox.guid: moves[record.mailbox.smtp]
            for record in open_records
            if record.mailbox.smtp in moves
        }

    def _moves(self, batch: str, records: Sequence[Record]) -> dict[str, Move]:
        """The moves of *batch* by address, all of them of *records*."""
        moves = {move.address: move for move in self.target.moves(batch)}
        strangers = sorted(moves.keys() - {record.mailbox.smtp for record in records})
        if strangers:
            found = StrangersInBatch(batch=batch, addresses=strangers)
            self.announce(Event(Kind.BATCH_FAILED, batch, str(found)))
            raise found
        for event in of_moves(batch, list(moves.values()), self.causes):
            self.announce(event)
        return moves

    def held(self, records: Sequence[Record], moves: Mapping[str, Move]) -> set[str]:
        """The ExchangeGuids of those of *moves*, of *records*, that may not be completed: not yet, or not at all."""
        history = self._history(guid for guid, move in moves.items() if recalls(move))
        waiting = {guid for guid, move in moves.items() if is_held(move, history.approved(guid))}
        return waiting | self._off(records).keys()

    def waiting_of(self, records: Sequence[Record], moves: Mapping[str, Move]) -> int:
        """How many of *records* have failed, as *moves* show them, and wait for a person."""
        shown = [(record, moves.get(record.mailbox.guid)) for record in records if record.state in OPEN]
        failed = [(record, move) for record, move in shown if move is not None and move.status in FAILURES]
        if not failed:
            return 0
        history = self._history(record.mailbox.guid for record, _ in failed)
        decisions = (
            decide(record.state, move, history.of(record.mailbox.guid, record.wave), self.causes)
            for record, move in failed
        )
        return sum(decision.step is Step.HOLD for decision in decisions)

    def withdraw(self, records: Sequence[Record], moves: Mapping[str, Move], why: str) -> None:
        """Take mailboxes out of the service; once the next poll finds them gone, they are deferred."""
        for record in records:
            guid = record.mailbox.guid
            try:
                with acting(self.ledger, act=WITHDRAW, subject=guid, reason=self.reason, detail={"why": why}):
                    self.target.withdraw(moves[guid])
            except ActError as error:
                self.say(f"{error}; looked at again at the next poll")

    def _off(self, records: Sequence[Record]) -> dict[str, str]:
        """Why some of *records* are to be taken out of their waves, by ExchangeGuid: they left, or somebody asked."""
        left = self.ledger.leavers()
        asked = {
            (each.subject, each.detail["wave"]): str(each.detail["why"])
            for each in self.ledger.intents(ASKED_OUT)
        }
        shown = ((record.mailbox.guid, record.wave) for record in records)
        whys = ((guid, LEFT if guid in left else asked.get((guid, wave), "")) for guid, wave in shown)
        return {guid: why for guid, why in whys if why}

    def _gone(
        self, record: Record, taken_out: Mapping[str, Intent], off: Mapping[str, str]
    ) -> list[Transition]:
        """What follows when the batch no longer shows a mailbox: nothing, unless it was withdrawn or its owner left.

        A batch may show its users only some seconds after it was started.
        """
        intent = taken_out.get(record.mailbox.guid)
        if intent is None and record.mailbox.guid not in off:
            return []
        why = off[record.mailbox.guid] if intent is None else str(intent.detail["why"])
        self.say(f"{record.mailbox.address}: withdrawn: {why}")
        return route(record.mailbox.guid, record.state, MailboxState.DEFERRED, why)

    def _settle(self, records: Sequence[Record], moves: Mapping[str, Move]) -> None:
        """Say of every act whose outcome was unknown what the service shows now; it is then done again if need be."""
        address = {record.mailbox.guid: record.mailbox.smtp for record in records}
        for intent in self.ledger.doubtful(*ACTS):
            if intent.subject in address:
                move = moves.get(address[intent.subject])
                if (outcome := _outcome(intent.act, move)) is not None:
                    shown = move.status if move else "no such user"
                    self.ledger.outcome(intent.id, outcome, {"why": f"read back: {shown}"})

    def _act(self, record: Record, move: Move, decision: Decision) -> list[Transition]:
        guid = record.mailbox.guid
        if decision.step is Step.HOLD and decision.cause is not None:
            self._ask(move, decision.cause.name, decision.why)
        try:
            if decision.step is not Step.APPROVE or self._agreed(guid, move):
                self._change(guid, move, decision)
        except ActError as error:
            self.say(f"{move.address}: {error}; looked at again at the next poll")
            return []
        return [] if decision.to is None else route(guid, record.state, decision.to, decision.why)

    def _change(self, guid: str, move: Move, decision: Decision) -> None:
        acts: Mapping[Step, tuple[str, Callable[[Move], None]]] = {
            Step.RETRY: (RETRY, self.target.retry),
            Step.APPROVE: (APPROVE, self.target.approve_skipped),
            Step.FAIL: (STOP, self.target.stop),
            Step.WITHDRAW: (WITHDRAW, self.target.withdraw),
        }
        if decision.step not in acts or (decision.step is Step.FAIL and move.status in FAILURES + AT_REST):
            return
        act, change = acts[decision.step]
        detail = {"why": decision.why, "skipped": move.skipped}
        if decision.cause is not None:
            detail["cause"] = decision.cause.name
        with acting(self.ledger, act=act, subject=guid, reason=self.reason, detail=detail):
            change(move)
        self.say(f"{move.address}: {decision.step.value}: {decision.why}")

    def _agreed(self, guid: str, move: Move) -> bool:
        """Whether somebody has approved that exactly the items are lost that the service lists now (facts B32, B34)."""
        items = self.target.skipped_items(move)
        listed = items_digest(guid, items)
        if len(items) == move.skipped and self.ledger.live_approval(listed, self.clock.now()) is not None:
            return True
        self._ask(move, listed, f"{len(items)} skipped items wait for an approval of exactly {listed}")
        return False

    def _ask(self, move: Move, what: str, why: str) -> None:
        """Tell people, once, what a move waits for."""
        if (move.address, what) not in self.asked:
            self.asked.add((move.address, what))
            self.say(f"{move.address} needs a person: {why}")
            if (move.batch, what) not in self.asked:
                self.asked.add((move.batch, what))
                self.announce(Event(Kind.NEEDS_PERSON, move.batch, why))

    def _history(self, guids: Iterable[str]) -> History:
        """What was done for the mailboxes *guids* already, from the journal."""
        asked = list(guids)
        retries, approvals = (self.ledger.intents_on(act, asked) for act in (RETRY, APPROVE))
        return History(retries, approvals, self.ledger.intents(MENDED))

    def _confirmed(self, arrived: Sequence[Record]) -> tuple[list[Transition], list[str]]:
        """The steps to *moved*, of what is read back at the target and gone from the source; and who is on both.

        While a site does not answer nobody is confirmed, for nobody knows whether somebody lives on both sides.
        """
        if not arrived:
            return [], []
        guids = [record.mailbox.guid for record in arrived]
        at_target = {mailbox.exchange_guid: mailbox for mailbox in self.target.mailboxes_of(guids)}
        try:
            at_source = self.source.live_of(record.mailbox for record in arrived)
        except ActPostponed as error:
            self.say(f"{len(arrived)} have arrived and are confirmed later: {error}")
            return [], []
        both = [record.mailbox.address for record in arrived if _lives_twice(record, at_target, at_source)]
        steps: list[Transition] = []
        for record in arrived:
            if record.mailbox.address not in both and _arrived(record, at_target.get(record.mailbox.guid)):
                steps += route(
                    record.mailbox.guid, record.state, MailboxState.MOVED, "read back at the target"
                )
        return steps, both


def withdrawals(intents: Iterable[Intent]) -> dict[str, Intent]:
    """The last of *intents*, those of `WITHDRAW`, for each mailbox that was not refused, by ExchangeGuid."""
    return {intent.subject: intent for intent in intents if intent.outcome is not Outcome.FAILED}


def _sightings(records: Sequence[Record], moves: Mapping[str, Move]) -> list[Sighting]:
    """What the service says of those of *records* that it shows."""
    shown = ((record.mailbox.guid, moves.get(record.mailbox.smtp)) for record in records)
    return [Sighting(guid, move.status, items_moved=move.synced) for guid, move in shown if move is not None]


def _outcome(act: str, move: Move | None) -> Outcome | None:
    """How *act* ended, as *move* shows it; None when it does not show, and the act is simply repeated."""
    if move is not None and move.status in PASSING:
        return None  # the service is at it: the next poll shows how it ended
    if act == WITHDRAW:
        return Outcome.OK if move is None else Outcome.FAILED
    if move is None or act == APPROVE:
        return None
    if act == STOP:
        return Outcome.OK if move.status in AT_REST else Outcome.FAILED
    return Outcome.FAILED if move.status in FAILURES else Outcome.OK


def _lives_twice(record: Record, at_target: Mapping[str, TargetMailbox], at_source: set[str]) -> bool:
    return record.mailbox.guid in at_target and record.mailbox.guid in at_source


def _arrived(record: Record, found: TargetMailbox | None) -> bool:
    return found is not None and found.address == record.mailbox.smtp
