"""Collect what the services themselves show of readiness, so that nobody has to say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol

import msgspec
import polars as pl

from mailwave.core.estate import Record
from mailwave.core.licences import needs_licence
from mailwave.core.readiness.evidence import facts_table
from mailwave.core.readiness.observed import Leads, name_facts, owner_facts, web_facts
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState
from mailwave.core.web_log import read_web_logs
from mailwave.ports import Clock, Ledger, Licences

TABLES = ("mailboxes", "organisations")
"""What is kept, by name (`mailwave.core.readiness.evidence`)."""


class Discovered(NamedTuple):
    """What the last discovery found: *evidence* by mailbox, and *people* (`mailwave.core.readiness.observed.PEOPLE`).

    Whose a mailbox is, the ledger says.
    """

    evidence: pl.DataFrame
    people: pl.DataFrame


class Names(Protocol):
    """DNS."""

    def leads(self, domain: str) -> Leads:
        """Where *domain* leads."""
        ...


class Collected(msgspec.Struct, frozen=True):
    """Tables of evidence of *mailboxes* and of *organisations*; *seats* are free and so many *needed*."""

    mailboxes: pl.DataFrame
    organisations: pl.DataFrame
    seats: int
    needed: int

    @property
    def known(self) -> dict[str, int]:
        """Of how many mailboxes each thing is known, by its column."""
        counts = self.mailboxes.select(pl.all().is_not_null().sum()).row(0, named=True)
        return {name: int(count) for name, count in counts.items() if name != "guid"}

    @property
    def shown(self) -> dict[str, int]:
        """Of how many organisations each kind of evidence is there."""
        return dict(self.organisations.group_by("kind").len().sort("kind").iter_rows())


@dataclass(frozen=True)
class CollectEvidence:
    """Of the mailboxes of *ledger*: what *discovered* holds, seats of *licences*, where *domains* lead by *names*.

    Addresses in *routing_domain* are told apart. Of the servers' web logs the last *log_days* count. Without *names*
    nothing is known of the domains.
    """

    clock: Clock
    ledger: Ledger
    discovered: Callable[[], Discovered]
    licences: Licences
    routing_domain: str
    domains: tuple[str, ...]
    names: Names | None
    log_days: int
    keep: Callable[[Mapping[str, pl.DataFrame]], object]

    def prepare(self, web_logs: Mapping[str, bytes] | None = None) -> Collected:
        """What is shown of every mailbox in scope, and of its organisation; *web_logs* is file name to content.

        Raises:
            NoScope: nothing was imported.
            NotDiscovered: no discovery has ended.
            ActRefused: the seats could not be counted.
            BadRows: a log cannot be read.
        """
        if self.ledger.scope() is None:
            raise NoScope
        records, found = self.ledger.mailboxes(), self.discovered()
        free = self.licences.free_seats()
        table = self._of_mailboxes(records, found.evidence, free)
        owners = pl.DataFrame(
            [(each.mailbox.guid, each.mailbox.organisation) for each in records],
            schema={"guid": pl.String, "organisation": pl.String},
            orient="row",
        )
        people = owners.join(found.people, on="guid", how="inner", maintain_order="left")
        return Collected(table, self._of_organisations(people, web_logs or {}), free, len(_waiting(records)))

    def run(self, collected: Collected) -> None:
        """Keep it where the check looks."""
        self.keep(dict(zip(TABLES, (collected.mailboxes, collected.organisations), strict=True)))

    def _of_mailboxes(self, records: list[Record], evidence: pl.DataFrame, free: int) -> pl.DataFrame:
        seats = pl.DataFrame(
            reserved(records, free), schema={"guid": pl.String, "seat": pl.Boolean}, orient="row"
        )
        routing = pl.col("domains").str.split(";").list.contains(self.routing_domain.lower())
        return (
            evidence.with_columns(routing.alias("routing"))
            .join(seats, on="guid", how="inner", maintain_order="left")
            .select(pl.exclude("directory_on"), "directory_on")
        )

    def _of_organisations(self, people: pl.DataFrame, web_logs: Mapping[str, bytes]) -> pl.DataFrame:
        now = self.clock.now()
        seen = read_web_logs(web_logs, since=now - timedelta(days=self.log_days))
        leads = {domain: self.names.leads(domain) for domain in self.domains} if self.names else {}
        facts = (
            *web_facts(people, seen),
            *name_facts(people, leads, now.date()),
            *owner_facts(people, now.date()),
        )
        return facts_table(facts).select(
            "organisation", "kind", "value", pl.col("on").cast(pl.String), source=pl.lit("observed")
        )


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
