"""Whether a batch at the service is what was approved, just before anybody of it is completed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mailwave.core.estate import Record
from mailwave.core.states import IN_FLIGHT


def missing(batches: Mapping[str, Sequence[Record]], shown: Collection[str]) -> dict[str, list[str]]:
    """Those of each batch who are in flight and not among the ExchangeGuids *shown*: their addresses, by batch.

    A batch of which nobody is missing is not in it. Who is there and should not be is found with each poll, and stops
    the wave.
    """
    absent = {
        name: [r.mailbox.address for r in records if r.state in IN_FLIGHT and r.mailbox.guid not in shown]
        for name, records in batches.items()
    }
    return {name: addresses for name, addresses in absent.items() if addresses}
