"""Say what the way back costs before anybody says go: hours, room on premises, and who needs more than a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailwave.core.estate import Record
from mailwave.core.placement.granted import Granted
from mailwave.core.rollback import Cost, born_in_cloud, cost
from mailwave.ports import Clock, Ledger, Source, Target


@dataclass(frozen=True)
class CostReturn:
    """Reckons with what is *granted*; it reads both sides and changes nothing."""

    clock: Clock
    ledger: Ledger
    granted: Granted
    source: Source
    target: Target

    def run(self, records: Sequence[Record]) -> Cost:
        """What it costs today to bring *records* back, and who of their organisations was born in the cloud."""
        known = {record.mailbox.guid for record in self.ledger.mailboxes()}
        organisations = {record.mailbox.organisation for record in records}
        born = born_in_cloud(self.target.mailboxes(), known, organisations)
        today = self.clock.now().date()
        return cost(records, self.granted, today, room=self.source.room(), born=born)
