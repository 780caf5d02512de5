"""Who may call: an HS256 token, signed with the key's secret, whose age must be under 30 seconds either way."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

import msgspec

from rehearsal.notify.errors import Refusal
from rehearsal.wire import Request

TOLERANCE_SECONDS = 30
_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(rf"^.+-({_GUID})-({_GUID})$")


class MalformedKey(ValueError):
    """An API key does not end in the ids of a service and of a secret."""

    def __init__(self) -> None:
        super().__init__(
            "a Notify key is a name, a service id and a secret id joined by hyphens; this one is not"
        )


@dataclass(frozen=True)
class Key:
    """An API key taken apart: the service it speaks for, and the secret that signs its tokens."""

    service: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> Key:
        """Take *text* apart by its last two ids, as the client libraries do; raise MalformedKey."""
        found = _KEY.match(text)
        if found is None:
            raise MalformedKey
        return cls(service=found[1], secret=found[2])


def issued_at(key: Key, request: Request) -> int:
    """When the request's token was issued, in seconds since 1970, once its signature is found right.

    Raises Refusal with the wording of the service.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(401, "AuthError", "Unauthorized: authentication bearer scheme must be used")
    try:
        head, claims, signature = token.split(".")
        header = msgspec.json.decode(_decoded(head), type=dict[str, object])
        said = msgspec.json.decode(_decoded(claims), type=dict[str, object])
        signed = _decoded(signature)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise Refusal(403, "AuthError", "Invalid token: signature, api token is not valid") from None
    if header.get("alg") != "HS256":
        raise Refusal(403, "AuthError", "Invalid token: algorithm used is not HS256")
    if "iss" not in said:
        raise Refusal(403, "AuthError", "Invalid token: iss field not provided")
    if said["iss"] != key.service:
        raise Refusal(403, "AuthError", "Invalid token: service not found")
    expected = hmac.new(key.secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, signed):
        raise Refusal(403, "AuthError", "Invalid token: API key not found")
    at = said.get("iat")
    if not isinstance(at, int):
        raise Refusal(403, "AuthError", "Invalid token: iat field not provided")
    return at


def check_age(issued: int, now: float) -> None:
    """Refuse a token issued more than 30 seconds before or after *now*, in seconds since 1970."""
    if abs(now - issued) > TOLERANCE_SECONDS:
        raise Refusal(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
