"""Who speaks on a connection."""

from __future__ import annotations

import base64
import os

import pytest
import spnego

from rehearsal.site.ntlm import BadAccount, NtlmAcceptor
from rehearsal.site.sign_in import KEEP_ALIVE_SECONDS, Accepted, Challenge, Connections

PEER = ("127.0.0.1", 40_000)
OTHER_PEER = ("127.0.0.1", 40_001)
BEGIN = Challenge("Negotiate")


class Time:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def time() -> Time:
    """A clock at zero."""
    return Time()


@pytest.fixture
def connections(time: Time) -> Connections:
    """Connections of two accounts."""
    return Connections(NtlmAcceptor({"DOM\\ann": "secret", "bob@dom.example": "other"}), time)


def sign_in(connections: Connections, user: str, password: str) -> Accepted | Challenge:
    """Go through a handshake."""
    client = spnego.client(user, password, protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    answer = connections.authenticate(PEER, "Negotiate " + base64.b64encode(client.step() or b"").decode())
    assert isinstance(answer, Challenge)
    token = client.step(base64.b64decode(answer.header.partition(" ")[2]))
    return connections.authenticate(PEER, "Negotiate " + base64.b64encode(token or b"").decode())


@pytest.mark.parametrize(("user", "password"), [("DOM\\ann", "secret"), ("bob@dom.example", "other")])
def test_an_account_is_accepted(connections: Connections, user: str, password: str) -> None:
    """It should accept the right password, for that connection and as long as it lives."""
    accepted = sign_in(connections, user, password)
    assert isinstance(accepted, Accepted)
    assert user == accepted.user
    again = connections.authenticate(PEER, "")
    assert isinstance(again, Accepted)
    assert user == again.user
    assert connections.authenticate(OTHER_PEER, "") == BEGIN


@pytest.mark.parametrize(
    ("user", "password"), [("DOM\\ann", "guess"), ("DOM\\eve", "secret"), ("ann", "secret")]
)
def test_a_wrong_account_begins_again(connections: Connections, user: str, password: str) -> None:
    """It should refuse a wrong password, an unknown name, and a name without its domain."""
    assert sign_in(connections, user, password) == BEGIN
    assert connections.authenticate(PEER, "") == BEGIN


def test_an_idle_connection_is_forgotten(connections: Connections, time: Time) -> None:
    """It should forget a connection that the server in front has closed long ago."""
    sign_in(connections, "DOM\\ann", "secret")
    time.now += KEEP_ALIVE_SECONDS
    assert isinstance(connections.authenticate(PEER, ""), Accepted)
    time.now += KEEP_ALIVE_SECONDS + 1
    assert connections.authenticate(PEER, "") == BEGIN


@pytest.mark.parametrize("header", ["Negotiate", "Negotiate !", "Negotiate bm9uc2Vuc2U=", "Basic YTpi"])
def test_nonsense_begins_again(connections: Connections, header: str) -> None:
    """It should offer Negotiate to whoever sends no token."""
    assert connections.authenticate(PEER, header) == BEGIN


def test_secrets_leave_no_trace(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should leave the environment as it was, and no file."""
    monkeypatch.setenv("NTLM_USER_FILE", "somebody's")
    sign_in(connections, "DOM\\ann", "secret")
    assert os.environ["NTLM_USER_FILE"] == "somebody's"


def test_an_account_must_fit_a_line() -> None:
    """It should refuse a password that the acceptor's file cannot hold, and not repeat it."""
    with pytest.raises(BadAccount) as caught:
        NtlmAcceptor({"DOM\\ann": "sec:ret"})
    assert "sec:ret" not in str(caught.value)
