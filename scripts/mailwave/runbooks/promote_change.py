"""Let a change into its environment, because the environment before has proved the release that it is made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from change_control.folder import Bundle
from change_control.releases import Before, Proof, release_of, require_proof
from change_control.statements import Statement
from mailwave.core.reason import Reason
from mailwave.ports import Ledger
from mailwave.ports.changes import Changes
from mailwave.runbooks.acting import acting, close_cut_off

PROMOTE = "change.promote"


@dataclass(frozen=True)
class PromoteChange:
    """Lays the proof of a change's release beside the change; *now* gives the machine's time."""

    before: Before | None
    changes: Changes
    ledger: Ledger
    now: Callable[[], datetime]
    reason: Reason

    def prepare(self, bundle: Bundle, files: Sequence[bytes]) -> Statement[Proof] | None:
        """The proof by which *bundle* may come in, of those in *files* and beside it; None where none is needed.

        Raises:
            NotProved, Drifted: it may not.
        """
        release = release_of(bundle.contents)
        return require_proof(release, [*bundle.proofs, *files], self.before, now=self.now())

    def run(self, bundle: Bundle, files: Sequence[bytes]) -> Statement[Proof] | None:
        """The same, and keep it beside the change."""
        found = self.prepare(bundle, files)
        if found is None:
            return None
        close_cut_off(self.ledger, PROMOTE)
        detail = {"release": found.said.release.digest, "from": found.said.environment, "by": found.said.who}
        with acting(self.ledger, act=PROMOTE, subject=bundle.digest, reason=self.reason, detail=detail):
            self.changes.add_proof(bundle, found)
        return found
