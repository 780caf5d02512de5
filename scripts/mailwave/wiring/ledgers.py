"""What the commands of estate need of the ledger itself: its version, and a national estate to put into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_schema import REVISION
from mailwave.adapters.ledger_store import Store
from mailwave.core.reason import Reason
from mailwave.wiring.settings import Settings, folder

if TYPE_CHECKING:  # it loads polars: a command loads only what it uses
    from mailwave.core.estate_columns import EstateColumns
    from mailwave.runbooks.import_tables import ImportTables


@dataclass(frozen=True)
class LedgerStatus:
    """The ledger *name* is of version *held*; *needed* is the program's, and *steps* are what lies between."""

    name: str
    held: str
    needed: str
    steps: list[tuple[str, str]]


def ledger_status(settings: Settings) -> LedgerStatus:
    """The version of the ledger; none where nothing was written yet."""
    from mailwave.adapters import ledger_migrations

    folder(settings).mkdir(parents=True, exist_ok=True)
    store = Store(settings.ledger_url, of_any_version=True)
    try:
        held = store.revision or ""
    finally:
        store.close()
    steps = [step for step in ledger_migrations.steps() if step[0] > held]
    return LedgerStatus(store.name, held, REVISION, steps)


def upgrade_ledger(settings: Settings) -> None:
    """Bring the ledger to the program's version, whole or not at all."""
    store = Store(settings.ledger_url, of_any_version=True)
    try:
        store.upgrade()
    finally:
        store.close()


def read_tables(folder_: Path) -> EstateColumns:
    """The estate in Parquet in *folder_*, checked."""
    from mailwave.adapters.estate_tables import read_tables

    return read_tables(folder_)


def import_tables(ledger: Ledger, reason: Reason) -> ImportTables:
    """The runbook that takes an estate in columns into the ledger."""
    from mailwave.runbooks.import_tables import ImportTables

    return ImportTables(ledger, reason)
