"""Collect what the services themselves show of readiness, so that nobody has to say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec
import polars as pl

from mailwave.core.estate import Record
from mailwave.core.licences import needs_licence
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState
from mailwave.ports import Ledger, Licences


class Collected(msgspec.Struct, frozen=True):
    """A *table* of evidence by mailbox (`mailwave.core.readiness.evidence`); *seats* are free and so many *needed*."""

    table: pl.DataFrame
    seats: int
    needed: int

    @property
    def known(self) -> dict[str, int]:
        """Of how many mailboxes each thing is known, by its column."""
        counts = self.table.select(pl.all().is_not_null().sum()).row(0, named=True)
        return {name: int(count) for name, count in counts.items() if name != "guid"}


@dataclass(frozen=True)
class CollectEvidence:
    """Of the mailboxes of *ledger*: what *discovered* holds, addresses in *routing_domain*, and seats of *licences*."""

    ledger: Ledger
    discovered: Callable[[], pl.DataFrame]
    licences: Licences
    routing_domain: str
    keep: Callable[[pl.DataFrame], object]

    def prepare(self) -> Collected:
        """What is shown of every mailbox in scope.

        Raises:
            NoScope: nothing was imported.
            NotDiscovered: no discovery has ended.
            ActRefused: the seats could not be counted.
        """
        if self.ledger.scope() is None:
            raise NoScope
        records = self.ledger.mailboxes()
        free = self.licences.free_seats()
        seats = pl.DataFrame(
            reserved(records, free), schema={"guid": pl.String, "seat": pl.Boolean}, orient="row"
        )
        routing = pl.col("domains").str.split(";").list.contains(self.routing_domain.lower())
        table = (
            self.discovered()
            .with_columns(routing.alias("routing"))
            .join(seats, on="guid", how="inner", maintain_order="left")
            .select(pl.exclude("directory_on"), "directory_on")
        )
        return Collected(table, free, len(_waiting(records)))

    def run(self, collected: Collected) -> None:
        """Keep it where the check looks."""
        self.keep(collected.table)


def reserved(records: Iterable[Record], free: int) -> list[tuple[str, bool]]:
    """Whether a licence seat is there for each mailbox, by guid, of *free* ones; who needs none has what they need.

    Seats are kept for whoever has not moved, in the order of the guids, so that the same ones are without next time.
    """
    kept = list(records)
    first = {each.mailbox.guid for each in _waiting(kept)[: max(free, 0)]}
    return [(each.mailbox.guid, each.mailbox.guid in first or not _needs_seat(each)) for each in kept]


def _waiting(records: Iterable[Record]) -> list[Record]:
    """Who is still to be given a seat."""
    return sorted((each for each in records if _needs_seat(each)), key=lambda each: each.mailbox.guid)


def _needs_seat(record: Record) -> bool:
    over = (MailboxState.MOVED, MailboxState.EXCLUDED)
    return record.state not in over and needs_licence(record.mailbox)
