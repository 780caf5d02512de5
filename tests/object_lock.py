"""Buckets with Object Lock for tests: of moto, or, where a setting names one, a real one that may be written to."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import boto3

from rehearsal.object_store import ObjectStore
from rehearsal.object_store.store import REGION
from tests.rehearsal.object_store.clients import client

REAL_BUCKET = os.environ.get("MAILWAVE_CONTRACT_BUCKET")
"""A bucket with Object Lock and a default retention of GOVERNANCE or stricter, at least a day."""


def locked_bucket(
    store: ObjectStore, name: str = "", *, mode: str = "GOVERNANCE", days: int = 1
) -> tuple[Any, str]:
    """A client, and a new bucket that keeps what it is given for *days* in *mode*."""
    s3, bucket = client(store, "s3"), name or f"evidence-{uuid4()}"
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": mode, "Days": days}}
    s3.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    return s3, bucket


def a_bucket(store: ObjectStore) -> tuple[Any, str]:
    """The real bucket where there is one, else a new one of moto's."""
    return (boto3.client("s3"), REAL_BUCKET) if REAL_BUCKET else locked_bucket(store)
