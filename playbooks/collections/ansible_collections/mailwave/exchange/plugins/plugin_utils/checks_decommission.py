# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Whether a site may be taken down: nobody lives there any more, nothing moves, and no mail goes that way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ansible_collections.mailwave.exchange.plugins.plugin_utils import relay_log
from ansible_collections.mailwave.exchange.plugins.plugin_utils.residents import (
    OWN_KINDS,
    Held,
    own_mailboxes,
)

from exchange_admin.errors import ExchangeError
from exchange_admin.migration.batch import ENDED
from exchange_admin.port import ExchangeAdmin
from exchange_admin.values import plain

Checks = list[dict[str, Any]]
SHOWN = 5
_ALL = {"ResultSize": "Unlimited"}
_ROOT = "IPM_SUBTREE"
EXCHANGERS = (".mail.protection.outlook.com", ".mx.microsoft")
"""How the names of the hosts end that take mail for a tenant."""
AUTODISCOVER = "autodiscover.outlook.com"
"""Where autodiscover of a domain leads whose mailboxes are all in the tenant."""


class NotTold(Exception):
    """Something that no service shows was not handed in."""


@dataclass(frozen=True)
class Leaving:
    """The site that is to go: its *name*, its migration *endpoint* and its *servers*, by their short names.

    *logs* is the folder of what its servers logged on receiving mail, None where none was handed in; *now* the moment
    that they are judged at; *domains* are those of its mail, *tools* the machine that has Exchange's management tools
    when the last server is gone. *listening* are those of its servers that take mail still, all of them where it is
    None: the others have no log of the last day.
    """

    name: str
    endpoint: str
    servers: tuple[str, ...]
    now: datetime
    domains: tuple[str, ...]
    logs: Path | None = None
    tools: str = ""
    listening: tuple[str, ...] | None = None


class Names(Protocol):
    """DNS: None where no answer came."""

    def mail_exchangers(self, domain: str) -> tuple[str, ...] | None:
        """The hosts of the MX of *domain*, in lower case."""
        ...

    def autodiscover(self, domain: str) -> tuple[str, ...] | None:
        """Where autodiscover of *domain* leads, in lower case."""
        ...


Looks = Mapping[str, Callable[[], list[str]]]
"""Gates by their ids: each look names what is left, and holds where nothing is."""


def checks(site: ExchangeAdmin, tenant: ExchangeAdmin, names: Names | None, leaving: Leaving) -> Checks:
    """The gates of the site that is *leaving*; it may go when all of them hold.

    A read that fails leaves its own gate unknown, and the others are read all the same.
    """
    return asked(looks(site, tenant, names, leaving), leaving.name)


def asked(looks: Looks, site: str) -> Checks:
    """What each of *looks* finds at *site*; a read that fails leaves its own unknown."""
    return [_check(check, look, site) for check, look in looks.items()]


def looks(site: ExchangeAdmin, tenant: ExchangeAdmin, names: Names | None, leaving: Leaving) -> Looks:
    """The fifteen gates of the site that is *leaving*, none of them read yet."""
    held = Held(site, leaving.servers)
    return {
        "site-holds-mailboxes": lambda: held.mailboxes,
        "site-holds-system-mailboxes": lambda: _system_mailboxes(site, leaving),
        "site-holds-archives": lambda: held.archives_left,
        "site-holds-archives-of-others": lambda: held.archives_of_others,
        "site-holds-public-folders": lambda: _public_folders(site),
        "site-holds-groups": lambda: _addresses(site, "DistributionGroup", "DynamicDistributionGroup"),
        "site-holds-contacts": lambda: _addresses(site, "MailContact"),
        "site-holds-batches": lambda: _batches(tenant, leaving.endpoint),
        "site-holds-endpoint": lambda: _endpoint(tenant, leaving.endpoint),
        "site-receives-mail": lambda: _led(leaving, names and names.mail_exchangers, EXCHANGERS),
        "site-answers-autodiscover": lambda: _led(leaving, names and names.autodiscover, (AUTODISCOVER,)),
        "site-carries-mail": lambda: _connectors(tenant),
        "site-sends-mail": lambda: _send_connectors(site, leaving),
        "site-relays-mail": lambda: _relayed(leaving),
        "site-is-the-last": lambda: _last(site, leaving),
    }


def _check(check: str, look: Callable[[], list[str]], site: str) -> dict[str, Any]:
    try:
        found = look()
    except (ExchangeError, NotTold, relay_log.LogUnreadable) as error:
        return {"id": check, "unknown": str(error), "subject": site}
    rest = len(found) - SHOWN
    shown = [*found[:SHOWN], *([f"and {rest} more"] if rest > 0 else [])]
    return {"id": check, "holds": not found, "found": shown, "expected": [], "subject": site}


def _system_mailboxes(site: ExchangeAdmin, leaving: Leaving) -> list[str]:
    """The organisation's own mailboxes that a server of the site holds: no plain Get-Mailbox shows them.

    Those of arbitration and of the audit log are in the forest's root domain, which no site's own scope need be.
    """
    servers = {each.casefold() for each in leaving.servers}
    return sorted(
        f"{row['Name']} ({kind})"
        for kind in OWN_KINDS
        for row in own_mailboxes(site, kind)
        if str(plain(row["ServerName"])).casefold() in servers
    )


def _public_folders(site: ExchangeAdmin) -> list[str]:
    rows = site.invoke("Get-PublicFolder", {"Recurse": True, **_ALL}).rows
    return sorted(str(row["Name"]) for row in rows if row["Name"] != _ROOT)


def _addresses(site: ExchangeAdmin, *nouns: str) -> list[str]:
    """Recipients of these kinds that are still kept there."""
    return sorted(str(row["Name"]) for noun in nouns for row in site.invoke(f"Get-{noun}", _ALL).rows)


def _endpoint(tenant: ExchangeAdmin, endpoint: str) -> list[str]:
    """The migration endpoint, while it stands: the stack `hybrid` owns it."""
    rows = tenant.invoke("Get-MigrationEndpoint").rows
    return sorted(
        str(row["Identity"]) for row in rows if str(row["Identity"]).casefold() == endpoint.casefold()
    )


def _led(
    leaving: Leaving, ask: Callable[[str], tuple[str, ...] | None] | None, ends: tuple[str, ...]
) -> list[str]:
    """Its domains that lead elsewhere than to hosts whose names end with one of *ends*, each with where it leads."""
    if ask is None:
        raise NotTold("the endpoints file names no name server")
    found = []
    for domain in leaving.domains:
        hosts = ask(domain)
        if hosts is None:
            raise NotTold(f"no name server answered for {domain}")
        if not hosts or not all(host.endswith(ends) for host in hosts):
            found.append(f"{domain} leads to {', '.join(hosts) or 'nowhere'}")
    return found


def _send_connectors(site: ExchangeAdmin, leaving: Leaving) -> list[str]:
    """Enabled connectors by which a server of the site sends: they have to be others' before it goes."""
    servers = {each.casefold() for each in leaving.servers}
    return sorted(
        str(row["Name"])
        for row in site.invoke("Get-SendConnector").rows
        if plain(row["Enabled"])
        and servers & {str(each).casefold() for each in row["SourceTransportServers"]}
    )


def _relayed(leaving: Leaving) -> list[str]:
    """Who sent by its servers in the last 30 days; logs that do not cover them say nothing."""
    if leaving.logs is None:
        raise NotTold("no SMTP receive logs of its servers were handed in")
    heard = relay_log.read(leaving.logs)
    deaf = [] if leaving.listening is None else sorted({*leaving.servers} - {*leaving.listening})
    if missing := relay_log.uncovered(heard, leaving.servers, leaving.now, deaf):
        raise NotTold("; ".join(missing))
    return relay_log.senders(heard, leaving.servers, leaving.now)


def _last(site: ExchangeAdmin, leaving: Leaving) -> list[str]:
    """Its servers, where they are the organisation's last and nothing takes their place."""
    going = {each.casefold() for each in leaving.servers}
    every = {str(row["Name"]) for row in site.invoke("Get-ExchangeServer").rows if not is_edge(row)}
    stay = sorted(each for each in every if each.casefold() not in going)
    return [] if stay or leaving.tools else sorted(every)


def is_edge(row: Mapping[str, Any]) -> bool:
    """Whether a server is at the network's edge: subscribed, it is listed, and it keeps nothing of the organisation."""
    return str(plain(row.get("ServerRole"))).casefold() == "edge"


def _batches(tenant: ExchangeAdmin, endpoint: str) -> list[str]:
    """Batches of its endpoint that have not ended (fact B34b)."""
    rows = tenant.invoke("Get-MigrationBatch", {"ResultSize": "Unlimited"}).rows
    return sorted(
        f"{row['Identity']} ({plain(row.get('Status'))})"
        for row in rows
        if endpoint.casefold() in _endpoints(row) and str(plain(row.get("Status"))).casefold() not in ENDED
    )


def _endpoints(row: Mapping[str, Any]) -> set[str]:
    return {str(plain(row.get(name)) or "").casefold() for name in ("SourceEndpoint", "TargetEndpoint")}


def _connectors(tenant: ExchangeAdmin) -> list[str]:
    """Enabled connectors that lead mail by way of the sites (fact D12: those of type OnPremises)."""
    rows = tenant.invoke("Get-OutboundConnector").rows
    return sorted(
        str(row["Name"])
        for row in rows
        if plain(row.get("Enabled")) and str(plain(row.get("ConnectorType"))).casefold() == "onpremises"
    )
