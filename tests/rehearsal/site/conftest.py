"""A site on loopback, and the unmodified pypsrp client that speaks to it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
from starlette.applications import Starlette

from rehearsal.clock import VirtualClock
from rehearsal.estate import START, Estate, generate
from rehearsal.site import Site
from rehearsal.site.app import KEEP_ALIVE_SECONDS, build
from rehearsal.site.shells import Shells
from rehearsal.wire import CmdletCall, CmdletResult

USER = "REHEARSAL\\migration"
OTHER_USER = "REHEARSAL\\auditor"
PASSWORD = "throw-away"


@dataclass
class Said:
    """What one pipeline wrote."""

    rows: list[dict[str, Any]]
    warnings: list[str]
    errors: list[Any]
    failed: bool


@dataclass
class Served:
    """A served site: *calls* are the cmdlets that reached it, *now* the time by which its shells age."""

    port: int
    shells: Shells
    calls: list[CmdletCall] = field(default_factory=list)
    now: float = 0.0

    def wsman(self, **settings: Any) -> WSMan:
        """A pypsrp connection, not yet opened."""
        chosen = {"path": "PowerShell", "auth": "ntlm", "username": USER, "password": PASSWORD} | settings
        host = chosen.pop("server", "127.0.0.1")
        return WSMan(host, port=self.port, ssl=False, encryption="always", no_proxy=True, **chosen)

    @contextlib.contextmanager
    def pool(self, **settings: Any) -> Iterator[RunspacePool]:
        """An open runspace pool."""
        with (
            self.wsman(**settings) as wsman,
            RunspacePool(wsman, configuration_name="Microsoft.Exchange") as pool,
        ):
            yield pool


def run(pool: RunspacePool, cmdlet: str, **parameters: Any) -> Said:
    """Run one cmdlet to its end."""
    return finish(PowerShell(pool).add_cmdlet(cmdlet).add_parameters(parameters))


def finish(pipeline: PowerShell) -> Said:
    """Run a pipeline to its end."""
    rows = [dict(row.adapted_properties) for row in pipeline.invoke()]
    warnings = [str(warning.message) for warning in pipeline.streams.warning]
    return Said(rows, warnings, pipeline.streams.error, pipeline.had_errors)


@pytest.fixture(scope="session")
def estate() -> Estate:
    """The small estate."""
    return generate(7)


@pytest.fixture
def clock() -> VirtualClock:
    """The clock at the beginning."""
    return VirtualClock(START)


@pytest.fixture
def site(estate: Estate, clock: VirtualClock) -> Site:
    """A fresh site."""
    return Site(estate, clock)


@pytest.fixture
def invoke(site: Site) -> Callable[..., CmdletResult]:
    """Run a cmdlet at the site, without a network."""
    return lambda cmdlet, **parameters: site.invoke(CmdletCall(USER, cmdlet, parameters))


@pytest.fixture
def served(site: Site) -> Iterator[Served]:
    """The site on loopback."""
    with serve(site.invoke) as served:
        yield served


@contextlib.contextmanager
def serve(invoke: Callable[[CmdletCall], CmdletResult], **settings: Any) -> Iterator[Served]:
    """Serve *invoke* on a free port of loopback from another thread; *settings*: of `build`."""
    served: Served

    def noted(call: CmdletCall) -> CmdletResult:
        served.calls.append(call)
        return invoke(call)

    users = {USER: PASSWORD, OTHER_USER: PASSWORD}
    with listening(build(noted, users, monotonic=lambda: served.now, **settings)) as served:
        yield served


@contextlib.contextmanager
def listening(app: Starlette) -> Iterator[Served]:
    """Serve the shells of *app* on a free port of loopback from another thread."""
    # asyncio sends small parts at once only on a socket that names its protocol
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, http="h11", lifespan="off", log_level="critical", timeout_keep_alive=KEEP_ALIVE_SECONDS
        )
        with _running(uvicorn.Server(config), listener):
            yield Served(listener.getsockname()[1], app.state.shells)


@contextlib.contextmanager
def _running(server: uvicorn.Server, listener: socket.socket) -> Iterator[None]:
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
