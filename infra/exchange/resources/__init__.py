"""The resources of the Exchange provider, as the program declares them; a property left out is not owned."""

from infra.exchange.resources.administration import (
    ApplicationAssignment,
    ManagementRole,
    ManagementRoleAssignment,
    ManagementScope,
    RoleAssignmentPolicy,
    RoleGroup,
    ServicePrincipal,
)
from infra.exchange.resources.base import Bounds, Provider
from infra.exchange.resources.links_and_files import (
    AtpPolicyForO365,
    ATPProtectionPolicyRule,
    EOPProtectionPolicyRule,
    SafeAttachmentPolicy,
    SafeAttachmentRule,
    SafeLinksPolicy,
    SafeLinksRule,
)
from infra.exchange.resources.mail_flow import (
    AcceptedDomain,
    DkimSigningConfig,
    ExternalInOutlook,
    InboundConnector,
    OutboundConnector,
    RemoteDomain,
    TransportRule,
)
from infra.exchange.resources.migration import MigrationEndpoint
from infra.exchange.resources.organisation import (
    AdminAuditLogConfig,
    AuthenticationPolicy,
    OrganizationConfig,
    OwaMailboxPolicy,
    TransportConfig,
)
from infra.exchange.resources.protection import (
    AntiPhishPolicy,
    HostedConnectionFilterPolicy,
    HostedContentFilterPolicy,
    HostedOutboundSpamFilterPolicy,
    MalwareFilterPolicy,
)
from infra.exchange.resources.sharing import (
    IntraOrganizationConnector,
    OnPremisesOrganization,
    OrganizationRelationship,
    SharingPolicy,
)

__all__ = [
    "ATPProtectionPolicyRule",
    "AcceptedDomain",
    "AdminAuditLogConfig",
    "AntiPhishPolicy",
    "ApplicationAssignment",
    "AtpPolicyForO365",
    "AuthenticationPolicy",
    "Bounds",
    "DkimSigningConfig",
    "EOPProtectionPolicyRule",
    "ExternalInOutlook",
    "HostedConnectionFilterPolicy",
    "HostedContentFilterPolicy",
    "HostedOutboundSpamFilterPolicy",
    "InboundConnector",
    "IntraOrganizationConnector",
    "MalwareFilterPolicy",
    "ManagementRole",
    "ManagementRoleAssignment",
    "ManagementScope",
    "MigrationEndpoint",
    "OnPremisesOrganization",
    "OrganizationConfig",
    "OrganizationRelationship",
    "OutboundConnector",
    "OwaMailboxPolicy",
    "Provider",
    "RemoteDomain",
    "RoleAssignmentPolicy",
    "RoleGroup",
    "SafeAttachmentPolicy",
    "SafeAttachmentRule",
    "SafeLinksPolicy",
    "SafeLinksRule",
    "ServicePrincipal",
    "SharingPolicy",
    "TransportConfig",
    "TransportRule",
]
