"""Bring the servers of every site to the settings that a hybrid move needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailwave.core.reason import Reason
from mailwave.ports import Ledger, Plays
from mailwave.runbooks.acting import acting, close_cut_off

ACT = "site.prepare"


@dataclass(frozen=True)
class PrepareSites:
    """Run the preparing plays through *plays*."""

    plays: Plays
    ledger: Ledger
    reason: Reason

    def prepare(self) -> Sequence[str]:
        """What the plays would change, from check mode."""
        return self.plays.prepare_servers(check=True)

    def run(self) -> Sequence[str]:
        """Apply and verify; the plays change nothing that is as it should be."""
        close_cut_off(self.ledger, ACT)
        with acting(self.ledger, act=ACT, subject="all sites", reason=self.reason):
            return self.plays.prepare_servers(check=False)
