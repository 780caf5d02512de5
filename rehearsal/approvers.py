"""Whose consent counts in a rehearsal, and whose proof: throw-away keys, made once, and the file that trusts them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ROLES: Mapping[str, str] = {
    "first-approver": "change-manager",
    "second-approver": "clinical-safety-officer",
}
"""Who they are, and in what role."""

PROVER = "prover"
"""Who signs what a rehearsed release did, unless the caller brings a key."""

NEEDED: Mapping[str, int] = {"rehearsal": 0, "dev": 0, "pilot": 1, "production": 2}
"""How many of them a change needs, as in the environment that is rehearsed."""

_ALWAYS = {"first": "2000-01-01", "last": "2099-12-31"}
"""A rehearsal's clock may stand anywhere."""


def make_approvers(home: Path, environment: str) -> Path:
    """The file that trusts the approvers of the rehearsal in *home*; their private keys lie among its credentials."""
    keys = home / "credentials" / "approvers"
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    people = [
        {"who": who, "role": role, "ed25519": public_half(keys / f"{who}.pem"), **_ALWAYS}
        for who, role in ROLES.items()
    ]
    file = home / "approvers.yaml"
    prover = {"who": PROVER, "ed25519": public_half(keys / f"{PROVER}.pem"), **_ALWAYS}
    trusted = {
        "environment": environment,
        "needed": NEEDED[environment],
        "approvers": people,
        "provers": [prover],
    }
    part = home / "approvers.yaml.part"
    part.write_text(yaml.safe_dump(trusted, sort_keys=False), encoding="utf-8")
    part.rename(file)
    return file


def public_half(file: Path) -> str:
    """The public half, in hexadecimal digits, of the key in *file*, which is made where there is none."""
    if not file.exists():
        fresh = Ed25519PrivateKey.generate()
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_bytes(fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        part.rename(file)
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{file} holds a key of another kind")
    return key.public_key().public_bytes_raw().hex()
