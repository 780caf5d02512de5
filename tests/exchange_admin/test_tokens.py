"""Tokens from the simulated token service, in memory."""

import httpx2
import pytest

from exchange_admin.errors import Unauthorised, Unreachable
from exchange_admin.tokens import ClientSecretTokens
from rehearsal.identity import TokenService
from rehearsal.wire import Request

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "66666666-7777-4888-8999-aaaaaaaaaaaa"
SERVICE = TokenService(TENANT, {CLIENT: "s3cret"})


class Door:
    """The network to the token service, which may be shut."""

    def __init__(self) -> None:
        self.shut: httpx2.Response | httpx2.TransportError | None = None
        self.posts = 0
        self.failing_posts = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request."""
        if isinstance(self.shut, httpx2.TransportError):
            raise self.shut
        if self.shut is not None:
            return self.shut
        self.posts += request.method == "POST"
        if request.method == "POST" and self.failing_posts:
            self.failing_posts -= 1
            return httpx2.Response(503)
        headers = {name.lower(): text for name, text in request.headers.items()}
        reply = SERVICE.handle(Request(request.method, request.url.path, "", headers, request.content))
        return httpx2.Response(reply.status, headers=reply.headers, content=reply.body)

    def tokens(self, secret: str = "s3cret", tenant: str = TENANT) -> ClientSecretTokens:
        """A token source behind this door."""
        http = httpx2.Client(transport=httpx2.MockTransport(self))
        return ClientSecretTokens("https://login.example/", tenant, CLIENT, lambda: secret, http)


def test_a_token_is_got_once_and_kept() -> None:
    """It should sign in once, with a token that the service accepts, and keep it."""
    door = Door()
    tokens = door.tokens()
    assert SERVICE.accepts(f"Bearer {tokens.token()}")
    assert tokens.token() == tokens.token()
    assert 1 == door.posts


def test_a_renewal_signs_in_again() -> None:
    """It should ask the service again for a fresh token, with or without claims (fact A13)."""
    door = Door()
    tokens = door.tokens()
    tokens.token()
    tokens.renew(None)
    tokens.renew('{"access_token":{"nbf":{"essential":true,"value":"0"}}}')
    assert 3 == door.posts


def test_a_wrong_secret_is_refused_without_showing_it() -> None:
    """It should say what the service said, and not the secret."""
    with pytest.raises(Unauthorised) as caught:
        Door().tokens(secret="wr0ng").token()
    assert "AADSTS7000215" in caught.value.text
    assert "wr0ng" not in str(caught.value)


def test_an_unknown_tenant_is_a_refusal_and_no_outage() -> None:
    """It should pass on that there is no such tenant, which msal hides, rather than call the service unreachable."""
    with pytest.raises(Unauthorised, match=r"AADSTS90002: Tenant '22222222-.*' not found"):
        Door().tokens(tenant="22222222-2222-4333-8444-555555555555").token()


@pytest.mark.parametrize("shut", [httpx2.ConnectError("refused"), httpx2.Response(503), httpx2.Response(404)])
def test_an_absent_service_is_unreachable_and_not_remembered(
    shut: httpx2.Response | httpx2.TransportError,
) -> None:
    """It should call a token service that does not answer unreachable, and find it again when it is back."""
    door = Door()
    door.shut = shut
    tokens = door.tokens()
    with pytest.raises(Unreachable):
        tokens.token()
    door.shut = None
    assert SERVICE.accepts(f"Bearer {tokens.token()}")


def test_a_failure_in_the_middle_is_not_remembered() -> None:
    """It should ask again after a failed request, rather than be told of the old failure."""
    door = Door()
    door.failing_posts = 1
    tokens = door.tokens()
    with pytest.raises(Unreachable):
        tokens.token()
    assert SERVICE.accepts(f"Bearer {tokens.token()}")
