"""The manifest of one batch: who is in it and where it comes from and goes to, fixed by its digest.

A manifest is JSON in UTF-8:

    {"environment": "pilot", "tenant": "<GUID>", "batch": "w001-leeds-01", "endpoint": "leeds",
     "routing_domain": "contoso.mail.onmicrosoft.com", "users": [{"EmailAddress": "a@contoso.example"}],
     "notification_emails": [], "direction": "onboarding", "databases": []}

Its digest is SHA-256, in lower-case hexadecimal, over the RFC 8785 form of that object with every text in Unicode
NFC. A key `digest` may be there too; it is no part of what is digested, and must then say the same.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import rfc8785

from exchange_admin.migration.errors import ManifestError, some

DIGEST = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"[^\s,\"@]{1,64}@[^\s,\"@]{1,255}")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
"""Fact B9: a batch's name has at most 64 characters. Wildcards, quotes and braces are kept out of names."""
Address = Annotated[str, msgspec.Meta(min_length=3, max_length=320)]


Direction = Literal["onboarding", "offboarding"]
"""To the cloud, or back (facts B9 and B48)."""


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the batch's CSV (fact B10); the field's name is the column's."""

    EmailAddress: Address


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One batch, as it was approved.

    *tenant* is the GUID of the tenant that may hold it, *endpoint* the migration endpoint it pulls from, or on the way
    back pushes to. *routing_domain* is the domain that mail is sent on to where a mailbox was: the tenant's
    ``mail.onmicrosoft.com`` domain, and on the way back a domain of the sites. *databases* are those of the site that
    mailboxes go back to, none on the way to the cloud (fact B48).
    """

    environment: Name
    tenant: str
    batch: Name
    endpoint: Name
    routing_domain: Annotated[str, msgspec.Meta(min_length=4, max_length=253)]
    users: Annotated[tuple[User, ...], msgspec.Meta(min_length=1)]
    notification_emails: tuple[Address, ...] = ()
    direction: Direction = "onboarding"
    databases: tuple[Name, ...] = ()
    digest: str | None = None

    @property
    def addresses(self) -> frozenset[str]:
        """The users' addresses, in lower case."""
        return frozenset(user.EmailAddress.casefold() for user in self.users)

    def csv(self) -> bytes:
        """The CSV that New-MigrationBatch takes, in UTF-8."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(["EmailAddress"])
        writer.writerows([user.EmailAddress] for user in self.users)
        return text.getvalue().encode()


def digest_of(document: dict[str, Any]) -> str:
    """The digest of a manifest given as plain values; its own key `digest` is left out."""
    body = {key: _nfc(value) for key, value in document.items() if key != "digest"}
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def read_manifest(path: str, digest: str) -> Manifest:
    """Read the manifest at *path* and prove that it is the one whose digest was approved.

    Raises:
        ManifestError: it cannot be read, is malformed, or is another one.
    """
    document = _document(path)
    if not DIGEST.fullmatch(digest):
        raise ManifestError(
            path=path, problem=f"cannot be checked against {digest!r}, which is no SHA-256 digest"
        )
    actual = _digest(path, document)
    if not hmac.compare_digest(actual, digest):
        raise ManifestError(path=path, problem=f"has digest {actual}, but {digest} was approved")
    try:
        manifest = msgspec.convert(document, Manifest)
    except msgspec.ValidationError as error:
        raise ManifestError(path=path, problem=f"is not a batch manifest: {error}") from error
    _check(path, manifest, digest)
    return manifest


def _document(path: str) -> dict[str, Any]:
    try:
        document = json.loads(Path(path).read_bytes(), object_pairs_hook=_once)
    except OSError as error:
        raise ManifestError(path=path, problem=f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ManifestError(path=path, problem=f"is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise ManifestError(path=path, problem="is not a JSON object")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key given twice: two readers could take different ones of the two values."""
    keys = [key for key, _ in pairs]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise ValueError(f"key {repeated[0]!r} is given twice")
    return dict(pairs)


def _digest(path: str, document: dict[str, Any]) -> str:
    try:
        return digest_of(document)
    except rfc8785.CanonicalizationError as error:
        raise ManifestError(path=path, problem=f"cannot be digested ({error})") from error


def _check(path: str, manifest: Manifest, digest: str) -> None:
    if manifest.digest is not None and manifest.digest != digest:
        raise ManifestError(path=path, problem=f"names {manifest.digest} as its digest, and has {digest}")
    bad = [address for address in _all_addresses(manifest) if not _ADDRESS.fullmatch(address)]
    if bad:
        raise ManifestError(path=path, problem=f"holds what is no address: {some(bad)}")
    if len(manifest.addresses) != len(manifest.users):
        raise ManifestError(path=path, problem="names a user twice")
    if bool(manifest.databases) != (manifest.direction == "offboarding"):
        raise ManifestError(
            path=path, problem=f"is {manifest.direction} and names {len(manifest.databases)} databases"
        )


def _all_addresses(manifest: Manifest) -> list[str]:
    return [user.EmailAddress for user in manifest.users] + list(manifest.notification_emails)


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_nfc(item) for item in value]
    if isinstance(value, dict):
        return {_nfc(key): _nfc(item) for key, item in value.items()}
    return value
