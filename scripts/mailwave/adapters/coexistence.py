"""Reads what joins the two halves of the organisation: some twenty cmdlets and one request, whatever a wave's size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from exchange_admin import ExchangeError
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import ExchangeAdmin, Row
from mailwave.adapters.graph import Graph
from mailwave.core.coexistence import Asked, Coexistence, Joined, Reading, Side, judged, questions
from mailwave.core.outcomes import ActRefused


class Halves(NamedTuple):
    """The ways to both halves. All sites are one Exchange organisation, so that one of them answers for it.

    *site* is opened and closed for each reading, as a shell that is left open is missed elsewhere (fact D7); *server*
    is one of its servers. *graph* is None where the endpoints file names none.
    """

    site: Callable[[], OnPremises]
    server: str
    online: ExchangeAdmin
    graph: Graph | None


class BothHalves:
    """Asks *halves*, which are called by *mail_domain* and *routing_domain*, at the time that *now* tells."""

    def __init__(
        self, halves: Halves, *, mail_domain: str, routing_domain: str, now: Callable[[], datetime]
    ) -> None:
        self._halves = halves
        self._domains = mail_domain, routing_domain
        self._now = now

    def read(self) -> Coexistence:
        """The evidence of this moment; what could not be read is a fault of its own and raises nothing."""
        joined = Joined(*self._domains, self._now())
        with self._halves.site() as site:
            readings = {asked: self._reading(asked, site) for asked in questions()}
        return judged(readings, joined)

    def _reading(self, asked: Asked, site: OnPremises) -> Reading:
        try:
            return Reading(tuple(self._rows(asked, site)))
        except (ExchangeError, ActRefused) as error:
            return Reading(unread=str(error))

    def _rows(self, asked: Asked, site: OnPremises) -> Sequence[Any]:
        cmdlet = f"Get-{asked.noun}"
        match asked.side:
            case Side.DIRECTORY:
                return self._directory(asked.noun)
            case Side.CLOUD:
                return self._halves.online.invoke(cmdlet).rows
            case Side.SITES if asked.noun == "AuthConfig":
                return list(self._signing(site))
            case Side.SITES:
                return site.invoke(cmdlet).rows

    def _directory(self, path: str) -> Sequence[Any]:
        if self._halves.graph is None:
            raise ActRefused(act="read", subject="Microsoft Graph", why="the endpoints file does not name it")
        return list(self._halves.graph.every(path))

    def _signing(self, site: OnPremises) -> Iterator[Row]:
        """What the organisation signs with for OAuth, and until when the certificate counts."""
        for row in site.invoke("Get-AuthConfig").rows:
            mine = str(row.get("CurrentCertificateThumbprint") or "").casefold()
            there = site.invoke("Get-ExchangeCertificate", {"Server": self._halves.server}).rows
            until = (each["NotAfter"] for each in there if str(each["Thumbprint"]).casefold() == mine)
            yield {**row, "NotAfter": next(until, None)}
