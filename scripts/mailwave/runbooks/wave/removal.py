"""Remove ended batches, with what they last showed kept as an artifact, and so make room for new ones (fact B5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mailwave.core.intents import Outcome
from mailwave.core.move_reports import Figures, UserReport, went_well, without_items
from mailwave.core.moves import Move
from mailwave.core.outcomes import ActError, ActUnknown
from mailwave.core.planner import Batch
from mailwave.core.reason import Reason
from mailwave.core.refusals import IntentStillOpen
from mailwave.ports import Artifacts, Batches, Ledger, Target
from mailwave.runbooks.acting import acting
from mailwave.runbooks.wave.batches import ACT as START

REMOVE = "batch.remove"
REPORT = "batch.report"
"""The record of what the service showed of a batch once all of it had ended."""
RETURN = "return.start"
"""The start of a batch by which mailboxes go back."""


MOST_REPORTS = 50
"""Of one batch: each is a call, and where more have failed they say the same."""


@dataclass(frozen=True)
class Remover:
    """Removes ended batches, by their manifests in *folder*; *most* is how many batches the tenant may have.

    What is *refused* is not tried again by this process: it is in the journal, and play 58 removes it. *held* are the
    batches for which there is no room until others have ended.
    """

    ledger: Ledger
    batches: Batches
    target: Target
    artifacts: Artifacts
    reason: Reason
    folder: Path
    most: int
    say: Callable[[str], None]
    refused: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)

    def admit(self, wanted: Sequence[Batch]) -> list[Batch]:
        """Those of *wanted* that may be started now; ended batches are removed where there is no room for all.

        A batch that is being removed keeps its place for some seconds, so that a later look may find more room.
        """
        self.settle()
        there = self.target.batches()
        leaving = self._gone(there)
        missing = sum(batch.name not in there for batch in wanted) - (self.most - len(there)) - len(leaving)
        digests = self._started(there) if missing > 0 else {}
        for name in self.ledger.ended_batches(digests.keys() - leaving - self.refused):
            if missing <= 0:
                break
            missing -= self._removed(name, digests[name], room_for=[batch.name for batch in wanted])
        return self._fitting(wanted, there)

    def remove(self, name: str, digest: str, room_for: Sequence[str] = ()) -> None:
        """Remove the batch *name* of the list with *digest*, of which the ledger accounts for everybody.

        It makes room for the batches *room_for*: who takes those over finds this act when it was cut off.

        Raises:
            ActError: it was not removed, or nobody knows.
            IntentStillOpen: another worker is removing it, or died in doing so and was not taken over yet.
        """
        detail = {"for": list(room_for)} if room_for else None
        with acting(self.ledger, act=REMOVE, subject=name, reason=self.reason, detail=detail) as act:
            if not self._captured([name]):
                act.ended.update(self._keep(name, act.intent, self._figures()))
            self.batches.remove(self.folder / f"{name}.json", digest)
        self.say(f"batch {name} removed: everything in it is accounted for")

    def capture(self, names: Sequence[str]) -> None:
        """Keep what the service shows of each batch of *names*: once ended, it is deleted after 60 or 90 days."""
        there = self._started(names).keys() - self._captured(names)
        missing = [name for name in names if name in there]
        figures = self._figures() if missing else {}
        for name in missing:
            with acting(self.ledger, act=REPORT, subject=name, reason=self.reason) as act:
                act.ended.update(self._keep(name, act.intent, figures))

    def settle(self) -> None:
        """Say of every removal whose outcome is unknown whether the batch is gone, and remove it again if not."""
        doubtful = self.ledger.doubtful(REMOVE)
        if not doubtful:
            return
        there, digests = self.target.batches(), self._started([each.subject for each in doubtful])
        for intent in doubtful:
            if intent.subject not in there:
                self.ledger.outcome(intent.id, Outcome.OK, {"why": "read back: it is gone"})
            elif intent.subject in digests:
                self._removed(intent.subject, digests[intent.subject], intent.detail.get("for", ()))

    def _removed(self, name: str, digest: str, room_for: Sequence[str]) -> bool:
        try:
            self.remove(name, digest, room_for)
        except IntentStillOpen:
            return False  # it is another worker's: it ends it, or whoever takes that worker's waves over does
        except ActError as error:
            if not isinstance(error, ActUnknown):
                self.refused.add(name)
            self.say(f"{error}; it keeps one of the {self.most} places of the tenant")
            return False
        return True

    def _fitting(self, wanted: Sequence[Batch], there: set[str]) -> list[Batch]:
        """Those of *wanted* that are *there* already, and as many others as there is room for now."""
        others = [batch.name for batch in wanted if batch.name not in there]
        if len(there) + len(others) > self.most:
            there = self.target.batches()
        free = max(self.most - len(there), 0)
        over = others[free:]
        left = set() if over and self._gone(there) else set(over)
        if left - self.held:
            self.say(f"no room for {', '.join(sorted(left))} until other batches have ended")
        self.held.difference_update(others)
        self.held.update(left)
        admitted = there | set(others[:free])
        return [batch for batch in wanted if batch.name in admitted]

    def _gone(self, names: Collection[str]) -> set[str]:
        """Those of *names* that were removed; what the tenant still shows of them is on its way out."""
        return {each.subject for each in self.ledger.intents_on(REMOVE, names) if each.outcome is Outcome.OK}

    def _keep(self, name: str, intent: int, figures: Mapping[str, Figures]) -> Mapping[str, object]:
        """Keep what the service shows of each user of the batch, which goes with it; nothing where it shows none."""
        moves = sorted(self.target.moves(name), key=lambda move: move.address)
        if not moves:
            return {}
        astray = [move.address for move in moves if not went_well(move)][:MOST_REPORTS]
        users = [
            UserReport(
                move, figures.get(move.exchange_guid), self._report(move) if move.address in astray else ()
            )
            for move in moves
        ]
        content = msgspec.json.format(msgspec.json.encode(users)) + b"\n"
        return {
            "users": len(users),
            "reports": len(astray),
            "artifact": self.artifacts.keep(f"{intent:08}-{name}.json", content),
        }

    def _figures(self) -> Mapping[str, Figures]:
        """What every move counts of itself, by ExchangeGuid; nothing where the service does not say: no wave waits."""
        try:
            return self.target.figures()
        except ActError as error:
            self.say(f"{error}; the moves' own figures are not kept")
            return {}

    def _report(self, move: Move) -> tuple[str, ...]:
        """The report of *move* without its items; nothing where the service does not give it."""
        try:
            return without_items(self.target.report(move))
        except ActError as error:
            self.say(f"{move.address}: {error}; its report is not kept")
            return ()

    def _captured(self, names: Collection[str]) -> set[str]:
        """Those of the batches *names* of which an artifact is kept."""
        intents = (*self.ledger.intents_on(REPORT, names), *self.ledger.intents_on(REMOVE, names))
        return {each.subject for each in intents if each.outcome is Outcome.OK}

    def _started(self, names: Collection[str]) -> dict[str, str]:
        """The digest of the list of each of the batches *names* that was started from this ledger, by its name."""
        intents = (*self.ledger.intents_on(START, names), *self.ledger.intents_on(RETURN, names))
        begun = (each for each in intents if each.outcome is not Outcome.FAILED)
        return {each.subject: str(each.detail["digest"]) for each in begun}
