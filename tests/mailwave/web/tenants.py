"""A tenant at which people sign in, joined in memory to the client that signs them in, and two organisations' pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import msgspec
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.routing import Route

from estate_schema.administrators import COLUMNS
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.sign_in import TenantSignIn
from mailwave.core.visitors import OPERATE, Signed
from mailwave.web.app import Entrance, Readers, Site, application
from mailwave.web.serving import MODULES
from mailwave.web.sessions import Sessions
from mailwave.wiring import readiness
from mailwave.wiring.pages import Office
from mailwave.wiring.settings import Settings
from rehearsal.identity import TokenService
from rehearsal.identity.people import People, Person
from rehearsal.wire import Request
from tests.mailwave.adapters.ledgers import TestClock
from tests.mailwave.web.sites import FORESEEN, a_listener, a_night, a_watch, address, served

TENANT = "6c0b6a53-0000-4000-8000-000000000001"
HOST = "login.microsoftonline.com"
PASSWORD = "a throw-away password"
ANNE, BERT, OLGA, PETE = (f"00000000-0000-0000-0000-00000000000{n}" for n in "abcd")
KEYS = {who: Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n, who in enumerate((ANNE, BERT))}
HOSTILE = "<script>alert(1)</script>{{7*7}}=cmd\u202eevil\x1b[31m"
PEOPLE = (
    Person(ANNE, "anne@nhsmail.example", HOSTILE),
    Person(BERT, "bert@nhsmail.example", "Bert"),
    Person(OLGA, "olga@nhsmail.example", "Olga", roles=(OPERATE,)),
    Person(PETE, "person0@nhsmail.example", "Pete"),
)
"""Anne administers RR8, Bert A81001; Olga operates; Pete has mailbox number 0."""


def a_tenant(**changes: object) -> TokenService:
    """The identity service, with those people; *changes* are of `People`."""
    key = trustme.CA().issue_cert("keys.example", key_type=trustme.KeyType.RSA)
    values: dict[str, object] = {
        "tenant_id": TENANT,
        "find": {person.sign_in_name: person for person in PEOPLE}.get,
        "password": PASSWORD,
        "signing_key": key.private_key_pem.bytes(),
        "redirects": {"pages": ("http://localhost/signed-in",)},
    }
    return TokenService(TENANT, {"pages": "secret"}, people=People(**values | changes))  # type: ignore[arg-type]


def a_client(tenant: TokenService) -> TenantSignIn:
    """The client of *tenant*, joined to it in memory."""

    def answer(asked: httpx2.Request) -> httpx2.Response:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        parts = urlsplit(str(asked.url))
        reply = tenant.handle(Request(asked.method, parts.path, parts.query, headers, asked.read()))
        return httpx2.Response(reply.status, headers=reply.headers, content=reply.body)

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return TenantSignIn(f"https://{HOST}", TENANT, "pages", lambda: "secret", http)


class Timed(Settings):
    """Settings whose clock is a test's."""

    def clock(self) -> TestClock:  # type: ignore[override]
        """The test's clock."""
        return CLOCK


CLOCK = TestClock()


@dataclass
class Pages:
    """Pages that are served: the *url*, their *ledger*, the *tenant*, who is signed in, and all that they answer to."""

    url: str
    ledger: Ledger
    tenant: TokenService
    sessions: Sessions
    office: Office
    folder: Path
    routes: Sequence[Route]
    time: datetime = datetime(2026, 9, 15, 21, 30, tzinfo=UTC)

    def cookie(self, who: str) -> str:
        """The name of a new session of *who*."""
        person = next(each for each in PEOPLE if each.key == who)
        signed = Signed(who, person.sign_in_name, person.name, frozenset(person.roles))
        return self.sessions.open(self.office.visitor(signed))

    def pass_(self, time: timedelta) -> None:
        """Let *time* pass for sessions."""
        self.time += time


@contextmanager
def served_pages(folder: Path, url: str | None = None) -> Iterator[Pages]:
    """The pages of a small ledger with two organisations, on loopback; *url* is where browsers think they are."""
    CLOCK.time = datetime(2026, 9, 15, 21, 30, tzinfo=UTC)
    listener, tenant = a_listener(), a_tenant()
    with pytest.MonkeyPatch.context() as patch, a_night(folder, TestClock()) as ledger:
        patch.setattr(readiness, "ENVIRONMENTS", _register(folder))
        patch.setenv("MAILWAVE_ENDPOINTS", str(_endpoints(folder)))
        patch.setenv("MAILWAVE_LEDGER", f"sqlite:///{folder / 'ledger.db'}")
        office = Office(Timed.load("rehearsal"), ledger)
        sessions, answers = Sessions(lambda: pages.time), address(listener)
        app = application(
            Site(url or answers, MODULES, seconds=0.05),
            Readers(a_watch(ledger, CLOCK).look, lambda: FORESEEN),
            Entrance(a_client(tenant), office.visitor, sessions),
            office,
        )
        pages = Pages(answers, ledger, tenant, sessions, office, folder, app.app.routes)
        with served(app, listener):
            yield pages


def _register(folder: Path) -> Path:
    """A folder with the rules of readiness, and a table of both administrators."""
    data = folder / "environments"
    data.mkdir()
    shutil.copy(readiness.ENVIRONMENTS / "readiness.yaml", data)
    rows = [
        f"{who},N,{code},attests,{KEYS[who].public_key().public_bytes_raw().hex()},2020-01-01,2999-12-31,"
        for who, code in ((ANNE, "RR8"), (BERT, "A81001"))
    ]
    table = "\n".join([",".join(COLUMNS), *rows, ""])
    (data / "administrators.rehearsal.csv").write_text(table, encoding="utf-8")
    return data


def _endpoints(folder: Path) -> Path:
    """An endpoints file whose pages' application keeps both administrators' keys."""
    for who, key in KEYS.items():
        file = folder / "keys" / f"{who}.pem"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.chmod(0o600)
    secret = {"secret_file": "secret"}
    endpoints = {
        "tenant": Settings.load("rehearsal").estate.tenant.id,
        "token": f"https://{HOST}",
        "exchange_online": "https://outlook.office365.com",
        "credentials": {
            "exchange_online": secret | {"client_id": "app"},
            "sites": secret | {"username": "X\\y"},
            "notify": secret,
            "web": secret | {"client_id": "pages", "keys": str(folder / "keys")},
        },
    }
    file = folder / "endpoints.json"
    file.write_bytes(msgspec.json.encode(endpoints))
    return file
