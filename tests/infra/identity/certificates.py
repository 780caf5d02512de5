"""Certificates made for a test, valid for the whole of 2026 and 2027."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.settings.identity import Certificate, Holder


@cache
def a_pem() -> str:
    """The public part of a certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailwave")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 12, 31, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def a_certificate(*, holder: Holder, starts: date, expires: date, pem: str = "") -> Certificate:
    """One called `one`, which *holder* uses from *starts* to *expires*."""
    return Certificate(holder=holder, name="one", pem=pem or a_pem(), starts=starts, expires=expires)
