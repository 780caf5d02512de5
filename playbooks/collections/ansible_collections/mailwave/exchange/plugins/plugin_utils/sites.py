# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""A site's remote PowerShell by the endpoints file: at its own address, or at another server of the same site."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from ansible_collections.mailwave.exchange.plugins.plugin_utils.keeping import Site

# The strategy loads an action once, before it forks a worker for each task: what connect would import late in every
# worker is imported here once.
import exchange_admin.onpremises
import exchange_admin.psrp  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises
from exchange_admin.onpremises import OnPremises


def reached(endpoints: Endpoints, site: str, *, dry_run: bool) -> Site:
    """The site called *site*; raises `ConfigurationError` where the endpoints file has none."""
    url = endpoints.site(site).powershell

    def connect(host: str) -> OnPremises:
        found = _at(endpoints, site, host) if host else endpoints
        return on_premises(found, site, dry_run=dry_run)

    return Site(url, connect)


def _at(endpoints: Endpoints, site: str, host: str) -> Endpoints:
    """*endpoints* with the remote PowerShell of *site* at the server called *host*."""
    parts = urlsplit(endpoints.site(site).powershell)
    place = f"{host}:{parts.port}" if parts.port else host
    url = urlunsplit(parts._replace(netloc=place))
    sites = tuple(
        each.model_copy(update={"powershell": url}) if each.name == site else each for each in endpoints.sites
    )
    return endpoints.model_copy(update={"sites": sites})
