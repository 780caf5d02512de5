"""Keys for evidence, by securesystemslib: who signs checkpoints and statements, and whose signatures count.

A checkpoint is a C2SP signed note; a statement is a DSSE envelope around an in-toto statement. One key makes both: the
two forms begin differently, so that neither can be taken for the other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error as SigningError
from securesystemslib.signer import AWSSigner, CryptoSigner, Key, Signature, Signer, SSlibKey

from mailwave.adapters.vault_errors import KeyUnusable
from mailwave.core.evidence.note import ECDSA, ED25519, Checkpoint, NoteBroken, NoteKey, signed
from mailwave.core.evidence.statement import PAYLOAD
from mailwave.core.manifest import canonical


class _Kms(AWSSigner):
    """The library's signer, whose refusals name the key."""

    def sign(self, payload: bytes) -> Signature:
        """The signature on *payload*; raise `KeyUnusable`."""
        try:
            return super().sign(payload)
        except (BotoCoreError, ClientError) as error:
            raise KeyUnusable(what=f"the key {self.aws_key_id} of KMS", why=type(error).__name__) from error


class Seal:
    """Signs with the private key of *signer*, wherever that is kept."""

    def __init__(self, signer: Signer, public_pem: str) -> None:
        self._signer = signer
        self.public_pem = public_pem

    @classmethod
    def of_pem(cls, private_pem: str) -> Seal:
        """One with the private key in *private_pem* (PKCS#8, not encrypted).

        Raises:
            KeyUnusable: it is no such key.
        """
        try:
            private = load_pem_private_key(private_pem.encode(), None)
            public = private.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyUnusable(
                what="the private key", why="it is no PEM of a key without a password"
            ) from None
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        _note_key("", pem, "the private key")
        return cls(CryptoSigner(private), pem)

    @classmethod
    def of_kms(cls, key: str, region: str) -> Seal:
        """One with the private key *key* of AWS KMS in *region* (P-256), which never leaves it.

        Who may use it is what the AWS profile or role of this machine is.

        Raises:
            KeyUnusable: it is not there, or may not be used.
        """
        os.environ.setdefault("AWS_DEFAULT_REGION", region)  # the library asks for no region
        try:
            _, public = AWSSigner.import_(key)
            return cls(_Kms(key, public), str(public.keyval["public"]))
        except (BotoCoreError, ClientError, SigningError) as error:
            raise KeyUnusable(what=f"the key {key} of KMS", why=type(error).__name__) from error

    def checkpoint(self, checkpoint: Checkpoint) -> bytes:
        """*checkpoint* as a signed note, whose key is called as its log."""
        key = _note_key(checkpoint.origin, self.public_pem, "the signing key")
        return signed(checkpoint, key, lambda message: bytes.fromhex(self._signer.sign(message).signature))

    def statement(self, payload: bytes) -> bytes:
        """*payload* in a signed envelope."""
        envelope = Envelope(payload, PAYLOAD, {})
        envelope.sign(self._signer)
        return canonical(envelope.to_dict()) + b"\n"


class TrustedKeys:
    """The public keys in *pems*; each is Ed25519, or ECDSA on P-256.

    Raises:
        KeyUnusable: one is something else, or there is none.
    """

    def __init__(self, pems: Sequence[str]) -> None:
        if not pems:
            raise KeyUnusable(what="no key", why="without a trusted public key nothing can be told")
        self._material = [_note_key("", pem, f"public key {n}") for n, pem in enumerate(pems, start=1)]
        self._keys: list[Key] = [SSlibKey.from_crypto(load_pem_public_key(pem.encode())) for pem in pems]

    def note_keys(self, origin: str) -> list[NoteKey]:
        """Them, as keys of the log *origin*."""
        return [msgspec.structs.replace(key, name=origin) for key in self._material]

    def is_good(self, key: NoteKey, message: bytes, signature: bytes) -> bool:
        """Whether *key*, one of `note_keys`, has made *signature* on *message*."""
        found = self._keys[self.note_keys(key.name).index(key)]
        try:
            found.verify_signature(Signature(found.keyid, signature.hex()), message)
        except SigningError:
            return False
        return True

    def statement(self, envelope: bytes) -> bytes:
        """What *envelope* has sealed.

        Raises:
            NoteBroken: no trusted key has signed it, or it is not written as it was kept.
        """
        try:
            found: Any = msgspec.json.decode(envelope)
            opened = Envelope.from_dict(found)
            whole = canonical(opened.to_dict()) + b"\n" == envelope
        except (msgspec.DecodeError, SigningError, ValueError, KeyError, TypeError, AttributeError):
            raise NoteBroken("it is no signed statement") from None
        try:
            opened.verify(self._keys, 1)
        except SigningError:
            raise NoteBroken("no trusted key has signed it") from None
        if not whole or opened.payload_type != PAYLOAD:
            raise NoteBroken("it is not written as it was kept")
        return opened.payload


def _note_key(origin: str, pem: str, what: str) -> NoteKey:
    try:
        public = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable(what=what, why="it is no PEM of a public key") from None
    if isinstance(public, Ed25519PublicKey):
        return NoteKey(origin, ED25519, public.public_bytes_raw())
    if isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1):
        return NoteKey(origin, ECDSA, public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    raise KeyUnusable(what=what, why="it is neither Ed25519 nor ECDSA on P-256")
