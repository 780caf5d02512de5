"""Keys of evidence: files, KMS, and what is none."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from mailwave.adapters.evidence_keys import Seal, TrustedKeys
from mailwave.adapters.vault_errors import KeyUnusable
from mailwave.core.evidence.merkle import EMPTY
from mailwave.core.evidence.note import Checkpoint, NoteBroken, opened, unbase64
from rehearsal.object_store import ObjectStore, serving
from rehearsal.object_store.store import REGION
from tests.mailwave.core.evidence.vaults import ANOTHER, ORIGIN, SEAL, TRUST
from tests.rehearsal.object_store.clients import client

REAL_KEY = os.environ.get("MAILWAVE_CONTRACT_KMS_KEY")
"""A key of KMS that may sign, on P-256."""

POINT = Checkpoint(ORIGIN, 0, EMPTY)


def pem(key: PrivateKeyTypes) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def signs(seal: Seal) -> bool:
    """Whether those who trust *seal* take what it signs, and nobody else does."""
    trust, note, statement = (
        TrustedKeys([ANOTHER.public_pem, seal.public_pem]),
        seal.checkpoint(POINT),
        seal.statement(b"{}"),
    )
    with pytest.raises(NoteBroken):
        opened(note, TRUST.note_keys(ORIGIN), TRUST.is_good)
    with pytest.raises(NoteBroken):
        TRUST.statement(statement)
    return (POINT, b"{}") == (
        opened(note, trust.note_keys(ORIGIN), trust.is_good),
        trust.statement(statement),
    )


def test_a_key_on_another_curve() -> None:
    """It should sign with ECDSA on P-256, as KMS does."""
    assert signs(Seal.of_pem(pem(ec.generate_private_key(ec.SECP256R1()))))


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with serving() as running:
        yield running


@pytest.fixture
def kms_key(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key of KMS: the real one that a setting names, or a new one of moto's."""
    if REAL_KEY:
        return REAL_KEY
    for name, text in store.environment.items():
        monkeypatch.setenv(name, text)
    made = client(store, "kms")
    key = made.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
    alias = f"alias/evidence-{key}"
    made.create_alias(AliasName=alias, TargetKeyId=key)
    return alias


@pytest.mark.conformance
@pytest.mark.xfail(
    condition=not REAL_KEY, strict=True, raises=NoteBroken, reason="moto hashes the digest once more"
)
def test_a_key_of_kms(kms_key: str) -> None:
    """It should sign with a P-256 key that never leaves KMS."""
    assert signs(Seal.of_kms(kms_key, REGION))


@pytest.mark.conformance
@pytest.mark.skipif(REAL_KEY is not None, reason="what moto does instead")
def test_the_right_key_is_asked_to_sign_the_right_digest(kms_key: str) -> None:
    """It should hand KMS the digest of what is to be signed, under the key that it tells as public."""
    seal = Seal.of_kms(kms_key, REGION)
    signature = unbase64(seal.checkpoint(POINT).decode().split()[-1])[4:]
    public = load_pem_public_key(seal.public_pem.encode())
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, hashlib.sha256(POINT.text.encode()).digest(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.conformance
def test_a_key_that_kms_has_not_got(kms_key: str) -> None:
    """It should name a key that is not there."""
    with pytest.raises(KeyUnusable, match="the key alias/nobody of KMS"):
        Seal.of_kms("alias/nobody", REGION)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no PEM"),
        ("canary-81aa", "no PEM"),
        (SEAL.public_pem, "no PEM"),
    ],
)
def test_what_is_no_private_key(text: str, why: str) -> None:
    """It should say so without repeating what it was given."""
    with pytest.raises(KeyUnusable, match=why) as caught:
        Seal.of_pem(text)
    assert "canary" not in str(caught.value)


def test_keys_that_do_not_fit() -> None:
    """It should refuse RSA, a key with a password, a P-384 key, and a list of none."""
    big = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    locked = big.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")).decode()
    for text in (pem(big), locked, pem(ec.generate_private_key(ec.SECP384R1()))):
        with pytest.raises(KeyUnusable):
            Seal.of_pem(text)
    with pytest.raises(KeyUnusable, match="without a trusted"):
        TrustedKeys([])
    with pytest.raises(KeyUnusable, match="public key 2"):
        TrustedKeys([SEAL.public_pem, "nothing"])


def test_an_envelope_is_taken_as_it_was_kept_only() -> None:
    """It should refuse other spaces, another key's name, another type, two signatures of one key, and other text."""
    whole = json.loads(SEAL.statement(b"{}"))
    (signature,) = whole["signatures"]
    others = [
        json.dumps(whole).encode(),
        SEAL.statement(b"{}").rstrip(b"\n"),
        *(
            json.dumps({**whole, **change}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
            for change in (
                {"payloadType": "text/plain"},
                {"payload": base64.b64encode(b"[]").decode()},
                {"signatures": []},
                {"signatures": [signature, signature]},
                {"signatures": [{**signature, "keyid": "0" * 64}]},
                {"signatures": "none"},
            )
        ),
        b"[]",
        b"\xff",
    ]
    for envelope in others:
        with pytest.raises(NoteBroken):
            TRUST.statement(envelope)
