"""What people on either side see of each other, and what others may see."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.exchange.resources import (
    IntraOrganizationConnector,
    OnPremisesOrganization,
    OrganizationRelationship,
    SharingPolicy,
)
from infra.hybrid.part import Part
from infra.hybrid.wizard import Names


@dataclass(frozen=True)
class SharingArgs:
    """*organisation* is the GUID of the on-premises one; *published_host* answers for its Autodiscover, EWS and OWA.

    *inbound* and *outbound* are the names of the connectors from and to it.
    """

    names: Names
    organisation: str
    mail_domain: str
    published_host: str
    inbound: pulumi.Input[str]
    outbound: pulumi.Input[str]


class Sharing(Part):
    """Free/busy, MailTips and pictures with the on-premises organisation; calendars with nobody by invitation."""

    def __init__(self, name: str, args: SharingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("Sharing", name, opts)
        self._args = args
        self._autodiscover = f"https://{args.published_host}/autodiscover/autodiscover.svc"

        self.relationship = self._relationship()
        self.connector = self._connector()
        self.organisation = self._organisation()
        self.policy = self._policy()

        self.register_outputs({})

    def _relationship(self) -> OrganizationRelationship:
        return OrganizationRelationship(
            "on-premises",
            name=self._args.names.organization_relationship,
            enabled=True,
            domain_names=[self._args.mail_domain],
            free_busy_access_enabled=True,
            free_busy_access_level="LimitedDetails",
            mail_tips_access_enabled=True,
            mail_tips_access_level="All",
            delivery_report_enabled=True,
            photos_enabled=True,
            # The prefix is the same in every Exchange organisation that federates.
            target_application_uri=f"FYDIBOHF25SPDLT.{self._args.mail_domain}",
            target_autodiscover_epr=f"{self._autodiscover}/WSSecurity",
            target_owa_url=f"https://{self._args.published_host}/owa",
            opts=self.child,
        )

    def _connector(self) -> IntraOrganizationConnector:
        return IntraOrganizationConnector(
            "on-premises",
            name=self._args.names.intra_organization_connector,
            enabled=True,
            target_address_domains=[self._args.mail_domain],
            discovery_endpoint=self._autodiscover,
            opts=self.child,
        )

    def _organisation(self) -> OnPremisesOrganization:
        return OnPremisesOrganization(
            "on-premises",
            name=self._args.names.on_premises_organization,
            organization_guid=self._args.organisation,
            hybrid_domains=[self._args.mail_domain],
            inbound_connector=self._args.inbound,
            outbound_connector=self._args.outbound,
            organization_relationship=self.relationship.name,
            opts=self.child,
        )

    def _policy(self) -> SharingPolicy:
        return SharingPolicy(
            "everybody",
            name="Default Sharing Policy",
            domains=["*:CalendarSharingFreeBusySimple"],  # never details, never contacts (control 6)
            enabled=False,
            opts=self.child,
        )
