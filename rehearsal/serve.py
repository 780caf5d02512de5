"""Serve the simulated estate on loopback until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn

from rehearsal import evidence, kdc
from rehearsal.administrators import make_administrators
from rehearsal.certificates import Authority
from rehearsal.credentials import RELAY_USER, Credentials
from rehearsal.errors import PortInUse
from rehearsal.estate import START, Estate
from rehearsal.faces import App, only
from rehearsal.mender import MENDER
from rehearsal.post.courier import COURIER
from rehearsal.services import Service, Speaking, kerberos_hosts, services
from rehearsal.site import app as site_app
from rehearsal.site import client_logs, web_logs
from rehearsal.site.wire_options import WireOptions
from rehearsal.world import World

HOST = "127.0.0.1"


@dataclass(frozen=True)
class ServeOptions:
    """*first_port*: use consecutive ports from there on; None has free ones chosen.

    *lifeline*: end when standard input ends, so that no server outlives whoever started it.
    """

    home: Path
    estate: Estate
    first_port: int | None = None
    lifeline: bool = False
    fault_file: Path | None = None


class _Server(uvicorn.Server):
    """A server among several in one loop: signals are handled once, for all of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    def stop(self) -> None:
        """End serving, once what is being answered is answered."""
        self.should_exit = True


class _Listener:
    """A server of something other than HTTP, which is run and told to stop as those of uvicorn are."""

    def __init__(self, connection: Callable[[], asyncio.Protocol]) -> None:
        self._connection = connection
        self._stopped = asyncio.Event()

    async def serve(self, *, sockets: list[socket.socket]) -> None:
        """Serve on *sockets* until told to `stop`."""
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(self._connection, sock=each) for each in sockets]
        await self._stopped.wait()
        for server in servers:
            server.close()

    def stop(self) -> None:
        """End serving; whoever is connected is cut off when the loop ends."""
        self._stopped.set()


def serve(options: ServeOptions) -> None:
    """Build, or rebuild from what is kept in *options.home*, the services of *options.estate*, and serve them.

    `endpoints.json` in that folder appears once everything listens. Raises `PortInUse`.
    """
    home = options.home
    home.mkdir(parents=True, exist_ok=True)
    credentials = Credentials.in_folder(home / "credentials")
    rows = services(options.estate)
    with _sign_in(home, credentials, options.estate) as credentials:
        _serve(options, rows, credentials)


@contextlib.contextmanager
def _sign_in(home: Path, credentials: Credentials, estate: Estate) -> Iterator[Credentials]:
    """Run the Kerberos realm of the sites' servers, or say that it is unproved: sites then take NTLM."""
    if (why := kdc.unproved()) is not None:
        print(why)
        yield credentials
        return
    accounts, hosts = {kdc.ACCOUNT: credentials.site_password}, kerberos_hosts(estate)
    with kdc.running(home / kdc.FOLDER, accounts, hosts, WireOptions().service_name) as realm:
        yield replace(credentials, keytab=realm.keytab)


def _serve(options: ServeOptions, rows: tuple[Service, ...], credentials: Credentials) -> None:
    home = options.home
    sockets = _sockets(rows, options.first_port)
    world = World(options.estate, home=home, fault_file=options.fault_file, secrets=credentials)
    client_logs.write(home / "client-logs", world.estate, START)
    web_logs.write(home / "web-logs", world.estate, START)
    evidence.write(home / "evidence", world.estate, START)
    authority = Authority.kept_in(home)
    places = {row: f"{HOST}:{sockets[row.name].getsockname()[1]}" for row in rows}
    servers = {row.name: _serving(row, place, authority, world, credentials) for row, place in places.items()}
    _write_endpoints(home, world, credentials, places)
    asyncio.run(_run(servers, sockets, lifeline=options.lifeline))
    world.log.close()


def _sockets(rows: tuple[Service, ...], first_port: int | None) -> dict[str, socket.socket]:
    sockets: dict[str, socket.socket] = {}
    for n, row in enumerate(rows):
        port = 0 if first_port is None else first_port + n
        # the protocol is named because asyncio turns Nagle's delay off only where it is: 9 ms a request, not 90
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise PortInUse(port=port, service=row.name, problem=error.strerror or str(error)) from None
        listener.listen()  # whoever connects before the servers run waits a moment
        sockets[row.name] = listener
    return sockets


def _serving(
    row: Service, place: str, authority: Authority, world: World, credentials: Credentials
) -> _Server | _Listener:
    if isinstance(row.app, Speaking):
        return _Listener(row.app.connections(world, credentials, authority.context(row.hosts)))
    tls = authority.context(row.hosts) if row.tls else None
    return _server(only(row.called(place), row.app(world, credentials)), tls)


def _server(app: App, tls: ssl.SSLContext | None) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http="h11",  # the strictest of uvicorn's parsers
            lifespan="off",
            log_level="critical",  # a dropped answer is a fault we made, not an error to report
            ssl_context_factory=(lambda _, __: tls) if tls else None,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=site_app.KEEP_ALIVE_SECONDS,  # a client cannot seal messages for a second connection
        )
    )


def _write_endpoints(home: Path, world: World, credentials: Credentials, places: dict[Service, str]) -> None:
    """Say where everything is; *places* are the addresses and ports where the services listen."""
    folder = credentials.folder
    addresses = {row: row.address(place) for row, place in places.items()}
    endpoints = {
        **{row.key: address for row, address in addresses.items() if row.key},
        "sites": [
            {"name": row.site, "powershell": address} for row, address in addresses.items() if row.site
        ],
        "connect": {name: place for row, place in places.items() for name in row.names},
        "ca": str(home / "ca.pem"),
        "approvers": str(home / "approvers.yaml"),
        "administrators": str(make_administrators(home, world)),
        "tenant": world.estate.tenant_id,
        "credentials": {
            "exchange_online": {
                "client_id": credentials.client_id,
                "secret_file": str(folder / "client-secret"),
            },
            "courier": {"client_id": COURIER, "secret_file": str(folder / "client-secret")},
            "mender": {"client_id": MENDER, "secret_file": str(folder / "client-secret")},
            "sites": {"username": credentials.site_user, "secret_file": str(folder / "site-password")},
            "notify": {"secret_file": str(folder / "notify-key")},
            "web": {
                "client_id": credentials.web_client_id,
                "secret_file": str(folder / "web-client-secret"),
                "keys": str(folder / "web-keys"),
            },
            "smtp": {"username": RELAY_USER, "secret_file": str(folder / "relay-password")},
        },
    }
    part = home / "endpoints.json.part"
    part.write_text(json.dumps(endpoints, indent=2) + "\n", encoding="utf-8")
    part.rename(home / "endpoints.json")


async def _run(
    servers: Mapping[str, _Server | _Listener], sockets: dict[str, socket.socket], *, lifeline: bool
) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers.values():
            server.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if lifeline:
        os.set_blocking(sys.stdin.fileno(), False)
        loop.add_reader(sys.stdin.fileno(), stop)  # nobody writes there: readable means that it ended
    await asyncio.gather(*(server.serve(sockets=[sockets[name]]) for name, server in servers.items()))
