"""Names that are taken once, in a folder and in a bucket.

The same tests run against a real bucket: docs/evidence.md, "Against a real bucket".
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from estate_schema.errors import ConfigurationError
from mailwave.adapters.claims import (
    BucketClaims,
    ClaimsUnusable,
    FolderClaims,
    claims_of,
)
from mailwave.ports.changes import Claims
from rehearsal.object_store import ObjectStore, serving
from tests.object_lock import REAL_BUCKET, a_bucket


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with serving() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def claims(request: pytest.FixtureRequest, store: ObjectStore, tmp_path: Path) -> Claims:
    """Nothing is taken yet."""
    if request.param == "folder":
        return FolderClaims(tmp_path / "state" / "mailwave" / "pilot")
    s3, bucket = a_bucket(store)
    return BucketClaims(s3, bucket, f"test-{uuid4()}/mailwave/pilot")


def test_a_name_is_taken_once(claims: Claims) -> None:
    """It should let the first have a name, tell each later one what was said, and forget it when it is given back."""
    assert b"" == claims.held("a/b")
    assert [b"one", b"one", b"one"] == [claims.take("a/b", said) for said in (b"one", b"two", b"one")]
    assert (b"one", b"") == (claims.held("a/b"), claims.held("a"))
    claims.give_back("a/b")
    claims.give_back("a/b")
    assert (b"", b"two") == (claims.held("a/b"), claims.take("a/b", b"two"))


def test_of_many_at_once_one_has_it(claims: Claims) -> None:
    """It should let one of eight have the name, and tell all the same."""
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda n: claims.take("a", f"{n}".encode()), range(8)))
    assert {claims.held("a")} == found


def test_the_engines_backend_says_where(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should find a folder and a bucket by the address that the engine has, and refuse any other."""
    assert f"{tmp_path}/a b/mailwave/dev" == claims_of("dev", f"file://{tmp_path}/a%20b?metadata=skip").where
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    place = {"LocationConstraint": store.environment["AWS_REGION"]}
    boto3.client("s3").create_bucket(Bucket="states", CreateBucketConfiguration=place)
    deep = claims_of("pilot", store.backend("states").replace("states?", "states/deep?"))
    assert ("s3://states/deep/mailwave/pilot", b"x") == (deep.where, deep.take("a", b"x"))
    with pytest.raises(ConfigurationError, match="PULUMI_BACKEND_URL"):
        claims_of("pilot", "https://app.pulumi.com")


@pytest.mark.skipif(bool(REAL_BUCKET), reason="it asks a bucket that is not there")
def test_a_place_that_does_not_answer_is_named(store: ObjectStore, tmp_path: Path) -> None:
    """It should say which place refuses, by its own word, and let nobody in."""
    s3, _ = a_bucket(store)
    with pytest.raises(ClaimsUnusable, match=r"s3://no-such-bucket/x .*NoSuchBucket"):
        BucketClaims(s3, "no-such-bucket", "x").take("a", b"x")
    (tmp_path / "file").touch()
    with pytest.raises(ClaimsUnusable, match="cannot tell who makes a change"):
        FolderClaims(tmp_path / "file" / "deeper").take("a", b"x")
