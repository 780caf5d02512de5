"""The unmodified boto3, led to the store; its keys are worth nothing."""

from __future__ import annotations

from typing import Any

import boto3

from rehearsal.object_store import ObjectStore
from rehearsal.object_store.store import REGION


def client(store: ObjectStore, service: str, **options: object) -> Any:
    """A client of *service* at *store*; *options* as boto3 takes them."""
    keys = {"aws_access_key_id": "rehearsal", "aws_secret_access_key": "rehearsal"}
    return boto3.client(service, endpoint_url=store.url, region_name=REGION, **keys, **options)
