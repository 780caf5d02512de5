# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Which gates each step of taking a site down asks, before anything of it is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.mailwave.exchange.plugins.plugin_utils import checks_decommission, decommission
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import (
    Checks,
    Leaving,
    Names,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import Site, Step
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import judge

from exchange_admin.port import ExchangeAdmin
from exchange_admin.values import plain

LATER = None
"""What comes after the last step that Exchange's cmdlets do: maintenance, and Setup."""

_BEFORE: dict[Step | None, tuple[Step, ...]] = {
    Step.MAIL_FLOW: (),
    Step.CLIENTS: (),
    Step.DATABASES: (Step.MAIL_FLOW, Step.CLIENTS),
    Step.GROUP: (Step.MAIL_FLOW, Step.CLIENTS, Step.DATABASES),
    LATER: tuple(Step),
}
_NOT_ASKED: dict[Step | None, frozenset[str]] = {
    Step.MAIL_FLOW: frozenset({"site-sends-mail"}),
    Step.CLIENTS: frozenset({"site-sends-mail", "site-relays-mail"}),
}
_LATER = frozenset({"site-relays-mail"})
"""Servers that take no mail any more write no logs: later steps ask instead that they take none."""


class GateShut(PlayError):
    """The site may not be taken down now: *why*, by the gates that do not hold; nothing was done since they did."""

    def __init__(self, *, site: str, why: str) -> None:
        self.site = site
        self.why = why
        super().__init__(f"{site} may not be taken down: {why}")


@dataclass(frozen=True)
class Gatekeeper:
    """Asks the gates of a *step* of the site that is *leaving*, from both sides and DNS, each time anew."""

    site: ExchangeAdmin
    tenant: ExchangeAdmin
    names: Names | None
    leaving: Leaving
    step: Step | None

    def __call__(self) -> None:
        """Ask all of them; raise `GateShut` where one does not hold, or nobody knows."""
        if why := judge(self.checks(), server="exchange-online").sentence:
            raise GateShut(site=self.leaving.name, why=why)

    def checks(self) -> Checks:
        """What each gate says."""
        skipped = _NOT_ASKED.get(self.step, _LATER)
        asked = dict(checks_decommission.looks(self.site, self.tenant, self.names, self._heard()))
        looks = {name: look for name, look in asked.items() if name not in skipped}
        site = Site(self.leaving.servers)
        for step in _BEFORE[self.step]:
            looks |= decommission.looks(self.site, step, site)
        return checks_decommission.asked(looks, self.leaving.name)

    def _heard(self) -> Leaving:
        """The site with those servers alone that take mail still: one that takes none has no log of today."""
        if self.step is not Step.MAIL_FLOW:
            return self.leaving
        rows = self.site.invoke("Get-ReceiveConnector").rows
        listening = {str(plain(row["Server"])).casefold() for row in rows if plain(row["Enabled"])}
        own = tuple(each for each in self.leaving.servers if each.casefold() in listening)
        return replace(self.leaving, listening=own)
