"""The evidence vault: an S3 bucket with Object Lock, in which each name is written once.

How long an object is kept is the bucket's default retention, which whoever writes may neither set nor see changed; this
adapter only looks that it is strict enough. Of an object that somebody wrote again, or hid behind a deletion marker,
the first version is the evidence.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mailwave.adapters.vault_errors import VaultDenied, VaultDiffers, VaultUnlocked, VaultUnreachable

CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
"""Seconds, and how often a request is made before the vault counts as unreachable."""

_TAKEN = "PreconditionFailed"
_AT_ONCE = "ConditionalRequestConflict"
"""S3's answer to the loser of two writes at the same moment; the winner's object is there the next time."""

_AGAIN = 5
_STRICTNESS = {"GOVERNANCE": 0, "COMPLIANCE": 1}
_SERVER_FAULT = 500
_YEAR_DAYS = 365


class S3Vault:
    """The objects below *prefix* in *bucket*, by the boto3 *client*; *mode* and *days* are the least retention."""

    def __init__(self, client: Any, bucket: str, prefix: str, *, mode: str, days: int) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._mode = mode.upper()
        self._days = days
        self._first: dict[str, str] = {}
        self._all = False

    @property
    def where(self) -> str:
        """The vault as people call it."""
        return f"s3://{self._bucket}/{self._prefix}"

    def check(self) -> None:
        """See that the bucket keeps what it is given.

        Raises:
            VaultUnlocked: it has no Object Lock or versions, or its default retention is too weak.
        """
        with self._asking():
            versions = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status")
        if versions != "Enabled":
            raise VaultUnlocked(where=self.where, why="the bucket keeps no versions")
        try:
            found = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) != "ObjectLockConfigurationNotFoundError":
                raise self._named(error) from error
            raise VaultUnlocked(where=self.where, why="the bucket has no Object Lock") from None
        except BotoCoreError as error:
            raise self._silent(error) from error
        held = found["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention")
        if not held:
            raise VaultUnlocked(where=self.where, why="the bucket has no default retention")
        days = held.get("Days", 0) + held.get("Years", 0) * _YEAR_DAYS
        if _STRICTNESS[held["Mode"]] < _STRICTNESS[self._mode] or days < self._days:
            found_text, wanted = f"{held['Mode']}, {days} days", f"{self._mode}, {self._days} days"
            raise VaultUnlocked(where=self.where, why=f"its retention is {found_text} and must be {wanted}")

    def names(self, below: str = "") -> list[str]:
        """The name of every object whose name begins with *below*, those behind deletion markers too."""
        self._first |= self._versions(below)
        self._all = self._all or not below
        return sorted(name for name in self._first if name.startswith(below))

    def read(self, name: str) -> bytes:
        """What the first version of the object *name* holds; raise `KeyError` when there never was one."""
        version = self._known(name)[name]
        with self._asking():
            found = self._client.get_object(
                Bucket=self._bucket, Key=f"{self._prefix}{name}", VersionId=version
            )
            content: bytes = found["Body"].read()
        return content

    def keep(self, name: str, content: bytes) -> bool:
        """Keep *content* under *name*; False when exactly that was kept before.

        Raises:
            VaultDiffers: something else is kept under that name.
        """
        if name in self._known(name):  # behind a deletion marker S3 would take another object under that name
            self._refuse_other(name, content)
            return False
        for _ in range(_AGAIN):
            try:
                self._put(name, content)
            except ClientError as error:
                if _code(error) == _AT_ONCE:
                    continue
                if _code(error) != _TAKEN:
                    raise self._named(error) from error
                self._refuse_other(name, content)
                return False
            except BotoCoreError as error:
                raise self._silent(error) from error
            return True
        raise VaultUnreachable(where=self.where, why=f"{_AT_ONCE}, {_AGAIN} times")

    def _put(self, name: str, content: bytes) -> None:
        """One request, which S3 takes only if the name is free and the bytes arrive as they were sent."""
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        self._client.put_object(
            Bucket=self._bucket,
            Key=f"{self._prefix}{name}",
            Body=content,
            IfNoneMatch="*",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=checksum,
        )

    def _known(self, name: str) -> dict[str, str]:
        """The first version of each object, as far as this process has listed or kept it, *name* in any case."""
        if name not in self._first and not self._all:
            self._first |= self._versions(name)
        return self._first

    def _refuse_other(self, name: str, content: bytes) -> None:
        self._first |= self._versions(name)
        kept, offered = (hashlib.sha256(each).hexdigest() for each in (self.read(name), content))
        if kept != offered:
            raise VaultDiffers(where=self.where, name=name, kept=kept, offered=offered)

    def _versions(self, below: str) -> dict[str, str]:
        """The first version of each object; S3 lists the newest first."""
        first: dict[str, str] = {}
        with self._asking():
            pages = self._client.get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{self._prefix}{below}"):
                for each in page.get("Versions", ()):
                    first[each["Key"].removeprefix(self._prefix)] = each["VersionId"]
        return first

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._named(error) from error
        except BotoCoreError as error:
            raise self._silent(error) from error

    def _named(self, error: ClientError) -> VaultDenied | VaultUnreachable:
        """*error* by its code alone: its text may repeat what was asked."""
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= _SERVER_FAULT:
            return VaultUnreachable(where=self.where, why=_code(error))
        return VaultDenied(where=self.where, code=_code(error))

    def _silent(self, error: BotoCoreError) -> VaultDenied | VaultUnreachable:
        kind = type(error).__name__
        if "Credential" in kind or "Profile" in kind or "Token" in kind:
            return VaultDenied(where=self.where, code=kind)
        return VaultUnreachable(where=self.where, why=kind)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
