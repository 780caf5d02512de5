# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The servers of a site that leave the organisation, one at a time, and the one that never does.

Microsoft's page "Manage recipients in Exchange Hybrid environments using Management tools" says of the last server: do
not uninstall it; shut it down, with the management tools of Exchange 2019 CU12 or later elsewhere. Uninstalling it
takes the attributes of mail from the directory that synchronisation carries to the cloud. So what is left of the
organisation is read at a site that stays, and from its own server, which thereby shows that it is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import is_edge
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import Site
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError

from exchange_admin.port import ExchangeAdmin

CHECK = "site-has-servers"


class LastServer(PlayError):
    """*server* is the last of the organisation, as far as anybody else can tell: no play uninstalls it."""

    def __init__(self, *, server: str) -> None:
        self.server = server
        super().__init__(
            f"{server} is not uninstalled: no server of a site that stays is listed beside it, and the organisation's "
            "last server is shut down and never uninstalled, after Exchange's management tools are set up elsewhere"
        )


class StillListed(PlayError):
    """Exchange was uninstalled from *server*, and the directory still lists it after *seconds*."""

    outcome = "unknown"

    def __init__(self, *, server: str, seconds: float) -> None:
        self.server = server
        self.seconds = seconds
        super().__init__(f"the sites that stay still list {server} after {seconds:.0f} s")


@dataclass(frozen=True)
class Wait:
    """How many *seconds* the directory may take, with a look every *pause*; *now* and *sleep* are time's."""

    seconds: float = 1800.0
    pause: float = 15.0
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def listed(witness: ExchangeAdmin, site: Site) -> tuple[list[str], list[str]]:
    """The servers of *site* that the organisation still has, and those of other sites, as *witness* lists them.

    An Edge Transport server of another site does not count: none can stand for the last server.
    """
    rows = witness.invoke("Get-ExchangeServer").rows
    own = [str(row["Name"]) for row in rows if site.has(row["Name"])]
    return own, [str(row["Name"]) for row in rows if not (site.has(row["Name"]) or is_edge(row))]


def in_order(servers: Sequence[str], answering: str) -> list[str]:
    """*servers* with the one that is *answering* for the site at the end: the gates of the others are asked there."""
    host = answering.partition(".")[0].casefold()
    return sorted(servers, key=lambda name: (name.casefold() == host, name))


def require_not_last(staying: Sequence[str], server: str) -> None:
    """Raise `LastServer` where no server of another site stays."""
    if not staying:
        raise LastServer(server=server)


def until_gone(witness: ExchangeAdmin, site: Site, server: str, wait: Wait) -> None:
    """Wait until *server* is not listed any more; raise `StillListed`.

    Each site's domain controllers learn of it a while after Setup wrote it (Active Directory's replication).
    """
    deadline = wait.now() + wait.seconds
    while any(each.casefold() == server.casefold() for each in listed(witness, site)[0]):
        if wait.now() >= deadline:
            raise StillListed(server=server, seconds=wait.seconds)
        wait.sleep(wait.pause)
