"""What the commands for one batch need: its start as in a run, and its plays by its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailwave.adapters.ledger import Ledger
from mailwave.adapters.run_lock import run_lock
from mailwave.core.play_table import Value
from mailwave.core.reason import Reason
from mailwave.runbooks.single_batches import StartBatch, variables_of
from mailwave.runbooks.wave.batches import Starter
from mailwave.wiring.alerts import announcing
from mailwave.wiring.settings import Say, Settings, folder
from mailwave.wiring.waves import batches_of, destination_of, remover_of, target_of


@contextmanager
def starting(settings: Settings, reason: Reason, *, say: Say) -> Iterator[StartBatch]:
    """The runbook that starts one batch, while nothing else runs waves on this ledger."""
    with run_lock(folder(settings) / "run.lock"), settings.ledger() as ledger:
        batches, target = batches_of(settings, ledger), target_of(settings, dry_run=False)
        manifests, destination = folder(settings) / "manifests", destination_of(settings)
        starter = Starter(ledger, batches, reason, manifests, destination, say, announcing(settings))
        remover = remover_of(settings, ledger, target, batches, reason, say)
        yield StartBatch(settings.clock(), ledger, starter, remover)


def play_variables(settings: Settings, ledger: Ledger, batch: str) -> dict[str, Value]:
    """What the plays of *batch* are told."""
    return variables_of(ledger, folder(settings) / "manifests", batch)
