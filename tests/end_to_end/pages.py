"""`mailwave serve` as its own process on a night of a rehearsal, for a browser."""

from __future__ import annotations

import csv
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx2

from estate_schema.endpoints import load_endpoints
from exchange_admin.reach import Reach
from exchange_admin.reach_httpx2 import http_client
from mailwave.adapters.ledger import Ledger
from rehearsal import server
from rehearsal.environments import REHEARSAL
from rehearsal.home import Home
from rehearsal.wire import Reply, Request
from tests.end_to_end.operator import ROOT, WHY, Operator

SIGN_IN = "login.microsoftonline.com"
_BESIDE = ("artifacts", "manifests", "readiness")
"""What lies beside a ledger that is a file."""


@dataclass(frozen=True)
class Site:
    """Pages that are served at *url* on a copy of a rehearsal's *ledger*, and who may sign in there."""

    url: str
    ledger: Path
    home: Path
    operator: Operator
    tenant: httpx2.Client

    @property
    def password(self) -> str:
        """Everybody's."""
        return (self.home / "credentials" / "people-password").read_text(encoding="ascii")

    @property
    def administrators(self) -> Mapping[str, str]:
        """The address of the local administrator of each organisation."""
        return {row["organisation"]: row["address"] for row in self._rows()}

    def _rows(self) -> list[dict[str, str]]:
        with (self.home / "administrators.csv").open(encoding="utf-8", newline="") as table:
            return list(csv.DictReader(table))

    @property
    def people(self) -> set[str]:
        """The ids of local administrators."""
        return {row["who"] for row in self._rows()}

    @property
    def operator_account(self) -> str:
        """Who operates the move."""
        return f"operator@{REHEARSAL.domain}"

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """The ledger that the pages are served on."""
        with opened(self.ledger) as ledger:
            yield ledger

    def answer(self, asked: Request) -> Reply:
        """What the rehearsal's Entra answers a browser, which finds it nowhere by itself."""
        address = f"https://{SIGN_IN}{asked.path}?{asked.query}"
        sent = {"content-type": "application/x-www-form-urlencoded"} if asked.body else {}
        found = self.tenant.request(asked.method, address, headers=sent, content=asked.body)
        headers = {name: text for name, text in found.headers.items() if name in {"content-type", "location"}}
        return Reply(found.status_code, headers, found.content)


@contextmanager
def served(home: Path, folder: Path) -> Iterator[Site]:
    """The pages of the rehearsal in *home*, on a copy of its ledger in *folder*, which may be written to."""
    ledger = _copied(home, folder)
    with ExitStack() as stack:
        held = stack.enter_context(Home.held(home))
        record = held.record()
        assert record is not None
        running = stack.enter_context(server.serving(held, record, None))
        operator = Operator(running.environment | {"MAILWAVE_LEDGER": _url(ledger)})
        tenant = stack.enter_context(
            http_client(Reach.of(load_endpoints(home / "endpoints.json")), patience=60)
        )
        port = _free()
        site = Site(f"http://localhost:{port}", ledger, home, operator, tenant)
        with opened(ledger) as kept:
            (night,) = kept.nights()
        _disturb(operator, night.wave)
        stack.enter_context(_serving(operator, site.url, port))
        yield site


def _disturb(operator: Operator, wave: str) -> None:
    """What a night has besides its moves: calls at the service desk, what did not arrive, and a hold."""
    for command in (
        ("notify", "read-back"),
        ("wave", "contacts", "--wave", wave, "--total", "3"),
        ("wave", "hold", "--wave", wave),
    ):
        done = operator.mailwave(*command, *WHY)
        assert 0 == done.code, done.text


@contextmanager
def _serving(operator: Operator, url: str, port: int) -> Iterator[None]:
    command = ["mailwave", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(operator.environment), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 120
        while not _answers(url):
            assert process.poll() is None, f"mailwave serve ended with {process.returncode}"
            assert time.monotonic() < deadline, "mailwave serve never answered"
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def _copied(home: Path, folder: Path) -> Path:
    """The ledger of *home* with what lies beside it, in *folder*; a killed process leaves its last writes in a file."""
    folder.mkdir()
    for file in home.glob("ledger.db*"):
        shutil.copy(file, folder)
    for name in _BESIDE:
        if (home / name).is_dir():
            shutil.copytree(home / name, folder / name)
    return folder / "ledger.db"


def opened(ledger: Path) -> Ledger:
    """The ledger in the file *ledger*."""
    return Ledger.open(_url(ledger), lambda: datetime.now(UTC))


def _url(ledger: Path) -> str:
    return f"sqlite:///{quote(str(ledger))}"


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
