"""Who speaks on a connection.

Exchange binds a security context to the TCP connection on which it was negotiated. An ASGI application sees of that
connection only the peer's address and port, so contexts are kept by those and forgotten when they may be somebody
else's: when a handshake begins again, when a message cannot be opened, and after the longest idle time.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rehearsal.site.sealing import SecurityContext

KEEP_ALIVE_SECONDS = 120
"""How long IIS keeps an idle connection; the server in front of this application should keep it no longer."""

Peer = tuple[str, int]


class NotTaken(ValueError):
    """A token that the acceptor does not take: a wrong password, an unknown user, another protocol, or no token."""

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the token is not taken: {problem}")


class Handshake(SecurityContext, Protocol):
    """One side of a sign-in, and afterwards what seals and opens its messages."""

    @property
    def user(self) -> str:
        """Who signed in, once it is `complete`."""
        ...

    @property
    def complete(self) -> bool:
        """Whether nothing is left to say."""
        ...

    def step(self, token: bytes) -> bytes | None:
        """Take the peer's token and return the answer to it, if there is one; raise `NotTaken`."""
        ...


class Acceptor(Protocol):
    """Lets in, by one or several protocols."""

    @property
    def schemes(self) -> str:
        """What a 401 offers in WWW-Authenticate."""
        ...

    def begins(self, token: bytes) -> bool:
        """Whether *token* is the first of a handshake, whatever came before."""
        ...

    def handshake(self, token: bytes) -> Handshake:
        """Return a fresh handshake for what *token* begins; raise `NotTaken`."""
        ...


@dataclass
class _Connection:
    handshake: Handshake
    last_used: float


@dataclass(frozen=True)
class Accepted:
    """The connection speaks for *user*; *token* goes back in WWW-Authenticate where there is one."""

    user: str
    context: SecurityContext
    token: str | None = None


@dataclass(frozen=True)
class Challenge:
    """The handshake goes on, or begins, with what *header* says in WWW-Authenticate."""

    header: str


class Connections:
    """Security contexts by connection, let in by *acceptor*. *monotonic* gives seconds."""

    def __init__(self, acceptor: Acceptor, monotonic: Callable[[], float]) -> None:
        self._acceptor = acceptor
        self._monotonic = monotonic
        self._known: dict[Peer, _Connection] = {}

    @property
    def begin(self) -> Challenge:
        """What whoever has not signed in is told."""
        return Challenge(self._acceptor.schemes)

    def authenticate(self, peer: Peer, authorization: str) -> Accepted | Challenge:
        """Tell who speaks on the connection from *peer*, from its *authorization* header or from before."""
        self._forget_stale()
        scheme, _, text = authorization.partition(" ")
        if text and scheme.lower() in {"negotiate", "kerberos", "ntlm"}:
            return self._step(peer, scheme, text)
        known = self._known.get(peer)
        if known is None or not known.handshake.complete:
            self.forget(peer)
            return self.begin
        known.last_used = self._monotonic()
        return Accepted(known.handshake.user, known.handshake)

    def forget(self, peer: Peer) -> None:
        """Have the connection from *peer* begin again."""
        self._known.pop(peer, None)

    def _step(self, peer: Peer, scheme: str, text: str) -> Accepted | Challenge:
        try:
            token = base64.b64decode(text, validate=True)
            handshake = self._handshake(peer, token)
            answer = handshake.step(token)
        except (binascii.Error, NotTaken):
            self.forget(peer)
            return self.begin
        header = f"{scheme} {base64.b64encode(answer).decode('ascii')}" if answer else None
        if handshake.complete:
            return Accepted(handshake.user, handshake, header)
        return Challenge(header) if header else self.begin

    def _handshake(self, peer: Peer, token: bytes) -> Handshake:
        if peer not in self._known or self._acceptor.begins(token):
            self._known[peer] = _Connection(self._acceptor.handshake(token), self._monotonic())
        connection = self._known[peer]
        connection.last_used = self._monotonic()
        return connection.handshake

    def _forget_stale(self) -> None:
        oldest = self._monotonic() - KEEP_ALIVE_SECONDS
        for peer in [peer for peer, known in self._known.items() if known.last_used < oldest]:
            self.forget(peer)
