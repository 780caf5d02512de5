"""Who speaks on a connection: NTLM, bare or inside SPNEGO, stands in for Kerberos (fact D1).

Exchange binds a security context to the TCP connection on which it was negotiated. An ASGI application sees of that
connection only the peer's address and port, so contexts are kept by those and forgotten when they may be somebody
else's: when a handshake begins again, when a message cannot be opened, and after the longest idle time.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import spnego
import spnego.exceptions

KEEP_ALIVE_SECONDS = 120
"""How long IIS keeps an idle connection; the server in front of this application should keep it no longer."""

Peer = tuple[str, int]

_SCHEMES = ("negotiate", "ntlm")
_NTLM = b"NTLMSSP\x00"
_NTLM_NEGOTIATE = _NTLM + b"\x01"
_SPNEGO_INIT = b"\x60"


class BadAccount(ValueError):
    """An account whose name or password the acceptor's file of credentials cannot carry."""

    def __init__(self, *, user: str) -> None:
        self.user = user
        super().__init__(
            f"account {user!r}: neither its name nor its password may hold a colon or a line break"
        )


@dataclass
class _Connection:
    context: spnego.ContextProxy
    last_used: float


@dataclass(frozen=True)
class Accepted:
    """The connection speaks for *user*; *token* goes back in WWW-Authenticate where there is one."""

    user: str
    context: spnego.ContextProxy
    token: str | None = None


@dataclass(frozen=True)
class Challenge:
    """The handshake goes on, or begins, with what *header* says in WWW-Authenticate."""

    header: str


BEGIN = Challenge("Negotiate")


class Connections:
    r"""Security contexts by connection. *users* maps names such as `DOMAIN\name` to passwords."""

    def __init__(self, users: Mapping[str, str], monotonic: Callable[[], float]) -> None:
        self._credentials = "".join(_line(user, password) for user, password in users.items())
        self._monotonic = monotonic
        self._known: dict[Peer, _Connection] = {}

    def authenticate(self, peer: Peer, authorization: str) -> Accepted | Challenge:
        """Tell who speaks on the connection from *peer*, from its *authorization* header or from before."""
        self._forget_stale()
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() in _SCHEMES and text:
            return self._step(peer, scheme, text)
        known = self._known.get(peer)
        if known is None or not known.context.complete:
            self.forget(peer)
            return BEGIN
        known.last_used = self._monotonic()
        return Accepted(str(known.context.client_principal), known.context)

    def forget(self, peer: Peer) -> None:
        """Have the connection from *peer* begin again."""
        self._known.pop(peer, None)

    def _step(self, peer: Peer, scheme: str, text: str) -> Accepted | Challenge:
        try:
            answer = self._context(peer, base64.b64decode(text, validate=True))
        except (binascii.Error, spnego.exceptions.SpnegoError, ValueError):
            self.forget(peer)  # a wrong password, an unknown user, or no token at all
            return BEGIN
        context = self._known[peer].context
        token = f"{scheme} {base64.b64encode(answer).decode('ascii')}" if answer else None
        if context.complete:
            return Accepted(str(context.client_principal), context, token)
        return Challenge(token or BEGIN.header)

    def _context(self, peer: Peer, token: bytes) -> bytes | None:
        with _credential_file(self._credentials):
            if peer not in self._known or token.startswith((_NTLM_NEGOTIATE, _SPNEGO_INIT)):
                self._known[peer] = _Connection(_acceptor(token), self._monotonic())
            connection = self._known[peer]
            connection.last_used = self._monotonic()
            return connection.context.step(token)

    def _forget_stale(self) -> None:
        oldest = self._monotonic() - KEEP_ALIVE_SECONDS
        for peer in [peer for peer, known in self._known.items() if known.last_used < oldest]:
            self.forget(peer)


def _acceptor(token: bytes) -> spnego.ContextProxy:
    """A fresh context in Python, whatever libraries the machine has, for the kind of handshake *token* begins."""
    if token.startswith(_NTLM):
        return spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    return spnego.server(protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate)


def _line(user: str, password: str) -> str:
    if any(letter in user + password for letter in ":\r\n"):
        raise BadAccount(user=user)
    domain, _, name = user.rpartition("\\")
    return f"{domain}:{name}:{password}\n"


@contextlib.contextmanager
def _credential_file(lines: str) -> Iterator[None]:
    """Let pyspnego's acceptor see *lines*.

    It reads accounts only from a file that the environment names: so the file, which nobody else can read, exists
    for the time of one step, and no child process ever inherits its name.
    """
    before = os.environ.get("NTLM_USER_FILE")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="rehearsal-ntlm-") as file:
        file.write(lines)
        file.flush()
        os.environ["NTLM_USER_FILE"] = file.name
        try:
            yield
        finally:
            if before is None:
                del os.environ["NTLM_USER_FILE"]
            else:
                os.environ["NTLM_USER_FILE"] = before
