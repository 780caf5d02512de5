"""What the commands of wave return need: the way back, over the same batches as the way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.run_lock import run_lock
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.rollback import Cost, cost
from mailwave.runbooks.cost_return import CostReturn
from mailwave.runbooks.return_mailboxes import ReturnMailboxes
from mailwave.wiring.estate import source_of
from mailwave.wiring.licences import licence_groups
from mailwave.wiring.settings import Say, Settings, folder
from mailwave.wiring.waves import batches_of, destination_of, remover_of, target_of


def cost_return(settings: Settings, runbook: ReturnMailboxes) -> CostReturn:
    """The runbook that costs a way back before *runbook* begins it."""
    granted = rules.granted(settings.limits, settings.estate)
    return CostReturn(runbook.clock, runbook.ledger, granted, runbook.source, runbook.target)


def cost_waves(settings: Settings, ledger: Ledger, waves: Iterable[Wave]) -> dict[str, Cost]:
    """What it would cost to bring each of *waves* back on the day after its night, as far as the ledger can tell."""
    granted, day = rules.granted(settings.limits, settings.estate), timedelta(days=1)
    return {wave.id: cost(ledger.mailboxes(wave=wave.id), granted, wave.night + day) for wave in waves}


@contextmanager
def returning(settings: Settings, reason: Reason, *, dry_run: bool, say: Say) -> Iterator[ReturnMailboxes]:
    """The runbook that takes moved mailboxes back, one at a time beside whatever waves run."""
    with (
        run_lock(folder(settings) / "return.lock"),
        settings.ledger() as ledger,
        ledger.alone("wave return"),
        source_of(settings) as source,
    ):
        target = target_of(settings, dry_run=dry_run)
        batches = batches_of(settings, ledger)
        yield ReturnMailboxes(
            settings.clock(),
            ledger,
            batches,
            source,
            target,
            licence_groups(settings),
            remover_of(settings, ledger, target, batches, reason, say),
            reason,
            folder(settings) / "manifests",
            destination_of(settings),
            settings.estate.mail_domain,
            say,
        )
