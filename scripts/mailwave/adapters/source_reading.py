"""Reads the sites of an estate into the store, question by question, several shells at once at each.

A question whose part is kept is not asked again, so a reading that was killed goes on where it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Lock
from typing import Self

import polars as pl

from estate_schema import Endpoints
from exchange_admin import connect
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Row
from mailwave.adapters import source_questions as ask
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.source_questions import Question
from mailwave.core.discovery.fold import folded
from mailwave.core.discovery.holders import GROUP, UNKNOWN, resolved
from mailwave.core.discovery.readings import Reading, counted
from mailwave.core.discovery.tables import MAILBOX, MEMBER, RECIPIENT, RIGHT, STATISTICS, guid

SHELLS = 18
"""Shells that an account may have at once, on all servers (fact D7)."""

SPARE = 6
"""Of them are left to plays and to whoever looks meanwhile with the same account."""

FOLDER_RIGHTS = "folder-rights"

Progress = Callable[[str, int, int], None]
"""Told what is being read, how many of it were, and how many there are."""


def shells_of_site(sites: int, asked: int | None = None) -> int:
    """How many shells each of *sites* gets, at least one; *asked* for more than all may have is cut."""
    most = max((SHELLS - SPARE) // max(sites, 1), 1)
    return most if asked is None else max(min(asked, most), 1)


class SourceReading:
    """The sites by name, each with the shells that read it; use it as a context manager (fact D7).

    *site_of_server* tells the site of a server by its name in capitals; a server that nobody has put into a site is of
    whichever shows it.
    """

    def __init__(
        self,
        sites: Mapping[str, Sequence[OnPremises]],
        site_of_server: Mapping[str, str],
        store: DiscoveryStore,
        progress: Progress,
    ) -> None:
        self._stack = ExitStack()
        self._sites = {
            name: [self._stack.enter_context(shell) for shell in shells] for name, shells in sites.items()
        }
        self._site_of_server = site_of_server
        self._store = store
        self._progress = progress

    @classmethod
    def connect(
        cls,
        endpoints: Endpoints,
        sites: Sequence[str],
        site_of_server: Mapping[str, str],
        store: DiscoveryStore,
        progress: Progress,
        *,
        sleep: Callable[[float], None],
        shells: int | None = None,
    ) -> SourceReading:
        """The *sites*, to be read only; nothing connects before the first question."""
        count = shells_of_site(len(sites), shells)
        connected = {
            site: [connect.on_premises(endpoints, site, sleep=sleep) for _ in range(count)] for site in sites
        }
        return cls(connected, site_of_server, store, progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, reading: Reading) -> None:
        """Ask everything that *reading* is to know and the store has not got yet; raises what a shell raises."""
        self._ask(reading, "pages", self._first(reading))
        if FOLDER_RIGHTS in reading.extras:
            self._ask(reading, "folders", self._folders(reading))
        if not reading.is_whole:
            self._ask(reading, "departures", self._departures(reading))
        for site in self._sites:
            self._ask(reading, "names", self._names(reading, site))
        while groups := self._groups(reading):
            self._ask(reading, "groups", groups)

    def _first(self, reading: Reading) -> list[Question]:
        """What can be asked without knowing anything but the databases."""
        found: list[Question] = []
        for place, (site, shells) in enumerate(self._sites.items()):
            is_here = self._here(site)
            databases = [
                str(row["Name"])
                for row in shells[0].invoke("Get-MailboxDatabase").rows
                if is_here({"ServerName": row["Server"]})
            ]
            if reading.since is None:
                found += [ask.of_database(site, name, is_here) for name in databases]
            else:
                found.append(ask.of_changes(site, reading.since, is_here))
                found += [ask.of_sizes(site, name) for name in databases]
            found += ask.of_organisation(site, reading.since, is_here, first=place == 0)
        return found

    def _here(self, site: str) -> Callable[[Row], bool]:
        return lambda row: self._site_of_server.get(str(row["ServerName"]).upper(), site) == site

    def _folders(self, reading: Reading) -> list[Question]:
        read = self._store.tables([reading], [MAILBOX])[MAILBOX]
        boxes = (
            read.select("source", "Database", box=guid("ExchangeGuid"))
            .drop_nulls("box")
            .unique(maintain_order=True)
        )
        parts = boxes.group_by("source", "Database", maintain_order=True).agg("box")
        return [ask.of_folders(site, database or "", guids) for site, database, guids in parts.iter_rows()]

    def _departures(self, reading: Reading) -> list[Question]:
        """Look for whoever had a size before and has none now, and was not among those that changed."""
        before = folded(self._store.tables(counted(self._store.readings())))
        now = self._store.tables([reading], [MAILBOX, STATISTICS])
        had = before[STATISTICS].filter(pl.col("DisconnectDate").is_null()).select(box=guid("MailboxGuid"))
        has = now[STATISTICS].filter(pl.col("DisconnectDate").is_null()).select(box=guid("MailboxGuid"))
        seen = pl.concat([has, now[MAILBOX].select(box=guid("ExchangeGuid"))])
        known = before[MAILBOX].select("source", box=guid("ExchangeGuid"))
        missing = known.join(had, on="box", how="semi").join(seen, on="box", how="anti")
        parts = missing.group_by("source", maintain_order=True).agg("box")
        return [ask.of_gone(site, guids) for site, guids in parts.iter_rows() if site in self._sites]

    def _state(self, reading: Reading) -> dict[str, pl.DataFrame]:
        done = [each for each in counted(self._store.readings()) if not reading.is_whole]
        return folded(self._store.tables([*done, reading]))

    def _names(self, reading: Reading, site: str) -> list[Question]:
        """Trustees that nothing that was read is called."""
        tables = self._state(reading)
        shown = [name for name in tables[RIGHT]["User"].unique().to_list() if name]
        unknown = [name for name, holder in resolved(tables, shown).items() if holder.kind == UNKNOWN]
        return [ask.of_name(site, name) for name in unknown]

    def _groups(self, reading: Reading) -> list[Question]:
        """Groups that hold a right, or are in one that does, and whose members were not asked for yet."""
        tables = self._state(reading)
        behalf = tables[MAILBOX]["GrantSendOnBehalfTo"].explode().drop_nulls().to_list()
        shown = {name for name in tables[RIGHT]["User"].unique().to_list() if name} | set(behalf)
        wanted = {holder.id for holder in resolved(tables, shown).values() if holder.kind == GROUP}
        members = self._store.tables([reading], [MEMBER])[MEMBER]
        inner = members.filter(pl.col("RecipientTypeDetails").fill_null("").str.contains("(?i)group"))
        wanted |= set(inner.select(guid("Guid")).to_series().drop_nulls().to_list())
        asked = set(members.select(guid("Group")).to_series().to_list())
        at = {
            key: (source, noun)
            for key, source, noun in tables[RECIPIENT].select(guid("Guid"), "source", "Noun").iter_rows()
        }
        usual = (next(iter(self._sites)), "DistributionGroup")
        return [
            ask.of_members(site if site in self._sites else usual[0], group, noun)
            for group in sorted(wanted - asked)
            for site, noun in [at.get(group, usual)]
        ]

    def _ask(self, reading: Reading, what: str, questions: Sequence[Question]) -> None:
        """Ask those of *questions* that the store has no answer to, at all sites at the same time."""
        told = _Told(self._progress, what, len(questions))
        waiting: dict[str, deque[Question]] = {site: deque() for site in self._sites}
        for question in questions:
            if self._store.has(reading, question.name):
                told.one()
            else:
                waiting[question.site].append(question)
        stop = Event()

        def work(shell: OnPremises, questions: deque[Question]) -> None:
            while questions and not stop.is_set():
                try:
                    question = questions.popleft()
                except IndexError:
                    return
                self._store.keep(reading, question.site, question.name, question.ask(shell))
                told.one()

        with ThreadPoolExecutor(max_workers=sum(map(len, self._sites.values()))) as threads:
            try:
                begun = [
                    threads.submit(work, shell, waiting[site])
                    for site, shells in self._sites.items()
                    for shell in shells[: len(waiting[site])]
                ]
                for each in begun:
                    each.result()
            finally:
                stop.set()


class _Told:
    """Tells *progress* how many of *total* are done, whichever thread did them."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._what = what
        self._total = total
        self._done = 0
        self._lock = Lock()

    def one(self) -> None:
        """Count one more."""
        with self._lock:
            self._done += 1
            self._progress(self._what, self._done, self._total)
