"""Applications that sign in without a secret."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import jwt
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from rehearsal.identity import GRAPH, TokenService, Trust
from rehearsal.wire import Request

TENANT = "6c0b6a53-0000-4000-8000-000000000001"
CLIENT = "11111111-2222-4333-8444-555555555555"
HOST = "login.microsoftonline.com"
TOKEN_ENDPOINT = f"https://{HOST}/{TENANT}/oauth2/v2.0/token"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Key:
    """A private key with its certificate."""

    leaf: trustme.LeafCert = field(
        default_factory=lambda: trustme.CA().issue_cert("a.example", key_type=trustme.KeyType.RSA)
    )

    @property
    def certificate(self) -> bytes:
        return self.leaf.cert_chain_pems[0].bytes()

    @property
    def public(self) -> bytes:
        key = x509.load_pem_x509_certificate(self.certificate).public_key()
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, claims: dict[str, object], algorithm: str = "RS256", mark: str = "x5t") -> str:
        """A signed assertion that names this certificate in its header."""
        sort = hashes.SHA1() if mark == "x5t" else hashes.SHA256()
        print_ = x509.load_pem_x509_certificate(self.certificate).fingerprint(sort)
        header = {mark: base64.urlsafe_b64encode(print_).decode().rstrip("=")}
        return jwt.encode(claims, self.leaf.private_key_pem.bytes(), algorithm=algorithm, headers=header)


KEY, STRANGER = Key(), Key()
OUTSIDE = Trust("https://ci.example", "repo:mailwave:main", STRANGER.public)
SERVICE = TokenService(
    TENANT, {CLIENT: "secret"}, certificates={CLIENT: [KEY.certificate]}, trusts={CLIENT: [OUTSIDE]}
)


def claims(**changes: object) -> dict[str, object]:
    """What an assertion of the application says."""
    usual = {"aud": TOKEN_ENDPOINT, "iss": CLIENT, "sub": CLIENT, "exp": time.time() + 600}
    return usual | changes


def ask(assertion: str, **changes: str) -> dict[str, object]:
    """Ask for a token for Graph by an assertion."""
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_assertion_type": BEARER,
        "client_assertion": assertion,
        "scope": f"{GRAPH}/.default",
    }
    body = urlencode(form | changes).encode()
    reply = SERVICE.handle(Request("POST", f"/{TENANT}/oauth2/v2.0/token", headers={"host": HOST}, body=body))
    answer: dict[str, object] = json.loads(reply.body)
    return answer


@pytest.mark.parametrize(
    ("algorithm", "mark"), [("RS256", "x5t"), ("PS256", "x5t#S256"), ("RS256", "x5t#S256")]
)
def test_a_certificate_is_proof(algorithm: str, mark: str) -> None:
    """It should take an assertion signed by the application's certificate, named by either thumbprint (fact A12)."""
    token = ask(KEY.sign(claims(), algorithm, mark))["access_token"]

    assert SERVICE.accepts(f"Bearer {token}", GRAPH)


@pytest.mark.parametrize(
    ("assertion", "code"),
    [
        (lambda: STRANGER.sign(claims()), 700027),
        (lambda: KEY.sign(claims(exp=time.time() - 600)), 700024),
        (lambda: KEY.sign(claims(aud="https://elsewhere.example")), 700023),
        (lambda: KEY.sign(claims(sub="somebody")), 700021),
        (lambda: "no assertion", 50027),
        (lambda: KEY.sign(claims(iss="https://ci.example", sub="repo:mailwave:other")), 70021),
    ],
)
def test_anything_else_is_none(assertion: Callable[[], str], code: int) -> None:
    """It should refuse another key, an old assertion, one for somebody else, and what is none.

    Each is signed when it is needed: one that is signed when the tests are collected is too old when they run.
    """
    assert [code] == ask(assertion())["error_codes"]


def test_the_kind_of_assertion_is_told() -> None:
    """It should refuse an assertion whose kind is not said."""
    assert [90014] == ask(KEY.sign(claims()), client_assertion_type="")["error_codes"]


def test_a_third_party_can_vouch() -> None:
    """It should take a token of a trusted third party for the trusted subject, meant for the exchange."""
    told = {"iss": OUTSIDE.issuer, "sub": OUTSIDE.subject, "aud": "api://AzureADTokenExchange"}
    answer = ask(STRANGER.sign(claims(**told)))

    assert SERVICE.accepts(f"Bearer {answer['access_token']}", GRAPH)


def test_a_third_party_cannot_vouch_for_another_audience() -> None:
    """It should refuse such a token when it is meant for somebody else."""
    told = {"iss": OUTSIDE.issuer, "sub": OUTSIDE.subject, "aud": "https://elsewhere.example"}

    assert [700023] == ask(STRANGER.sign(claims(**told)))["error_codes"]
