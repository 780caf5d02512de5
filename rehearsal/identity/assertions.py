"""Assertions by which an application proves who it is without a secret: by a certificate or a third party."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"
"""The audience that a third party's token must have."""
_ALGORITHMS = ["RS256", "PS256"]
_CLAIMS = ["exp", "iss", "sub", "aud"]


@dataclass(frozen=True)
class Trust:
    """A federated credential: tokens of *issuer* for *subject*, signed with *public_key* (PEM), are the application."""

    issuer: str
    subject: str
    public_key: bytes


class Unproved(Exception):
    """An assertion that proves nothing; *code* is the number after AADSTS."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"AADSTS{code}: {text}")


def check_certificate(
    assertion: str, client: str, audiences: Iterable[str], certificates: Sequence[bytes]
) -> None:
    """Check that *assertion* is *client*'s own, signed by one of its *certificates* (PEM; fact A12).

    The certificate is found by the thumbprint in the header, SHA-1 (`x5t`) or SHA-256 (`x5t#S256`). *audiences* are
    the names of the token service that it may be meant for. Raises `Unproved`.
    """
    header = _header(assertion)
    known = {mark: key for pem in certificates for mark, key in _thumbprints(pem)}
    mark = header.get("x5t#S256") or header.get("x5t") or ""
    key = known.get(str(mark).rstrip("="))
    if key is None:
        raise Unproved(
            700027, "The certificate with the identifier used to sign the client assertion is not registered."
        )
    claims = _claims(assertion, key, audiences)
    if claims["iss"].casefold() != client or claims["sub"].casefold() != client:
        raise Unproved(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")


def check_trust(assertion: str, trusts: Sequence[Trust]) -> None:
    """Check that *assertion* is a third party's token which one of *trusts* takes. Raises `Unproved`."""
    told = _unchecked(assertion)
    for trust in trusts:
        if (trust.issuer, trust.subject) == (told.get("iss"), told.get("sub")):
            _claims(assertion, trust.public_key, [EXCHANGE_AUDIENCE])
            return
    raise Unproved(70021, "No matching federated identity record found for presented assertion.")


def issuer(assertion: str) -> str:
    """Who claims to have issued *assertion*. Raises `Unproved`."""
    return str(_unchecked(assertion).get("iss", ""))


def _header(assertion: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError:
        raise Unproved(50027, "JWT token is invalid or malformed.") from None


def _unchecked(assertion: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise Unproved(50027, "JWT token is invalid or malformed.") from None
    return claims


def _claims(assertion: str, key: bytes, audiences: Iterable[str]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion, key, algorithms=_ALGORITHMS, audience=list(audiences), options={"require": _CLAIMS}
        )
    except jwt.ExpiredSignatureError:
        raise Unproved(700024, "Client assertion is not within its valid time range.") from None
    except jwt.InvalidAudienceError:
        raise Unproved(700023, "Client assertion audience claim does not match Realm issuer.") from None
    except jwt.InvalidTokenError:
        raise Unproved(700027, "Client assertion failed signature validation.") from None
    return claims


def _thumbprints(pem: bytes) -> list[tuple[str, bytes]]:
    certificate = x509.load_pem_x509_certificate(pem)
    key = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    marks = (certificate.fingerprint(hashes.SHA1()), certificate.fingerprint(hashes.SHA256()))  # noqa: S303
    return [(base64.urlsafe_b64encode(mark).decode("ascii").rstrip("="), key) for mark in marks]
