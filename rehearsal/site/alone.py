"""`python -m rehearsal.site.alone`: serve one site, as large as asked for, without anything else of an estate.

It is for reading a large site through an unmodified client; nothing that is done to it is kept. `endpoints.json` in
its folder appears once it listens, and it ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import uvicorn

from rehearsal import kdc
from rehearsal.clock import VirtualClock
from rehearsal.credentials import SITE_USER
from rehearsal.environments import REHEARSAL
from rehearsal.estate import MAIL_DOMAIN, START, Estate, Server, people, rights
from rehearsal.estate import Site as Place
from rehearsal.estate.shape import EXCHANGE_2019, SMALL, Kind, Shape
from rehearsal.faults import FaultPlan
from rehearsal.site import Site
from rehearsal.site.app import KEEP_ALIVE_SECONDS, build, trouble

NAME = "leeds"
A_DATABASE = 1_000
AN_ORGANISATION = 1_000
"""About how many mailboxes a database holds, and how many an organisation has."""

_A_SERVER = 4
_HOST = "127.0.0.1"
_NOWHERE = f"https://{_HOST}:9"


def estate(mailboxes: int, seed: int = 7, *, servers: int = 1) -> Estate:
    """Make one site with that many *mailboxes* in databases of about a thousand, four on each of at least *servers*."""
    most = max(_A_SERVER * servers, mailboxes // A_DATABASE)
    databases = [f"DB{n:03}" for n in range(1, most + 1)]
    there = tuple(
        Server(
            f"EX{n:02}", f"ex{n:02}.{NAME}.{MAIL_DOMAIN}", EXCHANGE_2019, tuple(databases[first:][:_A_SERVER])
        )
        for n, first in enumerate(range(0, len(databases), _A_SERVER), start=1)
    )
    sizes = [min(AN_ORGANISATION, mailboxes - done) for done in range(0, mailboxes, AN_ORGANISATION)]
    shape = Shape(
        sites=(Place(NAME, f"mail.{NAME}.{MAIL_DOMAIN}", there, "NHSMAIL"),),
        kinds=(Kind("etr.csv", "trust", tuple((size, 0.0, NAME) for size in sizes)),),
        shared=SMALL.shared,
        troubled=(),
    )
    chosen = people.organisations(seed, shape)
    made = (rights.in_organisation(seed, people.mailboxes(seed, shape, each)) for each in chosen)
    return Estate(seed, REHEARSAL, shape.sites, tuple(chosen), tuple(one for its in made for one in its))


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input ends; then say how often each fault was met."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.site.alone", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--mailboxes", type=int, required=True)
    parser.add_argument("--servers", type=int, default=1, help="at least so many")
    parser.add_argument("--faults", type=Path, help="a fault plan for the service site-leeds")
    options = parser.parse_args(arguments)
    faults = FaultPlan.from_file(options.faults) if options.faults else FaultPlan.none()
    serve(options.home, estate(options.mailboxes, servers=options.servers), faults)
    print(json.dumps(faults.fired()))
    return 0


def serve(home: Path, whole: Estate, faults: FaultPlan) -> None:
    """Serve the one site of *whole*, by Kerberos where a realm can be run, and by NTLM elsewhere."""
    secret = _secret(home)
    site = Site(whole, VirtualClock(START))
    hosts = [server.fqdn for server in whole.site.servers]
    with _keytab(home, hosts, secret) as keytab, socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind((_HOST, 0))
        app = build(
            site.invoke, {SITE_USER: secret}, keytab=keytab, meddle=partial(trouble, faults, whole.site.name)
        )
        config = uvicorn.Config(
            app, http="h11", lifespan="off", log_level="critical", timeout_keep_alive=KEEP_ALIVE_SECONDS
        )
        port = listener.getsockname()[1]
        listener.listen()
        _say(home, hosts, port, SITE_USER if keytab is None else kdc.ACCOUNT)
        asyncio.run(_run(uvicorn.Server(config), listener))


@contextmanager
def _keytab(home: Path, hosts: Sequence[str], secret: str) -> Iterator[Path | None]:
    if kdc.missing():
        yield None
        return
    with kdc.running(home / kdc.FOLDER, {kdc.ACCOUNT: secret}, hosts) as realm:
        yield realm.keytab


def _secret(home: Path) -> str:
    file = home / "site-password"
    file.touch(mode=0o600)
    file.write_text(secrets.token_urlsafe(24), encoding="ascii")
    return file.read_text(encoding="ascii")


def _say(home: Path, hosts: Sequence[str], port: int, user: str) -> None:
    secret = {"secret_file": str(home / "site-password")}
    endpoints = {
        "token": _NOWHERE,
        "exchange_online": _NOWHERE,
        "tenant": REHEARSAL.id,
        "sites": [{"name": NAME, "powershell": f"http://{hosts[0]}/PowerShell/"}],
        "connect": {f"{host}:80": f"{_HOST}:{port}" for host in hosts},
        "credentials": {
            "exchange_online": {"client_id": "00000000-0000-0000-0000-000000000001", **secret},
            "sites": {"username": user, **secret},
            "notify": secret,
        },
    }
    part = home / "endpoints.json.part"
    part.write_text(json.dumps(endpoints, indent=2), encoding="utf-8")
    part.rename(home / "endpoints.json")


async def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    def stop() -> None:
        server.should_exit = True

    os.set_blocking(sys.stdin.fileno(), False)
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop)
    await server.serve(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
