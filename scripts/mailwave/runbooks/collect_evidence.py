"""Collect what the services themselves show of readiness, so that nobody has to say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec
import polars as pl

from mailwave.core.client_use import WEB, owned, read_client_use, used, web_seen
from mailwave.core.licences import LARGEST_WITHOUT, OF_NOBODY
from mailwave.core.readiness.evidence import facts_table
from mailwave.core.readiness.observed import Leads, name_facts, owner_facts, web_facts
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState
from mailwave.core.web_log import WebSeen, read_web_logs
from mailwave.ports import Clock, Ledger, Licences

TABLES = ("mailboxes", "organisations", "domains", "client_use")
"""What is kept, by name (`mailwave.core.readiness.evidence`, `mailwave.core.client_use`)."""


class Discovered(NamedTuple):
    """What the last discovery found: *evidence* by mailbox, and *people* (`mailwave.core.readiness.observed.PEOPLE`).

    Whose a mailbox is, the ledger says. *domains* are those that the tenant accepts, with the day of its answer.
    """

    evidence: pl.DataFrame
    people: pl.DataFrame
    domains: pl.DataFrame


class Names(Protocol):
    """DNS."""

    def leads(self, domain: str) -> Leads:
        """Where *domain* leads."""
        ...


class Collected(msgspec.Struct, frozen=True):
    """Tables of evidence of *mailboxes*, *organisations* and the tenant's *domains*, and by what mailboxes are used.

    So many *seats* are free and so many *needed*.
    """

    mailboxes: pl.DataFrame
    organisations: pl.DataFrame
    domains: pl.DataFrame
    client_use: pl.DataFrame
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

    @property
    def used(self) -> dict[str, int]:
        """How many mailboxes were used by each protocol."""
        return dict(self.client_use.group_by("log").len().sort("log").iter_rows())


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

    def prepare(
        self, web_logs: Mapping[str, bytes] | None = None, client_use: Mapping[str, bytes] | None = None
    ) -> Collected:
        """What is shown of every mailbox in scope, and of its organisation.

        *web_logs* and *client_use*, what servers have counted of their logs, are file name to content.

        Raises:
            NoScope: nothing was imported.
            NotDiscovered: no discovery has ended.
            ActRefused: the seats could not be counted.
            BadRows: a log cannot be read.
        """
        if self.ledger.scope() is None:
            raise NoScope
        boxes = self.ledger.mailbox_columns("organisation", "recipient_type", "size_bytes", "state")
        found, free = self.discovered(), self.licences.free_seats()
        seats = reserved(boxes, free)
        owners = boxes.select("guid", "organisation")
        people = owners.join(found.people, on="guid", how="inner", maintain_order="left")
        uses = owned(read_client_use(client_use or {}, since=self._since.date()), people)
        seen = read_web_logs(web_logs or {}, since=self._since)
        return Collected(
            self._of_mailboxes(seats, found.evidence),
            self._of_organisations(people, seen, uses),
            found.domains,
            used(uses),
            free,
            int(seats["needed"].sum()),
        )

    def run(self, collected: Collected) -> None:
        """Keep it where the check looks."""
        self.keep({name: getattr(collected, name) for name in TABLES})

    def _of_mailboxes(self, seats: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
        routing = pl.col("domains").str.split(";").list.contains(self.routing_domain.lower())
        return (
            evidence.with_columns(routing.alias("routing"))
            .join(seats.select("guid", "seat"), on="guid", how="inner", maintain_order="left")
            .select(pl.exclude("directory_on"), "directory_on")
        )

    @property
    def _since(self) -> datetime:
        return self.clock.now() - timedelta(days=self.log_days)

    def _of_organisations(
        self, people: pl.DataFrame, seen: Mapping[str, WebSeen], uses: pl.DataFrame
    ) -> pl.DataFrame:
        today = self.clock.now().date()
        leads = {domain: self.names.leads(domain) for domain in self.domains} if self.names else {}
        facts = (
            *web_facts(people, seen, web_seen(uses)),
            *name_facts(people, leads, today),
            *owner_facts(people, today, uses.filter(pl.col("log") != WEB)["guid"].drop_nulls()),
        )
        return facts_table(facts).select(
            "organisation", "kind", "value", pl.col("on").cast(pl.String), source=pl.lit("observed")
        )


def reserved(mailboxes: pl.DataFrame, free: int) -> pl.DataFrame:
    """Whether a seat is *needed* for each of *mailboxes*, and whether one is there of *free* ones, by ``guid``.

    Seats are kept for whoever has not moved, in the order of the guids, so that the same ones are without next time;
    who needs none has what they need.
    """
    over = [MailboxState.MOVED.value, MailboxState.EXCLUDED.value]
    licensed = ~pl.col("recipient_type").is_in(sorted(OF_NOBODY)) | (pl.col("size_bytes") > LARGEST_WITHOUT)
    needed = ~pl.col("state").is_in(over) & licensed.fill_null(value=False)  # as `needs_licence` says of one
    seats = mailboxes.sort("guid").select("guid", needed=needed)
    return seats.with_columns(seat=~pl.col("needed") | (pl.col("needed").cum_sum() <= free))
