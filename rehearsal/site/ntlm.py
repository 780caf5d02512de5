"""Sign-in by NTLM, bare or inside SPNEGO: what stands in for Kerberos where no realm can be run."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import spnego
import spnego.exceptions

from rehearsal.site.sealing import SealBroken
from rehearsal.site.sign_in import NotTaken

SIGNATURE = b"NTLMSSP\x00"
"""With these bytes every bare NTLM token begins."""

_NEGOTIATE = SIGNATURE + b"\x01"
_SPNEGO_INIT = b"\x60"


class BadAccount(ValueError):
    """An account whose name or password the acceptor's file of credentials cannot carry."""

    def __init__(self, *, user: str) -> None:
        self.user = user
        super().__init__(
            f"account {user!r}: neither its name nor its password may hold a colon or a line break"
        )


class NtlmAcceptor:
    r"""Lets *users* in, names such as `DOMAIN\name` to passwords; raise `BadAccount`."""

    schemes = "Negotiate"

    def __init__(self, users: Mapping[str, str]) -> None:
        self._credentials = "".join(_line(user, password) for user, password in users.items())

    def begins(self, token: bytes) -> bool:
        """See `Acceptor.begins`."""
        return token.startswith((_NEGOTIATE, _SPNEGO_INIT))

    def handshake(self, token: bytes) -> NtlmHandshake:
        """See `Acceptor.handshake`; it is all in Python, whatever libraries the machine has."""
        with _credential_file(self._credentials):
            return NtlmHandshake(_context(token), self._credentials)


@dataclass(frozen=True)
class NtlmHandshake:
    """A handshake in which *credentials*, the lines of an account file, are let in; see `Handshake`."""

    context: spnego.ContextProxy
    credentials: str

    @property
    def user(self) -> str:
        """Who signed in."""
        return str(self.context.client_principal)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to say."""
        return bool(self.context.complete)

    def step(self, token: bytes) -> bytes | None:
        """See `Handshake.step`."""
        try:
            with _credential_file(self.credentials):
                answer: bytes | None = self.context.step(token)
        except (spnego.exceptions.SpnegoError, ValueError) as error:
            raise NotTaken(problem=type(error).__name__) from None
        return answer

    def wrap_winrm(self, data: bytes) -> tuple[bytes, bytes, int]:
        """See `SecurityContext.wrap_winrm`."""
        header, sealed, padding = self.context.wrap_winrm(data)
        return header, sealed, padding

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """See `SecurityContext.unwrap_winrm`."""
        try:
            return bytes(self.context.unwrap_winrm(header, data))
        except spnego.exceptions.SpnegoError as error:
            raise SealBroken(problem=type(error).__name__) from None


def _context(token: bytes) -> spnego.ContextProxy:
    """A fresh context for the kind of handshake that *token* begins."""
    if token.startswith(SIGNATURE):
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
