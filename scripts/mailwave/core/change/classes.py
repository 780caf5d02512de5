"""The class of risk of each type of resource that the stacks have: one table."""

from __future__ import annotations

from collections.abc import Mapping

_TABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "mail-routing": {
        "azure-native:dns:": ("RecordSet", "Zone"),
        "exchange:index:": (
            *("AcceptedDomain", "InboundConnector", "OutboundConnector", "RemoteDomain", "TransportRule"),
            *("TransportConfig", "DkimSigningConfig", "HostedConnectionFilterPolicy"),
            *("OnPremisesOrganization", "IntraOrganizationConnector"),
        ),
    },
    "identity": {
        "azure-native:": (
            *("authorization:RoleAssignment", "authorization:RoleDefinition"),
            "managedidentity:UserAssignedIdentity",
        ),
        "exchange:index:": (
            *(
                "ApplicationAssignment",
                "AuthenticationPolicy",
                "ManagementRole",
                "ManagementRoleAssignment",
                "ManagementScope",
                "OrganizationConfig",
            ),
            *("RoleAssignmentPolicy", "RoleGroup", "ServicePrincipal", "OrganizationRelationship"),
        ),
        "azuread:index/": (
            *("administrativeUnit:AdministrativeUnit", "administrativeUnitMember:AdministrativeUnitMember"),
            *("administrativeUnitRoleMember:AdministrativeUnitRoleMember", "application:Application"),
            *(
                "appRoleAssignment:AppRoleAssignment",
                "authenticationStrengthPolicy:AuthenticationStrengthPolicy",
            ),
            *("applicationCertificate:ApplicationCertificate", "applicationPassword:ApplicationPassword"),
            "applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            *(
                "conditionalAccessPolicy:ConditionalAccessPolicy",
                "customDirectoryRole:CustomDirectoryRole",
            ),
            *("directoryRole:DirectoryRole", "directoryRoleAssignment:DirectoryRoleAssignment"),
            "directoryRoleEligibilityScheduleRequest:DirectoryRoleEligibilityScheduleRequest",
            *("group:Group", "groupMember:GroupMember", "groupWithoutMembers:GroupWithoutMembers"),
            *("groupRoleManagementPolicy:GroupRoleManagementPolicy", "namedLocation:NamedLocation"),
            "privilegedAccessGroupAssignmentSchedule:PrivilegedAccessGroupAssignmentSchedule",
            "privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule",
            *(
                "servicePrincipal:ServicePrincipal",
                "servicePrincipalCertificate:ServicePrincipalCertificate",
            ),
            "servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant",
            *("servicePrincipalPassword:ServicePrincipalPassword", "user:User"),
        ),
    },
    "data": {
        "azure-native:": (
            *("aadiam:DiagnosticSetting", "authorization:ManagementLockAtResourceGroupLevel"),
            *("dbforpostgresql:AdministratorsMicrosoftEntra", "dbforpostgresql:Configuration"),
            *("dbforpostgresql:Database", "dbforpostgresql:Server", "keyvault:Key", "keyvault:Vault"),
            *("monitor:DiagnosticSetting", "monitor:SubscriptionDiagnosticSetting"),
            *("network:NetworkSecurityGroup", "network:PrivateDnsZoneGroup", "network:PrivateEndpoint"),
            *("operationalinsights:Workspace", "privatedns:PrivateZone", "privatedns:VirtualNetworkLink"),
            *("resources:ResourceGroup", "storage:BlobContainer", "storage:BlobServiceProperties"),
            *("storage:BlobContainerImmutabilityPolicy", "storage:StorageAccount"),
        ),
        "azuread:index/": ("groupLicense:GroupLicense",),
        "exchange:index:": (
            *("AdminAuditLogConfig", "AntiPhishPolicy", "AtpPolicyForO365", "ATPProtectionPolicyRule"),
            *("EOPProtectionPolicyRule", "ExternalInOutlook", "HostedContentFilterPolicy"),
            *("HostedOutboundSpamFilterPolicy", "MalwareFilterPolicy", "OwaMailboxPolicy"),
            *("SafeAttachmentPolicy", "SafeAttachmentRule", "SafeLinksPolicy", "SafeLinksRule"),
            "SharingPolicy",
        ),
    },
    "capacity": {
        "azure-native:": (
            *("app:Job", "app:ManagedEnvironment", "consumption:Budget", "monitor:ActionGroup"),
            *("monitor:MetricAlert", "monitor:ScheduledQueryRule", "network:LocalNetworkGateway"),
            *("network:PublicIPAddress", "network:Subnet", "network:VirtualNetwork"),
            *("network:VirtualNetworkGateway", "network:VirtualNetworkGatewayConnection"),
        ),
        "exchange:index:": ("MigrationEndpoint",),
    },
}

CLASSES: Mapping[str, str] = {
    prefix + name: risk
    for risk, providers in _TABLE.items()
    for prefix, names in providers.items()
    for name in names
}
"""Type token to class: mail-routing, identity, data or capacity. No type is cosmetic, only a label on one."""

COMPONENT = "mailwave:"
"""How the types of our own components begin: each stands for objects that have types, and differences, of their own."""
