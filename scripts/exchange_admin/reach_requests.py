"""A `Reach` for sessions of requests, which pypsrp and the Notify client speak through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from exchange_admin.reach import AuthorityUnreadable, Reach


def mounted(session: requests.Session, reach: Reach) -> requests.Session:
    """Have *session* speak through *reach* from now on, with the retries that it had; return it.

    :raises AuthorityUnreadable: if the file of the certificate authority is not there.
    """
    if reach.ca is not None and not reach.ca.is_file():
        raise AuthorityUnreadable(ca=reach.ca, why="no such file")
    if reach.ca is not None:
        session.verify = str(reach.ca)
    if reach.connect:
        for scheme in ("http://", "https://"):
            kept = session.get_adapter(scheme)
            session.mount(scheme, Mapped(reach, getattr(kept, "max_retries", 0)))
    return session


class Mapped(HTTPAdapter):
    """Carries each request to where *reach* maps its host; SNI, the certificate's check and Host keep the real name."""

    def __init__(self, reach: Reach, retries: Retry | int = 0) -> None:
        self._reach = reach
        super().__init__(max_retries=retries)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the signature of requests
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - the same
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """See `HTTPAdapter.send`; no proxy is used, and the machine's list of authorities does not overrule ours."""
        return super().send(request, stream, timeout, str(self._reach.ca or "") or verify, cert, {})

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Name the address to connect to, and the name to greet and to check there; raises `NotMapped`."""
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(request, verify, cert)
        name = str(host_params["host"])
        port = host_params["port"] or (443 if host_params["scheme"] == "https" else 80)
        there = self._reach.address(name, int(port))
        if host_params["scheme"] == "https":
            pool_kwargs |= {"server_hostname": name, "assert_hostname": name}
        return {**host_params, "host": there.host, "port": there.port}, pool_kwargs

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        """Say whom the request is for: the connection knows only an address."""
        request.headers["Host"] = _netloc(str(request.url))


def _netloc(url: str) -> str:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    return host if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{parts.port}"
