"""Tries the way from this machine to Exchange Online: whether anything stands in it.

Microsoft asks for a direct way that nobody opens. What opens TLS signs with an authority of its own, which the
machines of its network trust: so only the public authorities count here, never the machine's list.
"""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import certifi

from estate_schema.connection_map import Place, place_of
from estate_schema.endpoints import Endpoints
from exchange_admin.reach import Reach

DIRECT, PROXIED, INSPECTED, BLOCKED = "direct", "proxied", "inspected", "blocked"
_WORST_FIRST = (BLOCKED, INSPECTED, PROXIED, DIRECT)

SECONDS = 10.0
"""How long a connection may take."""


def way_out(endpoints: Endpoints) -> str:
    """The worst that stands in the way to the tenant's Exchange Online and to where people sign in."""
    reach = Reach.of(endpoints)
    found = {_way_to(place_of(address), reach) for address in (endpoints.exchange_online, endpoints.token)}
    return next(way for way in _WORST_FIRST if way in found)


def _way_to(named: Place, reach: Reach) -> str:
    if not reach.connect and "https" in getproxies() and not proxy_bypass(named.host):
        return PROXIED
    place = reach.address(named.host, named.port) if reach.connect else named
    try:
        with (
            socket.create_connection((place.host, place.port), SECONDS) as plain,
            _public(reach.ca).wrap_socket(plain, server_hostname=named.host),
        ):
            return DIRECT
    except ssl.SSLCertVerificationError:
        return INSPECTED
    except OSError:
        return BLOCKED


def _public(ca: Path | None) -> ssl.SSLContext:
    """The TLS of a client that trusts the public authorities only, or only *ca* where it is given."""
    return ssl.create_default_context(cafile=str(ca) if ca else certifi.where())
