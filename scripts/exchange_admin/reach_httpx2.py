"""A `Reach` for httpx2, which the adapter for Exchange Online and msal speak through."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2

from exchange_admin.reach import AuthorityUnreadable, Reach

CONNECT_SECONDS = 30.0
_PORTS = {"http": 80, "https": 443}


def http_client(reach: Reach, patience: float = 960.0) -> httpx2.Client:
    """Return a client that follows no redirect by itself and speaks through *reach*.

    *patience* is how many seconds one answer may take: the service itself gives up after about 15 minutes (fact A26).

    :raises AuthorityUnreadable: if the file of the certificate authority cannot be used.
    """
    context = _context(reach.ca)
    return httpx2.Client(
        verify=context,
        transport=Mapped(reach, context) if reach.connect else None,  # with one, httpx2 uses no proxy
        timeout=httpx2.Timeout(patience, connect=CONNECT_SECONDS),
        follow_redirects=False,
    )


class Mapped(httpx2.BaseTransport):
    """Carries each request to where *reach* maps its host; what the request says, and to whom, stays as it is.

    Every mapped host has connections of its own, even where two are at one address: a connection belongs to the name
    in its TLS handshake.
    """

    def __init__(self, reach: Reach, context: ssl.SSLContext | bool) -> None:  # noqa: FBT001 - as httpx2 has it
        self._reach = reach
        self._context = context
        self._roads: dict[tuple[str, str, int], httpx2.HTTPTransport] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """See `httpx2.BaseTransport`; raises `exchange_admin.reach.NotMapped`."""
        url = request.url
        name = (url.scheme, url.host, url.port or _PORTS[url.scheme])
        there = self._reach.address(name[1], name[2])
        road = self._roads.get(name)
        if road is None:
            fresh = httpx2.HTTPTransport(verify=self._context, trust_env=False)
            road = self._roads.setdefault(name, fresh)  # of two threads the first one's is kept
        return road.handle_request(
            httpx2.Request(
                request.method,
                url.copy_with(host=there.host, port=there.port),
                headers=request.headers,  # with Host as it was
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host},
            )
        )

    def close(self) -> None:
        """Close every connection."""
        for road in self._roads.values():
            road.close()


def _context(ca: Path | None) -> ssl.SSLContext | bool:
    if ca is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        raise AuthorityUnreadable(ca=ca, why=str(error.strerror or error)) from error
