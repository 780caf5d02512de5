"""One digest for one meaning: sha256 over RFC 8785 JSON, with text in Unicode form C."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import rfc8785


def canonical(value: object) -> bytes:
    """*value* (structs, mappings, lists, text, whole numbers) as RFC 8785 JSON in UTF-8.

    Raises:
        ValueError: *value* has no JSON form, or two of its keys are one key in Unicode form C.
    """
    return rfc8785.dumps(_normal(msgspec.to_builtins(value, str_keys=True)))


def canonical_texts(value: Mapping[str, str | int] | Sequence[Sequence[Any]]) -> bytes:
    """What `canonical` makes of a flat mapping, or of rows of text or structs of text, in form C; many times faster.

    Floats are what RFC 8785 writes in its own way, and order is what it asks for; without them, all compact JSON with
    sorted keys is canonical.
    """
    return msgspec.json.encode(value, order="sorted")


def digest(value: object) -> str:
    """``sha256:`` and 64 hexadecimal digits of *value* in canonical form."""
    return digest_of_bytes(canonical(value))


def digest_of_bytes(data: bytes) -> str:
    """``sha256:`` and 64 hexadecimal digits of *data* as it stands."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        normal = {unicodedata.normalize("NFC", key): _normal(item) for key, item in value.items()}
        if len(normal) != len(value):
            raise ValueError("two keys are the same key in Unicode form C")
        return normal
    if isinstance(value, (list, tuple)):
        return [_normal(item) for item in value]
    return value
