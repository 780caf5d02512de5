"""The token service."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from rehearsal.identity import GRAPH, TokenService
from rehearsal.identity.tokens import USUAL_DIRECTORY_ROLES
from rehearsal.wire import Reply, Request

TENANT = "6c0b6a53-0000-4000-8000-000000000001"
FORM = {
    "grant_type": "client_credentials",
    "client_id": "app",
    "client_secret": "secret",
    "scope": "https://outlook.office365.com/.default",
}


def ask(service: TokenService, tenant: str = TENANT, **changes: str) -> Reply:
    """Ask for a token."""
    body = urlencode(FORM | changes).encode()
    return service.handle(Request("POST", f"/{tenant}/oauth2/v2.0/token", body=body))


def test_gives_a_token_that_the_same_tenant_takes() -> None:
    """It should give a token for the admin endpoint's scope (fact A10)."""
    service = TokenService(TENANT, {"app": "secret"})

    answer = json.loads(ask(service).body)

    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3599)
    assert service.accepts(f"Bearer {answer['access_token']}")


def test_a_token_outlives_its_process() -> None:
    """It should take a token that an earlier process of the same rehearsal gave."""
    token = json.loads(ask(TokenService(TENANT, {"app": "secret"})).body)["access_token"]

    assert TokenService(TENANT, {"app": "secret"}).accepts(f"Bearer {token}")


@pytest.mark.parametrize("value", ["", "Bearer ", "Bearer a.b", "Bearer YXBw", "Bearer é.é", "Basic x"])
def test_refuses_what_is_no_token(value: str) -> None:
    """It should refuse anything that it did not make."""
    assert not TokenService(TENANT, {"app": "secret"}).accepts(value)


def test_refuses_a_token_of_another_tenant() -> None:
    """It should refuse a token of another tenant, even of the same application."""
    other = TokenService("00000000-0000-4000-8000-00000000000b", {"app": "secret"})
    token = json.loads(ask(other, other.tenant_id).body)["access_token"]

    assert not TokenService(TENANT, {"app": "secret"}).accepts(f"Bearer {token}")


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://vault.azure.net/.default"}, 400, "invalid_scope", 70011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_refuses_in_the_words_of_the_identity_service(
    changes: dict[str, str], status: int, error: str, code: int
) -> None:
    """It should name the error and its number."""
    reply = ask(TokenService(TENANT, {"app": "secret"}), **changes)

    answer = json.loads(reply.body)
    assert (status, error, [code]) == (reply.status, answer["error"], answer["error_codes"])


def test_describes_itself_at_the_address_that_was_asked() -> None:
    """It should give a discovery document whose issuer and endpoint share the caller's authority."""
    path = f"/{TENANT}/v2.0/.well-known/openid-configuration"
    request = Request("GET", path, headers={"host": "127.0.0.1:9"})

    document = json.loads(TokenService(TENANT, {}).handle(request).body)

    assert f"https://127.0.0.1:9/{TENANT}/v2.0" == document["issuer"]
    assert f"https://127.0.0.1:9/{TENANT}/oauth2/v2.0/token" == document["token_endpoint"]


def test_knows_no_other_tenant() -> None:
    """It should not answer for another tenant."""
    reply = ask(TokenService(TENANT, {"app": "secret"}), tenant="contoso.example")

    assert (400, [90002]) == (reply.status, json.loads(reply.body)["error_codes"])


def test_a_token_is_for_one_service() -> None:
    """It should tell tokens for Graph from those for the admin endpoint (fact A10)."""
    service = TokenService(TENANT, {"app": "secret"}, roles={"APP": {GRAPH: ("User.Read.All",)}})
    token = f"Bearer {json.loads(ask(service, scope=f'{GRAPH}/.default').body)['access_token']}"

    assert (True, False) == (service.accepts(token, GRAPH), service.accepts(token))
    said = {"aud": GRAPH, "tid": TENANT, "appid": "app", "roles": ["User.Read.All"]}
    assert said | {"wids": list(USUAL_DIRECTORY_ROLES)} == service.claims(token)


def test_a_token_names_the_roles_in_the_directory() -> None:
    """It should carry the templates' ids of what a client was given, or none of them (fact A10)."""
    service = TokenService(TENANT, {"app": "secret"}, directory_roles={"APP": ()})
    token = f"Bearer {json.loads(ask(service).body)['access_token']}"

    assert [] == (service.claims(token) or {})["wids"]


def test_an_authority_can_be_looked_up() -> None:
    """It should tell clients that the authority is one of Microsoft's, and where the tenant's document is."""
    reply = TokenService(TENANT, {}).handle(
        Request("GET", "/common/discovery/instance", headers={"host": "h"})
    )

    document = json.loads(reply.body)
    assert (
        f"https://h/{TENANT}/v2.0/.well-known/openid-configuration" == document["tenant_discovery_endpoint"]
    )
    assert "login.microsoftonline.com" in document["metadata"][0]["aliases"]
