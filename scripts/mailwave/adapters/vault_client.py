"""The boto3 client of the vault; its credentials come from a file, a profile or a role, never from an argument."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from mailwave.adapters.vault import CONFIG
from mailwave.adapters.vault_errors import VaultDenied


def s3_client(url: str, region: str, key: tuple[str, str] | None, *, ca: Path | None = None) -> Any:
    """A client of S3 at *url*; *key* is an access key's id and secret, None takes what AWS's own settings say.

    *ca* is the certificate authority to trust instead of the machine's own.

    Raises:
        VaultDenied: AWS's own settings name a profile that is not there, or cannot be read.
    """
    named = {"aws_access_key_id": key[0], "aws_secret_access_key": key[1]} if key else {}
    verify = str(ca) if ca and url.startswith("https://") else None
    try:
        session = boto3.session.Session(region_name=region)
        return session.client("s3", endpoint_url=url, config=CONFIG, verify=verify, **named)
    except BotoCoreError as error:
        raise VaultDenied(where=url, code=type(error).__name__) from error
