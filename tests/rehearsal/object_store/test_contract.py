"""What an evidence bucket must do, call by call, by the unmodified boto3.

The same table runs against a real bucket: set MAILWAVE_CONTRACT_BUCKET to one with Object Lock in an account that may
be written to. Where moto is not S3 a row is a strict expected failure, so that it is noticed when moto learns it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.object_store import ObjectStore
from tests.rehearsal.object_store.clients import client

pytestmark = pytest.mark.conformance

ONE_TRY = Config(retries={"total_max_attempts": 1})
REAL_BUCKET = os.environ.get("MAILWAVE_CONTRACT_BUCKET")


@dataclass(frozen=True)
class Vault:
    """A bucket with Object Lock, and one object in it that is locked for an hour."""

    s3: Any
    bucket: str
    key: str
    version: str
    until: datetime

    @property
    def object(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key}

    @property
    def locked(self) -> dict[str, str]:
        return self.object | {"VersionId": self.version}

    def retain(self, mode: str, until: datetime) -> object:
        wanted = {"Mode": mode, "RetainUntilDate": until}
        return self.s3.put_object_retention(**self.locked, Retention=wanted)

    def delete_many(self) -> Any:
        locked = {"Key": self.key, "VersionId": self.version}
        return self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [locked]})

    def held(self) -> dict[str, str]:
        """A version under a legal hold, which is lifted only in a test's own bucket."""
        put = self.s3.put_object(
            Bucket=self.bucket, Key=f"{self.key}-held", Body=b"held", ObjectLockLegalHoldStatus="ON"
        )
        return {"Bucket": self.bucket, "Key": f"{self.key}-held", "VersionId": put["VersionId"]}

    def put_in_parts(self) -> Any:
        upload = self.s3.create_multipart_upload(**self.object)
        about = {**self.object, "UploadId": upload["UploadId"]}
        part = self.s3.upload_part(**about, PartNumber=1, Body=b"second")
        parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
        return self.s3.complete_multipart_upload(**about, MultipartUpload={"Parts": parts}, IfNoneMatch="*")


@pytest.fixture
def vault(store: ObjectStore) -> Vault:
    if REAL_BUCKET:
        return locked(boto3.client("s3"), REAL_BUCKET)
    s3 = client(store, "s3", config=ONE_TRY)
    bucket = f"evidence-{uuid4()}"
    place = {"LocationConstraint": "eu-west-2"}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    return locked(s3, bucket)


def locked(s3: Any, bucket: str) -> Vault:
    key, until = f"entry-{uuid4()}", datetime.now(UTC) + timedelta(hours=1)
    put = s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=b"first",
        ChecksumAlgorithm="SHA256",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    return Vault(s3, bucket, key, put["VersionId"], until)


Act = Callable[[Vault], Any]
REFUSED: tuple[tuple[str, str, Act], ...] = (
    ("a second object under a key", "PreconditionFailed", lambda vault: put(vault, IfNoneMatch="*")),
    ("deleting a locked version", "AccessDenied", lambda vault: vault.s3.delete_object(**vault.locked)),
    (
        "deleting it with a bypass",
        "AccessDenied",
        lambda vault: vault.s3.delete_object(**vault.locked, BypassGovernanceRetention=True),
    ),
    ("deleting many at once", "AccessDenied", lambda vault: raised(vault.delete_many())),
    (
        "deleting what is under a legal hold",
        "AccessDenied",
        lambda vault: vault.s3.delete_object(**vault.held()),
    ),
    ("a second object in parts", "PreconditionFailed", lambda vault: vault.put_in_parts()),
    ("replacing an object that is another", "PreconditionFailed", lambda vault: put(vault, IfMatch='"0"')),
    (
        "deleting the bucket",
        "BucketNotEmpty",
        lambda vault: vault.s3.delete_bucket(Bucket=vault.bucket),
    ),
)
NOT_REFUSED_BY_MOTO: tuple[tuple[str, str, Act], ...] = (
    (
        "a shorter retention",
        "AccessDenied",
        lambda vault: vault.retain("COMPLIANCE", vault.until - timedelta(minutes=30)),
    ),
    ("a weaker mode", "AccessDenied", lambda vault: vault.retain("GOVERNANCE", vault.until)),
    (
        "a retention that is over already",
        "InvalidArgument",
        lambda vault: put(
            vault,
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=datetime.now(UTC) - timedelta(days=1),
        ),
    ),
    (
        "a mode without an end",
        "InvalidArgument",
        lambda vault: put(vault, ObjectLockMode="GOVERNANCE"),
    ),
    (
        "bytes that are not those of their checksum",
        "BadDigest",
        lambda vault: put(vault, ChecksumSHA256="A" * 43 + "="),
    ),
    (
        "a key that nobody was given",
        "InvalidAccessKeyId",
        lambda vault: strangers(vault).get_object(**vault.object),
    ),
    (
        "suspending the versions of a bucket with Object Lock",
        "InvalidBucketState",
        lambda vault: vault.s3.put_bucket_versioning(
            Bucket=vault.bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
    ),
)


def put(vault: Vault, **options: object) -> Any:
    return vault.s3.put_object(**vault.object, Body=b"second", ChecksumAlgorithm="SHA256", **options)


def raised(answer: Any) -> Any:
    """The first error of an answer that reports errors one by one."""
    raise ClientError({"Error": answer["Errors"][0]}, "DeleteObjects")


def strangers(vault: Vault) -> Any:
    """A client with a key that nobody was given."""
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "nobody"}
    return boto3.client("s3", endpoint_url=vault.s3.meta.endpoint_url, region_name="eu-west-2", **keys)


def code(act: Act, vault: Vault) -> str:
    with pytest.raises(ClientError) as caught:
        act(vault)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(("expected", "act"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_must_be_refused_is(vault: Vault, expected: str, act: Act) -> None:
    """It should refuse whatever would lose or replace a piece of evidence."""
    assert code(act, vault) == expected


@pytest.mark.xfail(condition=not REAL_BUCKET, strict=True, reason="moto accepts it, S3 does not")
@pytest.mark.parametrize(
    ("expected", "act"), [row[1:] for row in NOT_REFUSED_BY_MOTO], ids=[row[0] for row in NOT_REFUSED_BY_MOTO]
)
def test_what_moto_lets_through_is_refused_by_s3(vault: Vault, expected: str, act: Act) -> None:
    """It should refuse to weaken a lock; moto does not."""
    assert code(act, vault) == expected


@pytest.mark.xfail(condition=not REAL_BUCKET, strict=True, raises=ClientError, reason="moto answers 500")
def test_a_retention_can_be_read(vault: Vault) -> None:
    """It should tell mode and end of a lock."""
    found = vault.s3.get_object_retention(**vault.locked)["Retention"]
    assert found["Mode"] == "COMPLIANCE"


def test_the_first_version_stays_when_another_is_put(vault: Vault) -> None:
    """It should keep the old version readable after an overwrite and after a plain delete."""
    put(vault)
    vault.s3.delete_object(**vault.object)
    assert vault.s3.get_object(**vault.locked)["Body"].read() == b"first"


def test_of_writers_at_one_moment_one_wins(vault: Vault) -> None:
    """It should take exactly one of eight objects that are put under a new key at the same moment."""

    def write(n: int) -> str:
        try:
            vault.s3.put_object(
                Bucket=vault.bucket, Key=f"{vault.key}-race", Body=bytes([n]) * 100_000, IfNoneMatch="*"
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(write, range(8)))
    assert ended.count("kept") == 1
    assert set(ended) <= {"kept", "PreconditionFailed", "ConditionalRequestConflict"}


@dataclass(frozen=True)
class Signed:
    """A signature over `root`, and what is needed to verify it."""

    kms: Any
    how: dict[str, str]
    signature: bytes

    def verified(self, message: bytes) -> bool:
        found = self.kms.verify(Message=message, Signature=self.signature, **self.how)
        return bool(found["SignatureValid"])


@pytest.fixture
def signed(store: ObjectStore) -> Signed:
    kms = client(store, "kms")
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
    how = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256"}
    return Signed(kms, how, kms.sign(Message=b"root", **how)["Signature"])


def test_a_key_signs_and_verifies(signed: Signed) -> None:
    """It should sign a checkpoint with a P-256 key that never leaves KMS."""
    assert signed.verified(b"root")


@pytest.mark.xfail(strict=True, reason="moto answers that it is not valid, KMS raises")
def test_a_signature_over_something_else_is_refused(signed: Signed) -> None:
    """It should raise for a message that was not signed."""
    with pytest.raises(ClientError):
        signed.verified(b"toor")
