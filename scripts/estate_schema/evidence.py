"""Where an environment's evidence is kept, for how long, and whose signatures on it count."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate_schema.values import Model

BucketName = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", description="An S3 bucket, without dots")
]
PublicKey = Annotated[
    str,
    Field(
        pattern=r"^-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----$",
        description="A public key in PEM, Ed25519 or ECDSA on P-256",
    ),
]


class Vault(Model):
    """A bucket with Object Lock, whose own default retention is at least *days* in *mode* or a stricter one.

    It lies in an account outside the tenant that is changed.
    """

    bucket: BucketName
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    mode: Literal["governance", "compliance"]
    days: Annotated[int, Field(ge=1, le=36_500)]


class Evidence(Model):
    """The *vault*, the key of KMS that signs checkpoints and statements, and the public *keys* that are trusted.

    Without *kms_key* the endpoints file names a file with a private key. Keys that were in use stay in *keys*.
    """

    vault: Vault
    kms_key: (
        Annotated[str, Field(pattern=r"^(alias/[A-Za-z0-9/_-]+|arn:aws:kms:\S+|[0-9a-f-]{36})$")] | None
    ) = None
    keys: tuple[PublicKey, ...] = ()
