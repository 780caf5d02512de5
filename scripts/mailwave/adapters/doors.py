"""Whether the other side is there at all and lets us in: one small read before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from estate_schema.endpoints import Endpoints
from exchange_admin import connect


class NotOneSite(Exception):
    """What answers for *site* is not the site of the estate file: it has none of the servers *missing*."""

    def __init__(self, *, site: str, missing: Iterable[str], found: Iterable[str]) -> None:
        self.site = site
        self.missing = tuple(missing)
        self.found = tuple(found)
        super().__init__(
            f"site {site} has no Exchange server {', '.join(self.missing)}; it has {', '.join(self.found)}"
        )


class Doors:
    """The doors of the environment behind *endpoints*; it only reads."""

    def __init__(self, endpoints: Endpoints, *, sleep: Callable[[float], None]) -> None:
        self._endpoints = endpoints
        self._sleep = sleep

    def try_site(self, site: str, servers: Iterable[str]) -> None:
        """Sign in at *site* and see that each of *servers* is one of its Exchange servers.

        Raises:
            Unreachable: nothing answers there.
            Unauthorised: the account is refused.
            NotOneSite: a server is not one of its.
        """
        with connect.on_premises(self._endpoints, site, sleep=self._sleep) as admin:
            rows = admin.invoke("Get-ExchangeServer").rows
        found = sorted(str(row["Name"]) for row in rows)
        known = {name.upper() for name in found}
        missing = [server for server in servers if server.upper() not in known]
        if missing:
            raise NotOneSite(site=site, missing=missing, found=found)

    def try_tenant(self) -> None:
        """Sign in at Exchange Online.

        Raises:
            Unreachable: nothing answers there.
            Unauthorised: the application is refused.
        """
        connect.exchange_online(self._endpoints, sleep=self._sleep).invoke("Get-OrganizationConfig")
