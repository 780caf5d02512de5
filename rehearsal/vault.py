"""The vault of a rehearsal: a bucket of the simulated S3 that locks what it is given, for as long as a journey runs.

Like every vault it lies outside of what is moved, so the served estate knows nothing of it. It is empty at each start:
a journey that goes on after a kill sends everything anew.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rehearsal import object_store
from rehearsal.credentials import kept
from rehearsal.errors import NotLocked
from rehearsal.home import ROOT

KEY_ID = "rehearsal"


@dataclass(frozen=True)
class Vault:
    """The *bucket* as its own service sees it, by the boto3 *client*."""

    client: Any
    bucket: str

    def objects(self) -> list[str]:
        """The name of every object."""
        return [each["Key"] for each in self._versions()]

    def require_locked(self) -> None:
        """Try to delete every version of every object, with the rights of whoever writes; raise `NotLocked`."""
        for each in self._versions():
            try:
                self.client.delete_object(Bucket=self.bucket, Key=each["Key"], VersionId=each["VersionId"])
            except ClientError as error:
                if error.response["Error"]["Code"] == "AccessDenied":
                    continue
                raise
            raise NotLocked(name=each["Key"])

    def _versions(self) -> Iterator[Any]:
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket):
            yield from page.get("Versions", ())


@contextmanager
def serving(home: Path, environment: str) -> Iterator[Vault]:
    """An empty vault as the estate file of *environment* asks for it, named in the endpoints file in *home*."""
    wanted = yaml.safe_load(
        (ROOT / "environments" / f"estate.{environment}.yaml").read_text(encoding="utf-8")
    )
    with object_store.serving() as store:
        _name(home, store.url)
        yield _made(store.url, home, **wanted["evidence"]["vault"])


def _made(url: str, home: Path, *, bucket: str, region: str, mode: str, days: int) -> Vault:
    client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=_secret(home).read_text(encoding="ascii"),
    )
    client.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": region},
        ObjectLockEnabledForBucket=True,
    )
    rule = {"DefaultRetention": {"Mode": mode.upper(), "Days": days}}
    client.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    return Vault(client, bucket)


def _name(home: Path, url: str) -> None:
    """Say in the endpoints file where the vault answers, by whose key, and who signs what is in it."""
    file, part = home / "endpoints.json", home / "endpoints.json.part"
    endpoints = json.loads(file.read_text(encoding="utf-8"))
    endpoints["s3"] = url
    endpoints["credentials"] |= {
        "vault": {"access_key_id": KEY_ID, "secret_file": str(_secret(home))},
        "evidence_key": {"secret_file": str(_signing(home))},
    }
    part.write_text(json.dumps(endpoints, indent=2) + "\n", encoding="utf-8")
    part.rename(file)


def _secret(home: Path) -> Path:
    file = home / "credentials" / "vault-secret"
    kept(file, secrets.token_urlsafe(24))
    return file


def _signing(home: Path) -> Path:
    file = home / "credentials" / "evidence-key"
    fresh = Ed25519PrivateKey.generate()
    kept(file, fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"))
    return file
