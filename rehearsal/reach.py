"""How the counting readers reach the services by the connection map of an endpoints file.

The operator's clients have their own way of doing this, and it is not shared on purpose: a mistake in theirs must not
be one of the readers that check on them.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
import requests
from requests.adapters import HTTPAdapter


def client(endpoints: Mapping[str, Any]) -> httpx2.Client:
    """A client with a mount for each mapped host, which connects to its address and greets it by its name."""
    context = ssl.create_default_context(cafile=endpoints["ca"])
    mounts = {
        f"{scheme}://{name}": _Mount(address, context)
        for name, address in endpoints["connect"].items()
        for scheme in ("https", "http")
    }
    return httpx2.Client(verify=context, mounts=mounts, trust_env=False)


class _Mount(httpx2.HTTPTransport):
    def __init__(self, address: str, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._host, _, self._port = address.rpartition(":")

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host=self._host, port=int(self._port))
        return super().handle_request(request)


class Adapter(HTTPAdapter):
    """For a session that speaks plain HTTP to mapped hosts: it connects to their addresses and names them in Host."""

    def __init__(self, connect: Mapping[str, str]) -> None:
        super().__init__()
        self._connect = connect

    def get_connection_with_tls_context(self, request: Any, *_args: object, **_kwargs: object) -> Any:
        """The pool of connections to where the request's host answers."""
        url = urlsplit(str(request.url))
        host, _, port = self._connect[f"{url.hostname}:{url.port or 80}"].rpartition(":")
        request.headers["Host"] = url.netloc
        return self.poolmanager.connection_from_host(host, int(port), "http")


def mount(session: requests.Session, endpoints: Mapping[str, Any]) -> requests.Session:
    """Lead the plain HTTP of *session* by the map."""
    session.proxies = {}
    session.mount("http://", Adapter(endpoints["connect"]))
    return session
