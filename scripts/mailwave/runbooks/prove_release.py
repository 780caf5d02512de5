"""Sign what a release has done in an environment, for the environment that takes it next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from change_control.releases import Proof, Prover, Release, sign
from mailwave.core.intents import Outcome
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.ports import Ledger
from mailwave.ports.changes import ChangeSigner, Proofs
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.apply_change import APPLY
from mailwave.runbooks.find_all_drift import Drift, FindAllDrift
from mailwave.runbooks.take_account import TakeAccount

PROVE = "change.prove"


class NothingDone(Refusal):
    """The release has done nothing in *environment* that could be proved, and *why*."""

    def __init__(self, *, environment: str, why: str) -> None:
        self.environment = environment
        self.why = why
        super().__init__(f"{environment} proves nothing of this release: {why}")


class NotAProver(Refusal):
    """*who* may not say what a release did in *environment*."""

    def __init__(self, *, who: str, environment: str) -> None:
        self.who = who
        self.environment = environment
        super().__init__(f"{who} is not in {environment}'s list of provers, or not at this time")


@dataclass(frozen=True)
class ProveRelease:
    """Looks at what *release* did in *environment*, and signs what it sees.

    The *first* environment proves it by a whole move whose account adds up, each other one by changes that were made
    with it. *journal* gives the journal's anchor, *now* the machine's time.
    """

    environment: str
    tenant: str
    first: bool
    release: Callable[[], Release]
    provers: tuple[Prover, ...]
    drift: FindAllDrift
    ledger: Ledger
    journal: Callable[[], str]
    now: Callable[[], datetime]
    reason: Reason

    def prepare(self) -> tuple[Release, Mapping[str, int]]:
        """The release, and how much it did.

        Raises:
            NotAProver: the person of the reason has no say.
            NothingDone: there is nothing to prove yet.
        """
        self._prover()
        release = self.release()
        return release, self._moved() if self.first else self._made(release)

    def run(self, proofs: Proofs, signer: ChangeSigner) -> tuple[Path, Drift]:
        """Look for drift, sign what was seen, and keep it among *proofs*; the file, and what differs.

        What differs is signed as well: it tells the next environment that this one has drifted.
        """
        release, counts = self.prepare()
        seen = self.drift.run()
        proof = Proof(
            environment=self.environment,
            tenant=self.tenant,
            release=release,
            who=self.reason.who,
            ticket=self.reason.ticket,
            counts=counts,
            differs=len(seen.differs),
            unread=len(seen.unread),
            journal=self.journal(),
            made_at=self.now(),
        )
        signed = sign(proof, signer(self._prover().key()))
        close_cut_off(self.ledger, PROVE)
        detail = {"release": release.digest, "differs": proof.differs, "unread": proof.unread}
        with acting(self.ledger, act=PROVE, subject=self.environment, reason=self.reason, detail=detail):
            return proofs.keep(proof, signed), seen

    def _prover(self) -> Prover:
        for each in self.provers:
            if each.who == self.reason.who and each.holds(self.now()):
                return each
        raise NotAProver(who=self.reason.who, environment=self.environment)

    def _moved(self) -> Mapping[str, int]:
        counts = TakeAccount(self.ledger).run().counts
        still = counts.waiting + counts.in_flight + counts.unknown
        if still or not counts.moved:
            why = f"{still} of {counts.planned} mailboxes are still open" if still else "nobody was moved"
            raise NothingDone(environment=self.environment, why=why)
        told: Mapping[str, int] = msgspec.structs.asdict(counts)
        return told

    def _made(self, release: Release) -> Mapping[str, int]:
        parts = {
            (intent.detail["change"], intent.detail["part"])
            for intent in self.ledger.intents(APPLY)
            if intent.outcome is Outcome.OK and intent.detail.get("release") == release.digest
        }
        if not parts:
            raise NothingDone(environment=self.environment, why="no change was made with it")
        return {"changes": len({change for change, _ in parts}), "parts": len(parts)}
