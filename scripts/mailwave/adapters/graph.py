"""Microsoft Graph, read only: one object or every page of a list, within its limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

from estate_schema import Endpoints
from exchange_admin import ExchangeError
from exchange_admin.reach import Reach
from exchange_admin.reach_httpx2 import http_client
from exchange_admin.tokens import ClientSecretTokens, TokenSource
from mailwave.core.outcomes import ActRefused

SCOPE = "https://graph.microsoft.com/.default"
PATIENCE = 100.0
"""Seconds that one answer may take."""

ATTEMPTS = 5
USUAL_WAIT = 10.0
"""Seconds to wait where a refusal names none (fact C24)."""

_AGAIN = frozenset({429, 502, 503, 504})

Row = Mapping[str, Any]


class Graph:
    """The Graph of one tenant at *base*; *sleep* waits the given seconds."""

    def __init__(
        self, base: str, tokens: TokenSource, http: httpx2.Client, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._base = f"{base.rstrip('/')}/v1.0"
        self._tokens = tokens
        self._http = http
        self._sleep = sleep

    @classmethod
    def connect(cls, endpoints: Endpoints, sleep: Callable[[float], None]) -> Graph | None:
        """The Graph that *endpoints* names, or None where it names none; nothing connects before the first read.

        The application is the one that reads Exchange Online.
        """
        if endpoints.graph is None:
            return None
        http = http_client(Reach.of(endpoints), PATIENCE)
        credential = endpoints.credentials.exchange_online
        tokens = ClientSecretTokens(
            endpoints.token, endpoints.tenant, credential.client_id, credential.secret, http, SCOPE
        )
        return cls(endpoints.graph, tokens, http, sleep)

    def one(self, path: str) -> Row | None:
        """The object at *path*, with its query; None where there is none.

        Raises:
            ActRefused: it could not be read.
        """
        return self._get(f"{self._base}/{path}")

    def every(self, path: str) -> Iterator[Row]:
        """Each object of the list at *path*, page by page (fact E1); raises as `one` does."""
        address: str | None = f"{self._base}/{path}"
        while address:
            page = self._get(address)
            if page is None:
                raise _unread(address, "there is no such list")
            yield from page["value"]
            address = page.get("@odata.nextLink")

    def _get(self, address: str) -> Row | None:
        for _ in range(ATTEMPTS - 1):
            reply = self._send(address)
            if reply.status_code not in _AGAIN:
                return _read(address, reply)
            self._sleep(_wait(reply))
        return _read(address, self._send(address))

    def _send(self, address: str) -> httpx2.Response:
        try:
            token = self._tokens.token()
            return self._http.get(address, headers={"authorization": f"Bearer {token}"})
        except (httpx2.TransportError, ExchangeError) as error:
            raise _unread(address, f"{type(error).__name__}: {error}") from error


def _read(address: str, reply: httpx2.Response) -> Row | None:
    if reply.status_code == httpx2.codes.NOT_FOUND:
        return None
    if reply.status_code != httpx2.codes.OK:
        raise _unread(address, f"{reply.status_code} {_said(reply)}")
    found: Row = reply.json()
    return found


def _said(reply: httpx2.Response) -> str:
    """Graph's own sentence."""
    try:
        return str(reply.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return reply.reason_phrase


def _wait(reply: httpx2.Response) -> float:
    try:
        return float(reply.headers.get("retry-after", USUAL_WAIT))
    except ValueError:
        return USUAL_WAIT


def _unread(address: str, why: str) -> ActRefused:
    return ActRefused(act="read", subject=address.partition("?")[0], why=why)
