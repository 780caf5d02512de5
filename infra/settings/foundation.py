"""What the layer `foundation` can be told."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from estate_schema.values import Model
from infra.settings.common import Subscribed
from infra.settings.mail_domains import Email, MailDomains
from infra.settings.network import CheckedNetwork
from infra.settings.regions import Region

_TAG = r"^[^<>%&\\?/]{1,128}$"


def _first_of_a_month(day: date) -> date:
    if day.day != 1:
        raise ValueError("is not the first day of a month")
    return day


class Alerts(Model):
    """Who is told (*emails*), and whose every sign-in is news (*break_glass*, user principal names)."""

    emails: Annotated[
        tuple[Email, ...], Field(min_length=1, description="A list of one or more mail addresses")
    ]
    break_glass: Annotated[
        tuple[Email, ...],
        Field(min_length=2, max_length=2, description="A list of exactly two user principal names"),
    ]


class Budget(Model):
    """*monthly*: whole pounds, or whatever the subscription is billed in; *since*: its first month."""

    monthly: Annotated[int, Field(ge=1, le=1_000_000, description="A whole number from 1 to 1000000")]
    since: Annotated[
        date,
        AfterValidator(_first_of_a_month),
        Field(description='The first day of a month, quoted, such as "2026-09-01"'),
    ]


class ControlPlane(Model):
    """Where the operator command runs for the pipelines, and where its ledger is kept."""

    image: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$",
            description="A container image by its digest, such as registry.example/mailwave@sha256:...",
        ),
    ]
    database_size: Annotated[
        str,
        Field(
            pattern=r"^Standard_D[0-9]+[a-z]*_v[0-9]$",
            description="A general-purpose size of the database server, such as Standard_D2ds_v5",
        ),
    ]
    database_storage_gb: Annotated[int, Field(ge=32, le=16384, description="A whole number from 32 to 16384")]


class FoundationSettings(Subscribed):
    """The Azure platform.

    *network*, *control_plane* and *mail_domains* are parts that an environment has or leaves out.
    """

    location: Region
    owner: Annotated[
        str, Field(pattern=_TAG, description="Who answers for the resources; a tag of up to 128 characters")
    ]
    vault_retention_days: Annotated[
        int, Field(ge=7, le=90, description="Days from 7 to 90 for which a deleted secret can be recovered")
    ]
    evidence_retention_days: Annotated[
        int, Field(ge=7, le=365, description="Days from 7 to 365 for which deleted evidence can be recovered")
    ]
    evidence_immutable_days: Annotated[
        int, Field(ge=1, le=3650, description="Days from 1 to 3650 in which filed evidence cannot be changed")
    ]
    log_retention_days: Annotated[
        int, Field(ge=30, le=730, description="Days from 30 to 730 for which logs are kept")
    ]
    alerts: Annotated[Alerts, Field(description="emails and break_glass")]
    budget: Annotated[Budget, Field(description="monthly and since")]
    network: Annotated[
        CheckedNetwork | None,
        Field(
            description="space, subnets (endpoints, database, runners) and gateway: ranges that overlap neither one "
            "another nor those of HSCN, Microsoft 365 and Azure, such as parts of 192.168.0.0/16; or left out"
        ),
    ] = None
    control_plane: Annotated[
        ControlPlane | None,
        Field(description="image, database_size and database_storage_gb beside a network; or left out"),
    ] = None
    mail_domains: Annotated[
        MailDomains | None,
        Field(
            description="stage, domain, on_premises, cloud, policy_host, reports, other_senders and parked; or left out"
        ),
    ] = None

    @field_validator("control_plane")
    @classmethod
    def _beside_a_network(cls, plane: ControlPlane | None, info: ValidationInfo) -> ControlPlane | None:
        if plane is not None and "network" in info.data and info.data["network"] is None:
            raise ValueError("has no network to be in")
        return plane
