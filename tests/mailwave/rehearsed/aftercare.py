"""The care after a move on the rehearsed estate: the real runbooks and clients, as `mailwave aftercare` joins them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from mailwave.adapters.aftercare_cloud import AftercareTenant
from mailwave.adapters.aftercare_site import AftercareSites
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.target import Target
from mailwave.core.aftercare.exceptions import Accepted
from mailwave.core.planner import Wave
from mailwave.runbooks.aftercare.accept import Accept
from mailwave.runbooks.aftercare.check import Checked, Checker
from mailwave.runbooks.aftercare.repair import Repaired, Repairer
from mailwave.runbooks.aftercare.snapshots import Snapshots, TakeSnapshot
from tests.mailwave.rehearsed.mending import as_mender
from tests.mailwave.rehearsed.operator import ESTATE, REASON, Operator


@dataclass
class Care:
    """Runs `mailwave aftercare` for the *operator*; *calls* are the cmdlets that the last look took, by side."""

    operator: Operator
    calls: tuple[int, int] = (0, 0)

    def waves(self) -> tuple[Wave, ...]:
        """The waves of the plan."""
        with self.operator.ledger() as ledger:
            return tuple(ledger.plan().waves)

    def snapshot(self, wave: Wave) -> None:
        """`aftercare snapshot --folders`, which `wave run` does by itself, though without the folders of everybody."""
        with self._joined() as (ledger, premises, _, kept):
            TakeSnapshot(ledger, premises, kept, REASON, every_folder=True).run(wave)

    def check(self, wave: Wave) -> Checked:
        """`aftercare check`."""
        with self._joined() as (ledger, premises, cloud, kept):
            checked = self._checker(ledger, premises, cloud, kept).run(wave)
            self.calls = (premises.calls, cloud.calls)
        return checked

    def repair(self, wave: Wave) -> Repaired:
        """`aftercare repair`."""
        with self._joined() as (ledger, premises, cloud, kept):
            checker = self._checker(ledger, premises, cloud, kept)
            licences = self.operator.services.licences(self.operator.boundary)
            repairer = Repairer(ledger, checker, premises, cloud, licences, REASON, self.operator.said.append)
            return repairer.run(wave)

    def accept(self, kind: str, owner: str, until: date, what: str = "") -> None:
        """`aftercare accept`."""
        with self.operator.ledger() as ledger:
            Accept(self.operator.clock, ledger, REASON).run(Accepted(kind, owner, until, what=what))

    def acts(self, act: str) -> int:
        """How many intents of *act* the journal has."""
        with self.operator.ledger() as ledger:
            return len(ledger.intents(act))

    @contextmanager
    def _joined(self) -> Iterator[tuple[Any, AftercareSites, AftercareTenant, ArtifactFolder]]:
        services, operator = self.operator.services, self.operator
        with ExitStack() as stack:
            ledger = stack.enter_context(operator.ledger())
            admin = stack.enter_context(as_mender(services, operator.boundary))
            sites = {
                name: stack.enter_context(services.premises(name, dry_run=False)) for name in services.sites
            }
            kept = ArtifactFolder(operator.folder / "artifacts")
            yield ledger, AftercareSites(sites), AftercareTenant(admin), kept

    def _checker(self, ledger: Any, premises: Any, cloud: Any, kept: ArtifactFolder) -> Checker:
        operator = self.operator
        admin = operator.services.cloud(operator.boundary, dry_run=True)
        return Checker(
            operator.clock,
            ledger,
            Snapshots(ledger, kept),
            premises,
            cloud,
            operator.services.licences(operator.boundary),
            Target(admin).moves,
            kept,
            ESTATE.tenant.routing_domain,
            REASON,
        )
