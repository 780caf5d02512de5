"""Certificates in PKCS #12 bundles, made for one test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from rehearsal.estate import START

SECRET = "opens-the-bundle"


@dataclass(frozen=True)
class Bundle:
    """The *file*, the file that holds what opens it, and the *thumbprint* by which Windows will know it."""

    file: Path
    unlock: Path
    thumbprint: str


def bundle(folder: Path, *names: str) -> Bundle:
    """A certificate for *names* that another authority signed, valid for a year of the simulated time."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "NHS Public Issuing CA 2")])
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(START - timedelta(days=1))
        .not_valid_after(START + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    content = pkcs12.serialize_key_and_certificates(
        b"Public 2027", key, made, None, BestAvailableEncryption(SECRET.encode())
    )
    file, unlock = folder / "new.pfx", folder / "unlock"
    file.write_bytes(content)
    unlock.write_text(SECRET, encoding="utf-8")
    unlock.chmod(0o600)
    return Bundle(file, unlock, made.fingerprint(hashes.SHA1()).hex().upper())
