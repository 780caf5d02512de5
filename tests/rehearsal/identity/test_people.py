"""Signing people in, as strictly as the identity service does it."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from rehearsal.wire import Reply, Request
from tests.mailwave.web.tenants import HOST, PASSWORD, TENANT, a_tenant

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "client_id": "pages",
    "redirect_uri": "http://localhost:8080/signed-in",
    "response_type": "code",
    "scope": "openid profile",
    "state": "a state",
    "nonce": "a nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
LOGIN = {"login": "anne@nhsmail.example", "passwd": PASSWORD}


class Clock:
    """Seconds that the test moves."""

    time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


def authorize(service: object, login: dict[str, str] | None = None, **changes: str) -> Reply:
    """Ask for a code; with *login* as the form that was shown sends it."""
    query = urlencode({name: value for name, value in (ASKED | changes).items() if value})
    method, body = ("GET", b"") if login is None else ("POST", urlencode(login).encode())
    path = f"/{TENANT}/oauth2/v2.0/authorize"
    return service.handle(Request(method, path, query, {"host": HOST}, body))  # type: ignore[attr-defined, no-any-return]


def redeem(service: object, code: str, **changes: str) -> Reply:
    """Ask for a token for *code*."""
    form = {
        "grant_type": "authorization_code",
        "client_id": "pages",
        "client_secret": "secret",
        "redirect_uri": ASKED["redirect_uri"],
        "code_verifier": VERIFIER,
        "code": code,
    }
    path, body = f"/{TENANT}/oauth2/v2.0/token", urlencode(form | changes).encode()
    return service.handle(Request("POST", path, "", {"host": HOST}, body))  # type: ignore[attr-defined, no-any-return]


def a_code(service: object) -> str:
    """A code of Anne's."""
    query = parse_qs(urlsplit(authorize(service, LOGIN).headers["location"]).query)
    assert ["a state"] == query["state"]
    return query["code"][0]


def test_a_code_gives_who_it_is_once() -> None:
    """It should give an ID token for a code, and refuse the code when it comes again."""
    service = a_tenant()
    code = a_code(service)
    answer = json.loads(redeem(service, code).body)
    _, claims, _ = answer["id_token"].split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert ("pages", "a nonce", TENANT, f"https://{HOST}/{TENANT}/v2.0") == (
        said["aud"],
        said["nonce"],
        said["tid"],
        said["iss"],
    )
    again = json.loads(redeem(service, code).body)
    assert ("invalid_grant", [54005]) == (again["error"], again["error_codes"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uri": "http://localhost/elsewhere"}, 50011),
        ({"redirect_uri": "http://127.0.0.1:8080/signed-in"}, 50011),
        ({"redirect_uri": "https://localhost/signed-in"}, 50011),
        ({"client_id": "another"}, 700016),
        ({"response_type": "token"}, 700054),
        ({"response_mode": "fragment"}, 70007),
        ({"scope": "profile"}, 70011),
        ({"code_challenge": ""}, 900144),
        ({"code_challenge": "short"}, 9002325),
        ({"code_challenge_method": "plain"}, 9002325),
    ],
)
def test_what_is_wrong_is_shown_and_leads_nowhere(changes: dict[str, str], code: int) -> None:
    """It should show a page with the number, and send nobody to an address that was not registered."""
    for login in (None, LOGIN):
        reply = authorize(a_tenant(), login, **changes)
        assert (400, False) == (reply.status, "location" in reply.headers)
        assert f"AADSTS{code}:" in reply.body.decode()


@pytest.mark.parametrize("login", [{"passwd": "wrong"}, {"login": "nobody@nhsmail.example"}, {"login": ""}])
def test_nobody_else_gets_in(login: dict[str, str]) -> None:
    """It should show the form again, without a code, whichever of name and password is wrong."""
    reply = authorize(a_tenant(), LOGIN | login)
    assert (200, False) == (reply.status, "location" in reply.headers)
    assert "Your account or password is incorrect." in reply.body.decode()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_verifier": "w" * 43}, 501481),
        ({"redirect_uri": "http://localhost:8081/signed-in"}, 50011),
        ({"client_secret": "wrong"}, 7000215),
    ],
)
def test_a_code_is_for_who_asked(changes: dict[str, str], code: int) -> None:
    """It should give no token without the proof key, the same address and the application's secret."""
    service = a_tenant()
    reply = redeem(service, a_code(service), **changes)
    assert reply.status in {400, 401}
    assert [code] == json.loads(reply.body)["error_codes"]


def test_a_made_up_code_is_none() -> None:
    """It should give nothing for a code that it never gave."""
    assert [9002313] == json.loads(redeem(a_tenant(), "made up").body)["error_codes"]


def test_a_code_does_not_last() -> None:
    """It should refuse a code after a minute."""
    clock = Clock()
    service = a_tenant(now=clock)
    code = a_code(service)
    clock.time += 61
    assert [70008] == json.loads(redeem(service, code).body)["error_codes"]
