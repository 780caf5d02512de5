"""A throw-away certificate authority for each rehearsal, and TLS that answers to a service's own names only."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Authority:
    """The authority of one rehearsal; *certificate* is the file that its clients trust."""

    certificate: Path
    issuer: trustme.CA

    @classmethod
    def kept_in(cls, home: Path) -> Authority:
        """The authority of the rehearsal in *home*, made at its first start: who trusts it goes on trusting it."""
        certificate, key = home / "ca.pem", home / "credentials" / "authority.pem"
        if certificate.exists() and key.exists():
            return cls(certificate, trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes()))
        issuer = trustme.CA()
        key.touch(mode=0o600)
        key.write_bytes(issuer.private_key_pem.bytes())
        certificate.write_bytes(issuer.cert_pem.bytes())
        return cls(certificate, issuer)

    def context(self, hosts: Sequence[str]) -> ssl.SSLContext:
        """The TLS of a service called *hosts*: whoever greets another name, or none, is turned away."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issuer.issue_cert(*hosts).configure_cert(context)
        context.sni_callback = _only(frozenset(hosts))
        return context


def _only(hosts: frozenset[str]) -> Callable[[object, str | None, object], int | None]:
    def refusal(_socket: object, greeted: str | None, _context: object) -> int | None:
        known = greeted is not None and greeted.lower() in hosts
        return None if known else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    return refusal
