"""Reads the tenant into the store: users from Graph by a delta query, mail users and domains from Exchange Online.

Graph's pages are kept one by one with the link that follows (facts E1, E3); the last link is where the next reading
goes on. It lives seven days: an older one is refused with 410, and the users are read from the beginning again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from estate_schema import Endpoints
from exchange_admin import ExchangeAdmin, connect
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.graph import Graph, LinkGone
from mailwave.core.discovery.readings import Reading, counted
from mailwave.core.discovery.tables import ACCEPTED, MAIL_USER, SYNC, USER, table
from mailwave.core.outcomes import ActRefused

SOURCE = "tenant"
ALL: Mapping[str, object] = {"ResultSize": "Unlimited"}
_ASKED: tuple[tuple[str, Mapping[str, object], str], ...] = (
    ("Get-AcceptedDomain", {}, ACCEPTED),
    ("Get-MailUser", ALL, MAIL_USER),
    ("Get-Mailbox", ALL, MAIL_USER),
)
"""What Exchange Online is asked whole, and the table that it comes into."""
_SELECT = (
    "id,onPremisesImmutableId,userPrincipalName,usageLocation,assignedLicenses,proxyAddresses,accountEnabled"
)
_START = f"users/delta?$select={_SELECT}"
_USERS, _CHANGED, _WHOLE, _END = "users", "users-changed", "users-whole", "-end"

Progress = Callable[[str, int, int], None]


class TenantReading:
    """The tenant behind *graph* and *online*."""

    def __init__(
        self, graph: Graph, online: ExchangeAdmin, store: DiscoveryStore, progress: Progress
    ) -> None:
        self._graph = graph
        self._online = online
        self._store = store
        self._progress = progress

    @classmethod
    def connect(
        cls,
        endpoints: Endpoints,
        store: DiscoveryStore,
        progress: Progress,
        *,
        sleep: Callable[[float], None],
    ) -> TenantReading:
        """The tenant that *endpoints* names, to be read only; raise `ActRefused` where it names no Graph."""
        graph = Graph.connect(endpoints, sleep)
        if graph is None:
            raise ActRefused(act="read", subject="the tenant", why="the endpoints file has no graph")
        return cls(graph, connect.exchange_online(endpoints, sleep=sleep), store, progress)

    def read(self, reading: Reading) -> None:
        """Read what *reading* is to know and the store has not got.

        Raises:
            ActRefused: Graph could not be read.
        """
        self._sync(reading)
        self._users(reading)
        for cmdlet, parameters, kept in _ASKED:
            if not self._store.has(reading, cmdlet):
                rows = self._online.invoke(cmdlet, parameters).rows
                self._store.keep(reading, SOURCE, cmdlet, {kept: table(kept, rows)})

    def _sync(self, reading: Reading) -> None:
        if not self._store.has(reading, SYNC):
            rows = list(self._graph.every("organization"))
            self._store.keep(reading, SOURCE, SYNC, {SYNC: table(SYNC, rows)})

    def _users(self, reading: Reading) -> None:
        """Every page that follows the last one kept; a link that is too old leads back to the beginning."""
        kept = self._store.names(reading, _USERS)
        if kept and kept[-1].endswith(_END):
            return
        link = self._store.note(reading, kept[-1]) if kept else self._link_before(reading)
        whole = kept[-1].startswith(_WHOLE) if kept else not link
        try:
            self._walk(reading, link or _START, len(kept), whole=whole)
        except LinkGone:
            self._walk(reading, _START, len(self._store.names(reading, _USERS)), whole=True)

    def _walk(self, reading: Reading, link: str, done: int, *, whole: bool) -> None:
        for number, page in enumerate(self._pages(link), start=done + 1):
            self._keep(reading, number, page, whole=whole)

    def _link_before(self, reading: Reading) -> str:
        """The link with which the reading before ended; empty where everything is to be read."""
        if reading.is_whole:
            return ""
        before = counted(self._store.readings())[-1]
        names = self._store.names(before, _USERS)
        return self._store.note(before, names[-1]) if names else ""

    def _pages(self, link: str) -> Iterator[Mapping[str, Any]]:
        following: str | None = link
        while following:
            page = self._graph.page(following)
            yield page
            following = page.get("@odata.nextLink")

    def _keep(self, reading: Reading, number: int, page: Mapping[str, Any], *, whole: bool) -> None:
        last = "@odata.deltaLink" in page
        link = str(page.get("@odata.deltaLink") or page.get("@odata.nextLink") or "")
        rows = table(USER, (_user(row, whole=whole) for row in page["value"]))
        name = f"{_WHOLE if whole else _CHANGED}-{number:06}{_END if last else ''}"
        self._store.keep(reading, SOURCE, name, {USER: rows}, link)
        self._progress("pages of users", number, number if last else number + 1)


def _user(row: Mapping[str, Any], *, whole: bool) -> Mapping[str, Any]:
    licences = row.get("assignedLicenses")
    return {
        **row,
        "whole": whole,
        "removed": "@removed" in row,
        "licences": None if licences is None else [str(each["skuId"]) for each in licences],
    }
