"""The changes that a board has to be told of in plain words: one table, read from the top."""

from __future__ import annotations

from mailwave.core.change.classes import COMPONENT
from mailwave.core.change.risks import REMOVING, Danger, Risk, becomes, lowered, raised
from mailwave.core.stacks import PROTECT

_UPDATE = frozenset({"update"})
_GONE = frozenset({"delete"})

DANGERS: tuple[Danger, ...] = (
    # Mail on its way.
    Danger(
        r"exchange:index:(Inbound|Outbound)Connector$",
        "mail between the sites and the service stops until the new connector stands",
        operations=REMOVING,
    ),
    Danger(
        r"exchange:index:(Inbound|Outbound)Connector$", "the connector is switched off", path="enabled$",
        when=becomes(False),
    ),
    Danger(
        r"exchange:index:OutboundConnector$", "mail goes to another host", path=r"smartHosts|recipientDomains",
        operations=_UPDATE,
    ),
    Danger(
        r"exchange:index:(Inbound|Outbound)Connector$", "mail may cross unencrypted, or from an unknown sender",
        path=r"requireTls|tlsSettings|tlsSenderCertificateName|tlsDomain|restrictDomainsTo", operations=_UPDATE,
    ),
    Danger(
        r"exchange:index:AcceptedDomain$",
        "mail to people who have not moved is refused: an authoritative domain relays nothing",
        path="domainType$", when=becomes("Authoritative"),
    ),
    Danger(r"exchange:index:AcceptedDomain$", "the service takes no more mail for the domain", operations=REMOVING),
    Danger(r"azure-native:dns:Zone$", "every name in the zone is gone, mail's among them", operations=REMOVING),
    Danger(r"azure-native:dns:RecordSet$", "mail or sign-in may go elsewhere, up to the record's lifetime",
           operations=REMOVING),
    Danger(r"azure-native:dns:RecordSet$", "mail goes to another exchanger", path=r"mxRecords"),
    Danger(r"exchange:index:RemoteDomain$", "mail may be forwarded out of the organisation",
           path="autoForwardEnabled$", when=becomes(True)),
    Danger(r"exchange:index:HostedOutboundSpamFilterPolicy$", "mail may be forwarded out of the organisation",
           path="autoForwardingMode$", when=becomes("On", "Automatic"), risk=Risk.MAIL_ROUTING),
    # Who may come in.
    Danger(r"conditionalAccessPolicy:", "a rule of sign-in is gone", operations=REMOVING),
    Danger(r"conditionalAccessPolicy:", "more people are outside of a rule of sign-in",
           path=r"conditions\.users\.excluded"),
    Danger(r"conditionalAccessPolicy:", "a rule of sign-in is no longer enforced", path="state$",
           when=becomes("disabled", "enabledForReportingButNotEnforced")),
    Danger(r"conditionalAccessPolicy:", "a rule of sign-in begins to be enforced, and may keep people out",
           path="state$", when=becomes("enabled")),
    Danger(r"(groupWithoutMembers|group):", "whoever is in the group loses what it gives", operations=REMOVING),
    Danger(r"applicationFederatedIdentityCredential:", "another pipeline may sign in",
           path=r"subject|issuer|audiences"),
    Danger(r"(directoryRoleAssignment|directoryRoleEligibilityScheduleRequest|appRoleAssignment):",
           "somebody gets a privileged role", operations=frozenset({"create"})),
    Danger(r"authorization:RoleAssignment$", "somebody gets rights in the subscription",
           operations=frozenset({"create"})),
    Danger(r"exchange:index:OrganizationConfig$", "modern sign-in is switched off",
           path="oAuth2ClientProfileEnabled$", when=becomes(False)),
    # What must not be lost.
    Danger(r"groupLicense:", "people lose their licences, and after 30 days their mailboxes (fact B51)",
           operations=REMOVING),
    Danger(r"groupLicense:", "people lose a part of their licences", path=r"disabledPlans"),
    Danger(r"ManagementLockAtResourceGroupLevel$", "what was locked can be deleted", operations=REMOVING),
    Danger(r"storage:BlobContainerImmutabilityPolicy$", "evidence can be changed or deleted", operations=REMOVING),
    Danger(r"storage:BlobContainerImmutabilityPolicy$", "evidence can be deleted earlier",
           path="immutabilityPeriodSinceCreationInDays$", when=lowered),
    Danger(r"storage:(StorageAccount|BlobContainer)$|dbforpostgresql:(Server|Database)$|keyvault:(Vault|Key)$",
           "what it holds is gone", operations=REMOVING),
    Danger(r"storage:StorageAccount$|keyvault:Vault$|dbforpostgresql:Server$",
           "it can be reached from the internet", path=r".*publicNetworkAccess$", when=becomes("Enabled")),
    Danger(r"operationalinsights:Workspace$", "records of the past are kept for a shorter time",
           path="retentionInDays$", when=lowered),
    Danger(r"exchange:index:AdminAuditLogConfig$", "acts of administrators are no longer recorded",
           path="unifiedAuditLogIngestionEnabled$", when=becomes(False)),
    Danger(r"exchange:index:OrganizationConfig$", "mailboxes are no longer audited", path="auditDisabled$",
           when=becomes(True), risk=Risk.DATA),
    Danger(r".", "the next change may delete it: the engine refuses that no longer", path=f"{PROTECT}$",
           when=becomes(False)),
    # How fast it goes.
    Danger(r"exchange:index:MigrationEndpoint$", "the moves under way through it stop", operations=REMOVING),
    Danger(r"exchange:index:MigrationEndpoint$", "the site's servers carry more moves at once",
           path=r"(migrations|incrementalSyncs)\.maximum", when=raised),
    Danger(r"exchange:index:MigrationEndpoint$", "moves become slower, and nights may not be met",
           path=r"(migrations|incrementalSyncs)\.maximum", when=lowered),
    Danger(r"exchange:index:MigrationEndpoint$", "moves come from another host", path="remoteServer$"),
    Danger(r"network:(VirtualNetworkGateway|VirtualNetworkGatewayConnection|LocalNetworkGateway)$",
           "the runners lose the way to the sites", operations=REMOVING),
    Danger(rf"^(?!{COMPONENT})", "it is deleted, and what depends on it stands alone", operations=_GONE),
)  # fmt: skip
"""A change may be of several kinds; each gives its sentence, and the first that names a risk decides it."""
