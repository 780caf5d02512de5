"""One simulated tenant in memory, Exchange Online and Graph over one directory, and the real clients joined to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from exchange_admin.online import ExchangeOnline
from exchange_admin.tokens import ClientSecretTokens
from mailwave.adapters import graph
from mailwave.adapters.graph import Graph
from mailwave.adapters.tenant import LiveTenant
from rehearsal.credentials import Credentials
from rehearsal.estate import generate
from rehearsal.wire import Reply, Request
from rehearsal.world import World

HOSTS = {"outlook.office365.com": "exchange_online", "graph.microsoft.com": "graph"}


class _Wire(httpx2.BaseTransport):
    def __init__(self, tenant: WholeTenant) -> None:
        self._tenant = tenant

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method, request.url.path, request.url.query.decode(), headers, request.read())
        reply = self._tenant.answer(request.url.host, asked)
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))


class WholeTenant:
    """The tenant of an estate kept in *home*; *answers* replaces the services' own, by path; *waits* in seconds."""

    def __init__(self, home: Path) -> None:
        faults = home / "faults.json"
        faults.write_text("[]", encoding="ascii")
        self.secrets = Credentials.in_folder(home / "credentials")
        self.world = World(generate(7), home=home, fault_file=faults, secrets=self.secrets)
        self.answers: dict[str, Reply] = {}
        self.waits: list[float] = []
        self._http = httpx2.Client(transport=_Wire(self))

    def answer(self, host: str, asked: Request) -> Reply:
        """What the service at *host* says."""
        for part, reply in self.answers.items():
            if part in asked.path:
                return reply
        return self.world.handler(HOSTS.get(host, "token"))(asked)

    @property
    def admin(self) -> ExchangeOnline:
        """Somebody who changes settings as a person in the admin centre would."""
        tenant = self.world.estate.tenant_id
        return ExchangeOnline(
            "https://outlook.office365.com",
            tenant,
            self._tokens("https://outlook.office365.com/.default"),
            self._http,
            dry_run=False,
            sleep=self._sleep,
        )

    def graph(self) -> Graph:
        """The Graph adapter, whose waits are written down."""
        return Graph("https://graph.microsoft.com", self._tokens(graph.SCOPE), self._http, self._sleep)

    @property
    def live(self) -> LiveTenant:
        """What the baseline reads."""
        return LiveTenant("rehearsal", self.admin, self.graph())

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Let virtual time pass."""
        clock = self.world.clock
        clock.advance_to(clock.now + timedelta(seconds=seconds))

    def set(self, cmdlet: str, **parameters: Any) -> None:
        """Run one cmdlet that changes something."""
        self.admin.invoke(cmdlet, parameters)

    def settle(self, name: str, values: Mapping[str, Any]) -> None:
        """Change a setting of the directory, for which the application of the move has no permission."""
        self.world.directory.settings.change(name, values)

    def close(self) -> None:
        """Close the files of the world."""
        self.world.log.close()

    def _tokens(self, scope: str) -> ClientSecretTokens:
        secret: Callable[[], str] = lambda: self.secrets.client_secret  # noqa: E731
        return ClientSecretTokens(
            "https://login.microsoftonline.com",
            self.world.estate.tenant_id,
            self.secrets.client_id,
            secret,
            self._http,
            scope,
        )
