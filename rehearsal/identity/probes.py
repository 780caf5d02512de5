"""One small experiment for each rule by which the simulated tenant signs people in; each is named after its rule."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rehearsal.identity.options import SignInOptions
from rehearsal.identity.people import CODE_SECONDS, People, Person, SignInRefused
from rehearsal.matrix import Probes, Subject
from rehearsal.wire import Reply, Request

_TENANT = "6c0b6a53-0000-4000-8000-000000000001"
_BASE = f"https://login.microsoftonline.com/{_TENANT}"
_PASSWORD = "a throw-away password"
_BACK = "http://localhost/signed-in"
_VERIFIER = "v" * 43
_PEOPLE = (
    Person("k-1", "aisha@nhsmail.example", "A"),
    Person("k-2", "bo@nhsmail.example", "B", enabled=False),
)


class Unexpected(AssertionError):
    """A request that had to succeed did not."""


class Tenant:
    """A tenant with two people, of whom one is disabled, and two applications that sign them in."""

    def __init__(self, options: SignInOptions) -> None:
        self.time = 1_800_000_000.0
        self.people = People(
            _TENANT,
            {each.sign_in_name: each for each in _PEOPLE}.get,
            _PASSWORD,
            _key(),
            {"pages": (_BACK, "https://pages.example/signed-in"), "other": (_BACK,)},
            now=lambda: self.time,
            options=options,
        )

    def asked(self, login: str = "", **changes: str) -> Reply:
        """Ask to sign somebody in; with *login* as who has filled in the form. An empty change leaves a field out."""
        fields = {
            "client_id": "pages",
            "redirect_uri": _BACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": _hashed(_VERIFIER),
            "code_challenge_method": "S256",
        }
        query = urlencode({name: value for name, value in (fields | changes).items() if value})
        form = urlencode({"login": login, "passwd": _PASSWORD}).encode() if login else b""
        return self.people.authorize(Request("POST" if login else "GET", "/authorize", query, {}, form))

    def code(self, **changes: str) -> str:
        """A code of Aisha's."""
        found = _back(self.asked("aisha@nhsmail.example", **changes)).get("code")
        if not found:
            raise Unexpected("no code came")
        return found[0]

    def refusal(self, code: str, client: str = "pages", **changes: str) -> int:
        """The number that a token for *code* was refused with, 0 where it was given."""
        try:
            self.token(code, client, **changes)
        except SignInRefused as refused:
            return refused.code
        return 0

    def token(self, code: str, client: str = "pages", **changes: str) -> dict[str, Any]:
        """The claims of the token for *code*."""
        form = {"code": code, "redirect_uri": _BACK, "code_verifier": _VERIFIER} | changes
        given = str(self.people.redeem(client, form, _BASE)["id_token"])
        part = given.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return claims


PROBES = Probes[Tenant](Tenant)


@PROBES.keep
def _application_known(tenant: Tenant) -> object:
    return _says(tenant.asked(client_id="nobody"), 700016)


@PROBES.keep
def _address_registered(tenant: Tenant) -> object:
    return _says(tenant.asked(redirect_uri="https://elsewhere.example/signed-in"), 50011)


@PROBES.keep
def _localhost_any_port(tenant: Tenant) -> object:
    return not _says(tenant.asked(redirect_uri="http://localhost:8080/signed-in"), 50011)


@PROBES.keep
def _code_alone(tenant: Tenant) -> object:
    return _says(tenant.asked(response_type="id_token"), 700054)


@PROBES.keep
def _query_alone(tenant: Tenant) -> object:
    return _says(tenant.asked(response_mode="fragment"), 70007)


@PROBES.keep
def _openid_asked(tenant: Tenant) -> object:
    return _says(tenant.asked(scope="profile"), 70011)


@PROBES.keep
def _proof_key_asked(tenant: Tenant) -> object:
    return _says(tenant.asked(code_challenge="", code_challenge_method=""), 900144)


@PROBES.keep
def _proof_key_hashed(tenant: Tenant) -> object:
    return _says(tenant.asked(code_challenge=_VERIFIER, code_challenge_method="plain"), 9002325)


@PROBES.keep
def _disabled_kept_out(tenant: Tenant) -> object:
    return not _back(tenant.asked("bo@nhsmail.example"))


@PROBES.keep
def _state_returned(tenant: Tenant) -> object:
    return _back(tenant.asked("aisha@nhsmail.example")).get("state") == ["a state"]


@PROBES.keep
def _code_once(tenant: Tenant) -> object:
    code = tenant.code()
    return (tenant.refusal(code), tenant.refusal(code)) == (0, 54005)


@PROBES.keep
def _code_short(tenant: Tenant) -> object:
    code = tenant.code()
    tenant.time += CODE_SECONDS + 1
    return tenant.refusal(code) == 70008


@PROBES.keep
def _code_of_application(tenant: Tenant) -> object:
    return tenant.refusal(tenant.code(), "other") == 70000


@PROBES.keep
def _code_of_address(tenant: Tenant) -> object:
    return tenant.refusal(tenant.code(), redirect_uri="https://pages.example/signed-in") == 50011


@PROBES.keep
def _proof_key_checked(tenant: Tenant) -> object:
    return tenant.refusal(tenant.code(), code_verifier="w" * 43) == 501481


@PROBES.keep
def _nonce_returned(tenant: Tenant) -> object:
    return tenant.token(tenant.code()).get("nonce") == "a nonce"


@PROBES.keep
def _subject_pairwise(tenant: Tenant) -> object:
    one = tenant.token(tenant.code())
    other = tenant.token(tenant.code(client_id="other"), "other")
    return one["sub"] != other["sub"] and one["oid"] == other["oid"]


@cache
def _key() -> bytes:
    made = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _hashed(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _says(reply: Reply, code: int) -> bool:
    return f"AADSTS{code}:" in reply.body.decode()


def _back(reply: Reply) -> dict[str, list[str]]:
    """What the address says to which *reply* leads; nothing where it leads nowhere."""
    return parse_qs(urlsplit(reply.headers.get("location", "")).query)


SUBJECT = Subject("sign-in", SignInOptions, PROBES, Unexpected)
"""What `rehearsal.matrix` switches."""
