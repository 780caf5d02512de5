"""The served rehearsal, for clients that others wrote."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import requests

from exchange_admin.reach import Reach
from exchange_admin.reach_requests import mounted
from tests.served import served


@dataclass(frozen=True)
class Rehearsal:
    """A served estate of 500 mailboxes; *endpoints* as its file has them, *clients* closes the sessions made here."""

    endpoints: Mapping[str, Any]
    clients: ExitStack

    @property
    def client(self) -> str:
        """The id of the application."""
        return str(self.endpoints["credentials"]["exchange_online"]["client_id"])

    @property
    def folder(self) -> Path:
        """Where the secrets are."""
        return Path(self.endpoints["credentials"]["exchange_online"]["secret_file"]).parent

    def session(self, ca: Path | None = None) -> requests.Session:
        """A session of requests that finds the real names by the map, and trusts the throw-away authority, or *ca*."""
        reach = Reach(self.endpoints["connect"], ca or Path(self.endpoints["ca"]))
        return self.clients.enter_context(mounted(requests.Session(), reach))

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport of httpx that does the same."""
        return _Transport(self.endpoints)

    def advance(self, **span: float) -> None:
        """Let virtual time pass."""
        clock = self.endpoints["clock"]
        now = datetime.fromisoformat(httpx2.get(clock).json()["now"])
        httpx2.post(clock, json={"until": (now + timedelta(**span)).isoformat()}).raise_for_status()


class _Transport(httpx.AsyncHTTPTransport):
    def __init__(self, endpoints: Mapping[str, Any]) -> None:
        super().__init__(verify=ssl.create_default_context(cafile=endpoints["ca"]), trust_env=False)
        self._connect = endpoints["connect"]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        host, _, port = self._connect[f"{name}:443"].rpartition(":")
        there = httpx.Request(
            request.method,
            request.url.copy_with(host=host, port=int(port)),
            headers=request.headers,  # with the real name as Host
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        return await super().handle_async_request(there)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """One served rehearsal for the tests of a module, each of which leaves the objects of the others alone."""
    with served(tmp_path_factory.mktemp("rehearsal")) as endpoints, ExitStack() as clients:
        yield Rehearsal(json.loads(endpoints.read_text(encoding="utf-8")), clients)
