"""What people on both sides, and others, see of each other: free/busy, MailTips, calendars."""

from __future__ import annotations

from infra.exchange.kinds import ObjectType, prop
from infra.exchange.rules import Flag, Names, Text, address, unspaced

ORGANIZATION_RELATIONSHIP = ObjectType(
    noun="OrganizationRelationship",
    key="name",
    says="What another organisation may see of this one, and where it is asked; here the on-premises one.",
    properties=(
        prop("DomainNames", Names(), "The other organisation's domains", required=True),
        prop("FreeBusyAccessEnabled", Flag(), "Whether it sees when people are free"),
        prop(
            "FreeBusyAccessLevel",
            Text(("None", "AvailabilityOnly", "LimitedDetails")),
            "How much of an appointment it sees",
        ),
        prop("MailTipsAccessEnabled", Flag(), "Whether it sees MailTips"),
        prop("MailTipsAccessLevel", Text(("All", "Limited", "None")), "Which MailTips"),
        prop("DeliveryReportEnabled", Flag(), "Whether it may follow a message"),
        prop("PhotosEnabled", Flag(), "Whether it sees people's pictures"),
        prop("ArchiveAccessEnabled", Flag(), "Whether its people reach their archives here"),
        prop("TargetApplicationUri", Text(form=address), "What the other organisation is called in tokens"),
        prop("TargetAutodiscoverEpr", Text(form=address), "Where its Autodiscover answers"),
        prop("TargetSharingEpr", Text(form=address), "Where its free/busy answers"),
        prop("TargetOwaURL", Text(form=address), "Where its people read mail on the web"),
        prop("Enabled", Flag(), "Whether it is in use"),
    ),
)

INTRA_ORGANIZATION_CONNECTOR = ObjectType(
    noun="IntraOrganizationConnector",
    key="name",
    says="Which domains' servers are asked with OAuth tokens, and where they are found.",
    properties=(
        prop("TargetAddressDomains", Names(), "The domains of the other side", required=True),
        prop("DiscoveryEndpoint", Text(form=address), "Where its Autodiscover answers", required=True),
        prop("Enabled", Flag(), "Whether it is in use"),
    ),
)

ON_PREMISES_ORGANIZATION = ObjectType(
    noun="OnPremisesOrganization",
    key="name",
    says="The on-premises organisation as the tenant knows it, with the connectors to and from it.",
    properties=(
        prop("HybridDomains", Names(), "The domains that both sides share", required=True),
        prop("InboundConnector", Text(), "The connector for its mail", required=True),
        prop("OutboundConnector", Text(), "The connector to it", required=True),
        prop("OrganizationGuid", Text(), "GUID of the on-premises organisation", required=True),
        prop("OrganizationName", Text(), "Its name"),
        prop("OrganizationRelationship", Text(), "The relationship with it"),
        prop("Comment", Text(), "A remark for people"),
    ),
)

SHARING_POLICY = ObjectType(
    noun="SharingPolicy",
    key="name",
    says="What people may share with others by invitation.",
    standing=frozenset({"Default Sharing Policy"}),
    properties=(
        prop(
            "Domains",
            Names(unspaced),
            "`domain:action` each, such as `*:CalendarSharingFreeBusySimple`",
            required=True,
        ),
        prop("Enabled", Flag(), "Whether it is in use"),
    ),
)

KINDS = (
    ORGANIZATION_RELATIONSHIP,
    INTRA_ORGANIZATION_CONNECTOR,
    ON_PREMISES_ORGANIZATION,
    SHARING_POLICY,
)
