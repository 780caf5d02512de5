"""Who works at this machine: a file with the immutable id of a person, and where their key is."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from estate_schema.endpoints import SecretFile
from estate_schema.errors import ConfigurationError, validated
from estate_schema.values import Guid, Model


class Identity(Model):
    """*who* is the immutable id of a person in Entra, *key* a file with their Ed25519 private key in PEM."""

    who: Guid
    key: SecretFile

    def private_key(self) -> Ed25519PrivateKey:
        """The key; raise `ConfigurationError` where the file holds none, or is open to others."""
        try:
            key = load_pem_private_key(self.key.secret().encode(), password=None)
        except (ValueError, TypeError) as error:
            raise self._no_key() from error
        if not isinstance(key, Ed25519PrivateKey):
            raise self._no_key()
        return key

    def _no_key(self) -> ConfigurationError:
        return ConfigurationError(
            file=self.key.secret_file, key="", problem="holds no Ed25519 private key in PEM"
        )


def load_identity(path: Path) -> Identity:
    """The identity in the file at *path*; raise `ConfigurationError` where it cannot be used."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(file=path, key="", problem=f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(file=path, key="", problem="is not JSON in UTF-8") from error
    return validated(Identity, data, path)
