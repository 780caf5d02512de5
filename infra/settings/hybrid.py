"""What the layer `hybrid` can be told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from estate_schema.values import Domain, Model, Name
from infra.settings.common import Common


def _each_name_once(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    names = [endpoint.name for endpoint in endpoints]
    if len(set(names)) < len(names):
        raise ValueError("names an endpoint twice")
    return endpoints


def _ordered(bounds: Bounds) -> Bounds:
    if bounds.minimum > bounds.maximum:
        raise ValueError("has a minimum above its maximum")
    return bounds


def _increments_within(endpoint: Endpoint) -> Endpoint:
    if endpoint.incremental_syncs.maximum > endpoint.migrations.maximum:
        raise ValueError("allows more incremental syncs than migrations")  # Exchange refuses it (fact B2)
    return endpoint


class Bounds(Model):
    """What a live value may move between without being drift."""

    minimum: Annotated[int, Field(ge=1, le=1000, description="A whole number from 1 to 1000")]
    maximum: Annotated[
        int, Field(ge=1, le=1000, description="A whole number from 1 to 1000, at least the minimum")
    ]


OrderedBounds = Annotated[
    Bounds,
    AfterValidator(_ordered),
    Field(description="A minimum and a maximum, whole numbers from 1 to 1000"),
]


class Endpoint(Model):
    """A migration endpoint that the Hybrid Configuration Wizard made, and the bounds of its concurrency."""

    name: Name
    remote_server: Domain
    migrations: OrderedBounds
    incremental_syncs: OrderedBounds


class HybridSettings(Common):
    """Exchange Online: how mail flows while two systems hold one domain, and where moves come from.

    *retain*: resources that leave the stack stay in the tenant, because mail depends on them.
    """

    retain: Annotated[
        bool,
        Field(description="true or false; true leaves the connector in the tenant when it leaves the stack"),
    ]
    mail_domain: Domain
    routing_domain: Domain
    domain_type: Annotated[
        Literal["Authoritative", "InternalRelay"], Field(description="Authoritative or InternalRelay")
    ]
    smart_hosts: Annotated[
        tuple[Domain, ...],
        Field(min_length=1, description="A list of one or more host names of the on-premises edge"),
    ]
    tls_domain: Annotated[Domain, Field(description="The name on the certificate of the on-premises edge")]
    endpoints: Annotated[
        tuple[Annotated[Endpoint, AfterValidator(_increments_within)], ...],
        AfterValidator(_each_name_once),
        Field(
            min_length=1,
            description="A list of one or more endpoints, each with name, remote_server, migrations and "
            "incremental_syncs",
        ),
    ]
