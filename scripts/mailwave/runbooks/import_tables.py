"""Take a national estate, which comes in columns, into the ledger, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.core.estate_columns import EstateColumns
from mailwave.core.reason import Reason
from mailwave.ports import Ledger


@dataclass(frozen=True)
class ImportTables:
    """Import into *ledger*."""

    ledger: Ledger
    reason: Reason

    def run(self, estate: EstateColumns) -> None:
        """Write *estate*; the same again changes nothing, another one is refused (`DifferentScope`)."""
        self.ledger.import_columns(estate, self.reason)
