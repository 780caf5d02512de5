"""WinRM's message encryption: an envelope sealed by the security context, inside a MIME body that is not quite MIME."""

from __future__ import annotations

import re
import struct
from typing import Protocol

PROTOCOLS = (
    "application/HTTP-SPNEGO-session-encrypted",
    "application/HTTP-Kerberos-session-encrypted",
)
_BOUNDARY = b"Encrypted Boundary"
_DATA_START = b"Content-Type: application/octet-stream\r\n"
_END = re.compile(rb"--\s*" + _BOUNDARY + rb"--\r\n$")
_PROTOCOL = re.compile(r'protocol="([^"]+)"')


class SecurityContext(Protocol):
    """What a sign-in leaves behind: it seals and opens messages."""

    def wrap_winrm(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Return signature, sealed data and length of padding."""
        ...

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Return what was sealed; raise `SealBroken` where the signature is wrong."""
        ...


class NotSealed(ValueError):
    """A body came in the clear; over http only sealed messages are taken (fact D1)."""

    def __init__(self, *, content_type: str) -> None:
        self.content_type = content_type
        super().__init__(f"a body of type {content_type!r} is not encrypted")


class SealBroken(ValueError):
    """A sealed body cannot be opened: it was cut, changed, or sealed by another connection's context."""

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the message cannot be decrypted: {problem}")


def protocol_of(content_type: str) -> str:
    """The encryption protocol that *content_type* names; raise `NotSealed` where it names none that is known."""
    named = _PROTOCOL.search(content_type)
    if not content_type.startswith("multipart/encrypted") or named is None or named[1] not in PROTOCOLS:
        raise NotSealed(content_type=content_type)
    return named[1]


def unseal(context: SecurityContext, body: bytes) -> bytes:
    """Open *body*, which must hold one sealed message; raise `SealBroken`."""
    _, found, sealed = body.partition(_DATA_START)
    sealed = _END.sub(b"", sealed)
    if not found or len(sealed) < 4:
        raise SealBroken(problem="no encrypted part was found")
    (length,) = struct.unpack("<i", sealed[:4])
    return context.unwrap_winrm(sealed[4 : 4 + length], sealed[4 + length :])


def seal(
    context: SecurityContext, protocol: str, message: bytes, *, loose_boundary: bool = True
) -> tuple[str, bytes]:
    """Seal *message*; return content type and body.

    As Exchange does, and Windows does not, a *loose_boundary* has a space after its two hyphens, which no standard
    allows (fact D4).
    """
    header, sealed, padding = context.wrap_winrm(message)
    line = (b"-- " if loose_boundary else b"--") + _BOUNDARY
    parts = (
        line,
        b"\tContent-Type: " + protocol.encode("ascii"),
        b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
        + str(len(message) + padding).encode("ascii"),
        line,
        b"\t" + _DATA_START + struct.pack("<i", len(header)) + header + sealed + line + b"--",
        b"",
    )
    content_type = f'multipart/encrypted;protocol="{protocol}";boundary="{_BOUNDARY.decode("ascii")}"'
    return content_type, b"\r\n".join(parts)
