"""Serve the simulated estate on loopback until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme
import uvicorn

from rehearsal.credentials import SITE_USER, Credentials
from rehearsal.errors import PortInUse
from rehearsal.estate import START
from rehearsal.faces import App, face
from rehearsal.site import app as site_app
from rehearsal.site import client_logs
from rehearsal.world import World

HOST = "127.0.0.1"
TLS_SERVICES = ("token", "exchange_online")
PLAIN_SERVICES = ("site", "notify", "clock", "cloud")


@dataclass(frozen=True)
class ServeOptions:
    """*first_port*: use consecutive ports from there on; None has free ones chosen.

    *lifeline*: end when standard input ends, so that no server outlives whoever started it.
    """

    home: Path
    seed: int
    first_port: int | None = None
    lifeline: bool = False
    fault_file: Path | None = None


class _Server(uvicorn.Server):
    """A server among several in one loop: signals are handled once, for all of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def serve(options: ServeOptions) -> None:
    """Build or rebuild the estate kept in *options.home* and serve it.

    `endpoints.json` in that folder appears once everything listens. Raises `PortInUse`.
    """
    home = options.home
    home.mkdir(parents=True, exist_ok=True)
    credentials = Credentials.in_folder(home / "credentials")
    sockets = _sockets(options.first_port)
    world = World(seed=options.seed, home=home, fault_file=options.fault_file, secrets=credentials)
    client_logs.write(home / "client-logs", world.estate, START)
    apps = _apps(world, credentials)
    tls = _certificates(home)
    servers = {name: _server(apps[name], tls if name in TLS_SERVICES else None) for name in sockets}
    _write_endpoints(home, world, credentials, {name: s.getsockname()[1] for name, s in sockets.items()})
    asyncio.run(_run(servers, sockets, lifeline=options.lifeline))
    world.log.close()


def _sockets(first_port: int | None) -> dict[str, socket.socket]:
    sockets: dict[str, socket.socket] = {}
    for n, name in enumerate(TLS_SERVICES + PLAIN_SERVICES):
        port = 0 if first_port is None else first_port + n
        # the protocol is named because asyncio turns Nagle's delay off only where it is: 9 ms a request, not 90
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise PortInUse(port=port, service=name, problem=error.strerror or str(error)) from None
        listener.listen()  # whoever connects before the servers run waits a moment
        sockets[name] = listener
    return sockets


def _apps(world: World, credentials: Credentials) -> dict[str, App]:
    apps = {name: face(world.handler(name)) for name in TLS_SERVICES + PLAIN_SERVICES if name != "site"}
    apps["site"] = site_app.build(world.invoke, {SITE_USER: credentials.site_password})
    return apps


def _certificates(home: Path) -> tuple[Path, Path]:
    """The certificate chain with key, and the authority's certificate, made once for each rehearsal."""
    chain, authority = home / "credentials" / "server.pem", home / "ca.pem"
    if not chain.exists():
        issuer = trustme.CA()
        leaf = issuer.issue_cert(HOST, "localhost")
        issuer.cert_pem.write_to_path(str(authority))
        leaf.private_key_and_cert_chain_pem.write_to_path(str(chain))
        chain.chmod(0o600)
    return chain, authority


def _server(app: App, tls: tuple[Path, Path] | None) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_level="critical",  # a dropped answer is a fault we made, not an error to report
            ssl_certfile=str(tls[0]) if tls else None,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=site_app.KEEP_ALIVE_SECONDS,  # a client cannot seal messages for a second connection
        )
    )


def _write_endpoints(home: Path, world: World, credentials: Credentials, ports: dict[str, int]) -> None:
    folder = credentials.folder
    endpoints = {
        "token": f"https://{HOST}:{ports['token']}",
        "graph": None,
        "s3": None,
        "exchange_online": f"https://{HOST}:{ports['exchange_online']}",
        "sites": [
            {"name": world.estate.site.name, "powershell": f"http://{HOST}:{ports['site']}/PowerShell/"}
        ],
        "notify": f"http://{HOST}:{ports['notify']}",
        "clock": f"http://{HOST}:{ports['clock']}/clock",
        "cloud": f"http://{HOST}:{ports['cloud']}/cloud",
        "ca": str(home / "ca.pem"),
        "tenant": world.estate.tenant_id,
        "credentials": {
            "exchange_online": {
                "client_id": credentials.client_id,
                "secret_file": str(folder / "client-secret"),
            },
            "sites": {"username": SITE_USER, "secret_file": str(folder / "site-password")},
            "notify": {"secret_file": str(folder / "notify-key")},
        },
    }
    part = home / "endpoints.json.part"
    part.write_text(json.dumps(endpoints, indent=2) + "\n", encoding="utf-8")
    part.rename(home / "endpoints.json")


async def _run(servers: dict[str, _Server], sockets: dict[str, socket.socket], *, lifeline: bool) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers.values():
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if lifeline:
        os.set_blocking(sys.stdin.fileno(), False)
        loop.add_reader(sys.stdin.fileno(), stop)  # nobody writes there: readable means that it ended
    await asyncio.gather(*(server.serve(sockets=[sockets[name]]) for name, server in servers.items()))
