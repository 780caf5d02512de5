"""Ed25519 signatures of local administrators."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Ed25519Verifier:
    """Verifies signatures; what is not even a key or a signature is not good."""

    def is_good(self, public_key: str, message: bytes, signature: str) -> bool:
        """Whether *signature* (hex) on *message* was made with the other half of *public_key* (hex)."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            key.verify(bytes.fromhex(signature), message)
        except (ValueError, InvalidSignature):
            return False
        return True


class Ed25519Signer:
    """Signs with a private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> str:
        """The public half, in hex."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """The signature on *message*, in hex."""
        return self._key.sign(message).hex()
