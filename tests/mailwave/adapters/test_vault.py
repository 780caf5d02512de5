"""The vault on S3: what is kept stays, and whatever would lose it is told by name.

The same tests run against a real bucket: docs/evidence.md, "Against a real bucket".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.config import Config

from mailwave.adapters import vault_client
from mailwave.adapters.vault import S3Vault
from mailwave.adapters.vault_errors import VaultDenied, VaultDiffers, VaultUnlocked, VaultUnreachable
from rehearsal.object_store import ObjectStore, serving
from rehearsal.object_store.store import REGION
from tests.object_lock import a_bucket, locked_bucket
from tests.rehearsal.object_store.clients import client

ONE_TRY = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with serving() as running:
        yield running


@pytest.fixture
def vault(store: ObjectStore) -> S3Vault:
    s3, bucket = a_bucket(store)
    return S3Vault(s3, bucket, f"test-{uuid4()}/", mode="governance", days=1)


def behind_its_back(vault: S3Vault) -> tuple[Any, dict[str, str]]:
    """The client, and what names the object `a` to it."""
    return vault._client, {"Bucket": vault._bucket, "Key": f"{vault._prefix}a"}


def test_a_name_is_taken_once(vault: S3Vault) -> None:
    """It should keep an object, take the same again as done, and refuse another under its name."""
    first, again = vault.keep("a", b"one"), vault.keep("a", b"one")
    with pytest.raises(VaultDiffers, match="keeps a with sha256") as caught:
        vault.keep("a", b"two")
    assert (True, False, b"one", ["a"]) == (first, again, vault.read("a"), vault.names())
    assert caught.value.kept != caught.value.offered


def test_of_two_who_looked_before_one_is_refused(vault: S3Vault) -> None:
    """It should refuse, by the service's own word, who puts something else where a name was free a moment ago."""
    s3, _ = behind_its_back(vault)
    other = S3Vault(s3, vault._bucket, vault._prefix, mode="governance", days=1)
    assert [] == vault.names() == other.names()
    vault.keep("a", b"one")
    with pytest.raises(VaultDiffers):
        other.keep("a", b"two")
    assert [b"one", ["a"]] == [other.read("a"), other.names()]


def test_the_first_version_is_the_evidence(vault: S3Vault) -> None:
    """It should read and list the first version of an object that was written again and hidden."""
    vault.keep("a", b"one")
    s3, named = behind_its_back(vault)
    s3.put_object(**named, Body=b"two")
    s3.delete_object(**named)
    fresh = S3Vault(s3, vault._bucket, vault._prefix, mode="governance", days=1)
    assert (["a"], b"one") == (fresh.names(), fresh.read("a"))
    with pytest.raises(VaultDiffers):
        fresh.keep("a", b"two")


def test_what_is_not_there(vault: S3Vault) -> None:
    """It should raise KeyError for an object that never was."""
    vault.keep("ab", b"one")
    with pytest.raises(KeyError):
        vault.read("a")


def test_a_bucket_that_keeps(vault: S3Vault) -> None:
    """It should find nothing wrong with a bucket that is as the environment's file says."""
    vault.check()


def test_a_stricter_bucket_is_taken(store: ObjectStore) -> None:
    """It should take a bucket that is stricter and keeps longer than the file asks."""
    s3, bucket = locked_bucket(store, mode="COMPLIANCE", days=30)
    S3Vault(s3, bucket, "", mode="governance", days=29).check()


@pytest.mark.parametrize(
    ("mode", "days", "why"),
    [
        ("compliance", 1, "GOVERNANCE, 1 days and must be COMPLIANCE"),
        ("governance", 2, "must be GOVERNANCE, 2 days"),
    ],
)
def test_a_bucket_that_keeps_too_little(store: ObjectStore, mode: str, days: int, why: str) -> None:
    """It should say what the bucket's retention is and must be."""
    s3, bucket = locked_bucket(store)
    with pytest.raises(VaultUnlocked, match=why):
        S3Vault(s3, bucket, "", mode=mode, days=days).check()


def test_a_bucket_that_keeps_nothing(store: ObjectStore) -> None:
    """It should refuse a bucket without versions, without Object Lock, and without a default retention."""
    s3 = client(store, "s3")
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket="plain", CreateBucketConfiguration=place)
    plain = S3Vault(s3, "plain", "", mode="governance", days=1)
    with pytest.raises(VaultUnlocked, match="keeps no versions"):
        plain.check()
    s3.put_bucket_versioning(Bucket="plain", VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(VaultUnlocked, match="has no Object Lock"):
        plain.check()
    s3.create_bucket(Bucket="bare", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    with pytest.raises(VaultUnlocked, match="no default retention"):
        S3Vault(s3, "bare", "", mode="governance", days=1).check()


ASKED: tuple[Callable[[S3Vault], object], ...] = (
    lambda vault: vault.check(),
    lambda vault: vault.names(),
    lambda vault: vault.read("a"),
    lambda vault: vault.keep("a", b"one"),
)


@pytest.mark.parametrize("ask", ASKED, ids=["check", "names", "read", "keep"])
def test_a_vault_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[S3Vault], object]
) -> None:
    """It should say that the vault is away, whatever it is asked."""
    monkeypatch.setattr(vault_client, "CONFIG", ONE_TRY)
    away = vault_client.s3_client("http://127.0.0.1:9", REGION, ("rehearsal", "canary-secret-9"))
    with pytest.raises(VaultUnreachable, match="EndpointConnectionError") as caught:
        ask(S3Vault(away, "evidence", "", mode="governance", days=1))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("ask", ASKED, ids=["check", "names", "read", "keep"])
def test_a_bucket_that_is_not_there(store: ObjectStore, ask: Callable[[S3Vault], object]) -> None:
    """It should name the service's own word."""
    with pytest.raises(VaultDenied, match="NoSuchBucket"):
        ask(S3Vault(client(store, "s3"), "nobody-made-this", "", mode="governance", days=1))


def test_no_credentials(store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """It should say that there is no credential where neither file, profile nor role has one."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    s3 = vault_client.s3_client(store.url, REGION, None)
    with pytest.raises(VaultDenied, match="NoCredentials"):
        S3Vault(s3, "evidence", "", mode="governance", days=1).names()


def test_a_profile_is_taken(store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """It should sign in by the profile of AWS's own file where the endpoints name no key, and need that profile."""
    _, bucket = locked_bucket(store)
    file = tmp_path / "credentials"
    file.write_text("[evidence]\naws_access_key_id = rehearsal\naws_secret_access_key = rehearsal\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "evidence")
    s3 = vault_client.s3_client(store.url, REGION, None)
    assert S3Vault(s3, bucket, "", mode="governance", days=1).keep("a", b"")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(VaultDenied, match="ProfileNotFound"):
        vault_client.s3_client(store.url, REGION, None)
