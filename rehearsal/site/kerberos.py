"""Sign-in by Kerberos, bare or inside SPNEGO, as Exchange's `/PowerShell/` asks for it (facts D1, D3).

The packages gssapi and krb5 are needed for it and are not on every machine: `rehearsal.kdc.missing` says what is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rehearsal.site.ntlm import SIGNATURE, NtlmAcceptor, NtlmHandshake
from rehearsal.site.sealing import SealBroken
from rehearsal.site.sign_in import NotTaken
from rehearsal.site.wire_options import WireOptions

_FIRST = b"\x60"
"""The initial token of any GSS mechanism begins with this tag (RFC 2743, 3.1)."""


class KerberosAcceptor:
    """Lets in whoever has a ticket for one of the names in *keytab*; NTLM only where the rule is off.

    *keytab* is read when the first ticket comes. Tickets are remembered beside it, and refused when they come again.
    """

    def __init__(self, keytab: Path, ntlm: NtlmAcceptor, options: WireOptions) -> None:
        self._keytab = keytab
        self._ntlm = ntlm
        self._options = options

    @property
    def schemes(self) -> str:
        """What a 401 offers."""
        return self._options.schemes

    def begins(self, token: bytes) -> bool:
        """See `Acceptor.begins`."""
        return token.startswith(_FIRST) or self._ntlm.begins(token)

    def handshake(self, token: bytes) -> KerberosHandshake | NtlmHandshake:
        """See `Acceptor.handshake`."""
        if token.startswith(SIGNATURE):
            if self._options.kerberos_only:
                raise NotTaken(problem="NTLM")
            return self._ntlm.handshake(token)
        if not token.startswith(_FIRST):
            raise NotTaken(problem="it begins nothing")
        return KerberosHandshake(self._keytab)


class KerberosHandshake:
    """A handshake whose tickets are opened by the keys in *keytab*; see `Handshake`."""

    def __init__(self, keytab: Path) -> None:
        import gssapi

        security_context: Any = gssapi.SecurityContext
        store: dict[bytes | str, bytes | str] = {
            "keytab": str(keytab),
            "rcache": f"file2:{keytab.with_name('replays')}",
        }
        try:
            keys = gssapi.Credentials(usage="accept", store=store)
            self._context = security_context(creds=keys, usage="accept")
        except gssapi.raw.GSSError as error:
            raise NotTaken(problem=str(error)) from None
        self._context.__DEFER_STEP_ERRORS__ = False  # what is not taken is refused at once

    @property
    def user(self) -> str:
        """Who signed in, as `name@REALM`."""
        return str(self._context.initiator_name)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to say."""
        return bool(self._context.complete)

    def step(self, token: bytes) -> bytes | None:
        """See `Handshake.step`."""
        from gssapi.raw import GSSError

        try:
            answer: bytes | None = self._context.step(token)
        except GSSError as error:
            raise NotTaken(problem=str(error)) from None
        return answer

    def wrap_winrm(self, data: bytes) -> tuple[bytes, bytes, int]:
        """See `SecurityContext.wrap_winrm`."""
        from gssapi.raw import IOV, IOVBufferType, wrap_iov

        buffers = IOV(IOVBufferType.header, data, IOVBufferType.padding, std_layout=False)
        wrap_iov(self._context, buffers, confidential=True)
        header, sealed, padding = (bytes(buffer.value or b"") for buffer in buffers)
        return header, sealed + padding, len(padding)

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """See `SecurityContext.unwrap_winrm`."""
        from gssapi.raw import IOV, GSSError, IOVBufferType, unwrap_iov

        buffers = IOV((IOVBufferType.header, False, header), data, IOVBufferType.data, std_layout=False)
        try:
            unwrap_iov(self._context, buffers)
        except GSSError as error:
            raise SealBroken(problem=str(error)) from None
        return bytes(buffers[1].value or b"")
