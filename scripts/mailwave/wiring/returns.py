"""What the commands of wave return need: the way back, over the same batches as the way there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailwave.adapters.run_lock import run_lock
from mailwave.core.reason import Reason
from mailwave.runbooks.return_mailboxes import ReturnMailboxes
from mailwave.wiring.estate import source_of
from mailwave.wiring.licences import licence_groups
from mailwave.wiring.settings import Say, Settings, folder
from mailwave.wiring.waves import batches_of, destination_of, remover_of, target_of


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
