"""What the layer `identity` can be told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from estate_schema.values import Guid, Model, Name
from infra.settings.common import Subscribed

LONGEST_CERTIFICATE = timedelta(days=180)
"""How long a certificate of an application may be valid (control 43; CIS 5.1.5.3-6)."""

_DATE = 'quoted, such as "2026-12-01"'
_ISSUER = r"^https://[a-z0-9.-]+(/[A-Za-z0-9._/-]*)?$"
_REPOSITORY = r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$"

type Holder = Literal["reader", "batch-runner", "completer", "courier", "mender", "hybrid"]

type Policy = Literal[
    "block-legacy-authentication",
    "require-mfa",
    "phishing-resistant-for-privileged",
    "sign-in-frequency-for-privileged",
    "block-device-code",
    "block-high-risk-users",
    "block-high-risk-sign-ins",
]


def _public_only(pem: str) -> str:
    if "PRIVATE KEY" in pem:
        raise ValueError("holds a private key, which belongs in no file here")
    return pem


def _each_once[Item](items: tuple[Item, ...]) -> tuple[Item, ...]:
    names = [_name(item) for item in items]
    if len(set(names)) < len(names):
        raise ValueError("names one of them twice")
    return items


def _name(item: object) -> object:
    """What tells an item of a list from the others."""
    if isinstance(item, Certificate):
        return (item.holder, item.name)
    return item.code if isinstance(item, CareBoard) else getattr(item, "name", item)


class Pipeline(Model):
    """Where deployments and waves run: the service that vouches for a job, and the repository it is a job of."""

    issuer: Annotated[
        str,
        Field(
            pattern=_ISSUER,
            description="The https address of the pipeline's token service, as in the claim iss of its tokens",
        ),
    ]
    repository: Annotated[
        str, Field(pattern=_REPOSITORY, description="A repository as owner/name, without wildcards")
    ]


class Certificate(Model):
    """The public part of a certificate, and the dates, in UTC, from and until which *holder* may sign in with it."""

    holder: Annotated[Holder, Field(description="reader, batch-runner, completer, courier, mender or hybrid")]
    name: Annotated[Name, Field(description="Lower-case letters, digits and hyphens, such as winter-2026")]
    pem: Annotated[
        str,
        Field(
            pattern=r"^-----BEGIN CERTIFICATE-----\n",
            description="A certificate in PEM, without its private key",
        ),
        AfterValidator(_public_only),
    ]
    starts: Annotated[date, Field(description=f"The first day, {_DATE}")]
    expires: Annotated[date, Field(description=f"A day to come, at most 180 days after the first, {_DATE}")]

    @field_validator("expires")
    @classmethod
    def _short(cls, expires: date, info: ValidationInfo) -> date:
        starts = info.data.get("starts")
        if starts is not None and not timedelta() < expires - starts <= LONGEST_CERTIFICATE:
            raise ValueError(f"is {(expires - starts).days} days after the first day, {starts}")
        return expires


class Licence(Model):
    """A product that the members of a group of its own are licensed for, without *disabled_plans*."""

    name: Name
    sku: Annotated[Guid, Field(description="The GUID of a product, as Microsoft publishes it")]
    disabled_plans: Annotated[
        tuple[Guid, ...], Field(description="A list of GUIDs of service plans, or an empty one")
    ]


class CareBoard(Model):
    """An integrated care board, whose people are administered as one unit."""

    code: Annotated[str, Field(pattern=r"^Q[A-Z0-9]{2}$", description="An ODS code such as QWO")]
    name: Annotated[str, Field(min_length=3, max_length=100, description="A name of 3 to 100 characters")]


class IdentitySettings(Subscribed):
    """Entra: who acts for the migration, which people stand behind it, and how anybody signs in."""

    retain: Annotated[
        bool,
        Field(
            description="true or false; true leaves applications, groups, units and policies in the tenant when they "
            "leave the stack"
        ),
    ]
    pipeline: Annotated[Pipeline, Field(description="issuer and repository")]
    certificates: Annotated[
        tuple[Certificate, ...],
        AfterValidator(_each_once),
        Field(description="A list of holder, name, pem, starts and expires, or an empty one"),
    ]
    licences: Annotated[
        tuple[Licence, ...],
        AfterValidator(_each_once),
        Field(min_length=1, description="A list of one or more of name, sku and disabled_plans"),
    ]
    care_boards: Annotated[
        tuple[CareBoard, ...],
        AfterValidator(_each_once),
        Field(min_length=1, description="A list of one or more of code and name, each code once"),
    ]
    enforced_policies: Annotated[
        tuple[Policy, ...],
        AfterValidator(_each_once),
        Field(
            description="A list of conditional access policies that are in force (any other only reports): "
            "block-legacy-authentication, require-mfa, phishing-resistant-for-privileged, "
            "sign-in-frequency-for-privileged, block-device-code, block-high-risk-users, block-high-risk-sign-ins; "
            "or an empty one"
        ),
    ]
