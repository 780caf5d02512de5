"""Generated from infra/exchange/objects/sharing.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Resource


class OrganizationRelationshipArgs(TypedDict, total=False):
    """The properties of OrganizationRelationship."""

    name: Required[Input[str]]
    """Which object is meant."""
    domain_names: Required[Input[Sequence[Input[str]]]]
    """The other organisation's domains."""
    free_busy_access_enabled: Input[bool]
    """Whether it sees when people are free."""
    free_busy_access_level: Input[str]
    """How much of an appointment it sees. One of None, AvailabilityOnly, LimitedDetails."""
    mail_tips_access_enabled: Input[bool]
    """Whether it sees MailTips."""
    mail_tips_access_level: Input[str]
    """Which MailTips. One of All, Limited, None."""
    delivery_report_enabled: Input[bool]
    """Whether it may follow a message."""
    photos_enabled: Input[bool]
    """Whether it sees people's pictures."""
    archive_access_enabled: Input[bool]
    """Whether its people reach their archives here."""
    target_application_uri: Input[str]
    """What the other organisation is called in tokens."""
    target_autodiscover_epr: Input[str]
    """Where its Autodiscover answers."""
    target_sharing_epr: Input[str]
    """Where its free/busy answers."""
    target_owa_url: Input[str]
    """Where its people read mail on the web."""
    enabled: Input[bool]
    """Whether it is in use."""


class OrganizationRelationship(Resource):
    """What another organisation may see of this one, and where it is asked; here the on-premises one.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    domain_names: Output[Sequence[str]]
    free_busy_access_enabled: Output[bool]
    free_busy_access_level: Output[str]
    mail_tips_access_enabled: Output[bool]
    mail_tips_access_level: Output[str]
    delivery_report_enabled: Output[bool]
    photos_enabled: Output[bool]
    archive_access_enabled: Output[bool]
    target_application_uri: Output[str]
    target_autodiscover_epr: Output[str]
    target_sharing_epr: Output[str]
    target_owa_url: Output[str]
    enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[OrganizationRelationshipArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class IntraOrganizationConnectorArgs(TypedDict, total=False):
    """The properties of IntraOrganizationConnector."""

    name: Required[Input[str]]
    """Which object is meant."""
    target_address_domains: Required[Input[Sequence[Input[str]]]]
    """The domains of the other side."""
    discovery_endpoint: Required[Input[str]]
    """Where its Autodiscover answers."""
    enabled: Input[bool]
    """Whether it is in use."""


class IntraOrganizationConnector(Resource):
    """Which domains' servers are asked with OAuth tokens, and where they are found.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    target_address_domains: Output[Sequence[str]]
    discovery_endpoint: Output[str]
    enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[IntraOrganizationConnectorArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class OnPremisesOrganizationArgs(TypedDict, total=False):
    """The properties of OnPremisesOrganization."""

    name: Required[Input[str]]
    """Which object is meant."""
    hybrid_domains: Required[Input[Sequence[Input[str]]]]
    """The domains that both sides share."""
    inbound_connector: Required[Input[str]]
    """The connector for its mail."""
    outbound_connector: Required[Input[str]]
    """The connector to it."""
    organization_guid: Required[Input[str]]
    """GUID of the on-premises organisation."""
    organization_name: Input[str]
    """Its name."""
    organization_relationship: Input[str]
    """The relationship with it."""
    comment: Input[str]
    """A remark for people."""


class OnPremisesOrganization(Resource):
    """The on-premises organisation as the tenant knows it, with the connectors to and from it.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    hybrid_domains: Output[Sequence[str]]
    inbound_connector: Output[str]
    outbound_connector: Output[str]
    organization_guid: Output[str]
    organization_name: Output[str]
    organization_relationship: Output[str]
    comment: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[OnPremisesOrganizationArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class SharingPolicyArgs(TypedDict, total=False):
    """The properties of SharingPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    domains: Required[Input[Sequence[Input[str]]]]
    """`domain:action` each, such as `*:CalendarSharingFreeBusySimple`."""
    enabled: Input[bool]
    """Whether it is in use."""


class SharingPolicy(Resource):
    """What people may share with others by invitation.

    It is made and removed by the stack; one of that name is adopted. Every tenant has Default Sharing Policy:
    adopted, and never removed.
    """

    name: Output[str]
    domains: Output[Sequence[str]]
    enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[SharingPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
