"""What the layer `hybrid` can be told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from estate_schema.values import Domain, Guid, Model, Name
from infra.settings.common import Common

_ADDRESS = r"^[^@\s]+@[^@\s]+$"
_OBJECT = r"^[^\x00-\x1f]{1,64}$"
MailAddress = Annotated[str, Field(pattern=_ADDRESS, description="A mail address")]
_NOTICE = "This message came from outside the organisation. Take care with links and attachments."


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


def _each_certificate_once(certificates: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    if len({each.name.casefold() for each in certificates}) < len(certificates):
        raise ValueError("names a certificate twice")
    return certificates


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
    """A migration endpoint that the Hybrid Configuration Wizard made, and the bounds of its concurrency.

    *credentials_expire*: the day on which the password of its account must be another, so that somebody is told.
    """

    name: Name
    remote_server: Domain
    migrations: OrderedBounds
    incremental_syncs: OrderedBounds
    credentials_expire: Annotated[
        date | None, Field(description="A day, as 2027-01-31; left out, nobody is told")
    ] = None


class Certificate(Model):
    """A certificate that on-premises servers present to Exchange Online, by the name that a connector looks for."""

    name: Annotated[
        str,
        Field(
            min_length=3,
            max_length=256,
            description="A domain name on the certificate, or <I>issuer<S>subject as the wizard writes it",
        ),
    ]
    expires: Annotated[date, Field(description="The certificate's last day, a day to come, as 2027-01-31")]


class Person(Model):
    """Somebody whose name is worth imitating: mail that looks like theirs and is not is quarantined."""

    name: Annotated[str, Field(pattern=r"^[^;]{1,64}$", description="A display name without semicolons")]
    address: MailAddress


ObjectName = Annotated[
    str, Field(pattern=_OBJECT, description="The name of an object, of 1 to 64 characters")
]


class WizardNames(Model):
    """What the wizard's objects are called where an older wizard, or a person, called them otherwise."""

    inbound_connector: ObjectName | None = None
    outbound_connector: ObjectName | None = None
    organization_relationship: ObjectName | None = None
    intra_organization_connector: ObjectName | None = None
    on_premises_organization: ObjectName | None = None


class HybridSettings(Common):
    """Exchange Online: how mail flows while two systems hold one domain, and where moves come from.

    *retain*: resources that leave the stack stay in the tenant, because mail depends on them.
    """

    retain: Annotated[
        bool,
        Field(description="true or false; true leaves in the tenant whatever leaves the stack"),
    ]
    organisation: Annotated[
        Guid,
        Field(description="The GUID of the on-premises Exchange organisation: Get-OrganizationConfig there"),
    ]
    published_host: Annotated[
        Domain,
        Field(description="The host name at which Autodiscover, EWS and OWA of the sites are published"),
    ]
    certificates: Annotated[
        tuple[Certificate, ...],
        AfterValidator(_each_certificate_once),
        Field(
            min_length=1,
            max_length=2,
            description="A list of name and expires: the certificate in use, and the next while it is changed",
        ),
    ]
    security_contacts: Annotated[
        tuple[MailAddress, ...],
        Field(
            min_length=1, description="A list of one or more mail addresses that are told of blocked senders"
        ),
    ]
    signing: Annotated[
        bool,
        Field(description="true or false; true once the records of both DKIM selectors are public"),
    ]
    imitated_people: Annotated[
        tuple[Person, ...],
        Field(max_length=350, description="A list of at most 350 of name and address, or an empty one"),
    ] = ()
    priority_groups: Annotated[
        tuple[MailAddress, ...],
        Field(
            min_length=1,
            description="A list of one or more mail addresses of groups whose members the strict preset protects",
        ),
    ]
    outside_notice: Annotated[
        str,
        Field(
            min_length=10,
            max_length=500,
            description="The sentence above mail from outside, of 10 to 500 characters",
        ),
    ] = _NOTICE
    wizard_names: Annotated[
        WizardNames,
        Field(
            description="inbound_connector, outbound_connector, organization_relationship, "
            "intra_organization_connector and on_premises_organization, where they are called otherwise"
        ),
    ] = WizardNames()
    mail_domain: Domain
    routing_domain: Domain
    domain_type: Annotated[
        Literal["Authoritative", "InternalRelay"], Field(description="Authoritative or InternalRelay")
    ]
    delivery_mailbox: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z0-9._-]{1,64}@[a-z0-9.-]{3,253}$",
            description="The address of the shared mailbox by which mail and free/busy are tried, or null",
        ),
    ] = None
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
            description="A list of one or more endpoints, each with name, remote_server, migrations, "
            "incremental_syncs and perhaps credentials_expire",
        ),
    ]
