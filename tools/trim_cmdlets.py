"""Trim a full list of Exchange cmdlets to those that the project uses.

Run `python tools/trim_cmdlets.py SOURCE`, where SOURCE is a JSON file `{"about": ..., "cmdlets": {name: {...}}}` made
from Microsoft's public Exchange PowerShell reference. It writes one copy for the client and one for the simulated
service, which may not import the client. To use another cmdlet, add it to `CMDLETS` and run this again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CMDLETS = tuple(
    """
    Get-MigrationEndpoint Set-MigrationEndpoint New-MigrationEndpoint Test-MigrationServerAvailability
    New-MigrationBatch Get-MigrationBatch Set-MigrationBatch Start-MigrationBatch Stop-MigrationBatch
    Complete-MigrationBatch Remove-MigrationBatch
    Get-MigrationUser Set-MigrationUser Start-MigrationUser Stop-MigrationUser Remove-MigrationUser
    Get-MigrationUserStatistics Get-MigrationConfig
    Get-MoveRequest Get-MoveRequestStatistics Set-MoveRequest Remove-MoveRequest
    Get-Mailbox Get-MailUser Get-Recipient Get-MailboxStatistics Get-MailboxPermission Get-RecipientPermission
    Get-AcceptedDomain Set-AcceptedDomain Get-OrganizationConfig
    Get-OutboundConnector New-OutboundConnector Set-OutboundConnector Remove-OutboundConnector
    Get-ADPermission Get-RemoteMailbox Set-RemoteMailbox Get-ExchangeServer Get-MailboxDatabase
    Get-ReceiveConnector New-ReceiveConnector Set-ReceiveConnector Remove-ReceiveConnector
    Get-WebServicesVirtualDirectory Set-WebServicesVirtualDirectory
    Set-ExchangeServer Get-MailboxServer Set-MailboxServer Get-ServerComponentState Set-ServerComponentState
    Get-DatabaseAvailabilityGroup Set-DatabaseAvailabilityGroup Set-MailboxDatabase
    Get-MailboxDatabaseCopyStatus Move-ActiveMailboxDatabase Test-ReplicationHealth Test-ServiceHealth Get-Queue
    Redirect-Message Get-TransportService Set-TransportService Get-ActiveSyncVirtualDirectory
    Get-AutodiscoverVirtualDirectory Get-EcpVirtualDirectory Get-MapiVirtualDirectory Get-OabVirtualDirectory
    Get-OwaVirtualDirectory Get-PowerShellVirtualDirectory Set-ActiveSyncVirtualDirectory
    Set-AutodiscoverVirtualDirectory Set-EcpVirtualDirectory Set-MapiVirtualDirectory Set-OabVirtualDirectory
    Set-OwaVirtualDirectory Set-PowerShellVirtualDirectory Get-ClientAccessService Set-ClientAccessService
    Get-OutlookAnywhere Set-OutlookAnywhere Get-SendConnector New-SendConnector Remove-SendConnector
    Set-SendConnector Get-ExchangeCertificate Enable-ExchangeCertificate Import-ExchangeCertificate
    New-ExchangeCertificate Remove-ExchangeCertificate Export-ExchangeCertificate New-AcceptedDomain
    Remove-AcceptedDomain Get-EmailAddressPolicy New-EmailAddressPolicy Remove-EmailAddressPolicy
    Set-EmailAddressPolicy Update-EmailAddressPolicy Get-RemoteDomain New-RemoteDomain Remove-RemoteDomain
    Set-RemoteDomain Get-TransportConfig Set-TransportConfig Set-OrganizationConfig Get-AuthServer
    New-AuthServer Remove-AuthServer Set-AuthServer Get-AuthConfig Set-AuthConfig Get-PartnerApplication
    New-PartnerApplication Remove-PartnerApplication Set-PartnerApplication Get-IntraOrganizationConfiguration
    Get-IntraOrganizationConnector New-IntraOrganizationConnector Remove-IntraOrganizationConnector
    Set-IntraOrganizationConnector Get-OrganizationRelationship New-OrganizationRelationship
    Remove-OrganizationRelationship Set-OrganizationRelationship Get-HybridConfiguration New-HybridConfiguration
    Remove-HybridConfiguration Set-HybridConfiguration Get-FederationTrust Get-FederatedOrganizationIdentifier
    Get-AvailabilityAddressSpace Add-AvailabilityAddressSpace Remove-AvailabilityAddressSpace Get-SharingPolicy
    Get-AuthenticationPolicy New-AuthenticationPolicy Remove-AuthenticationPolicy Set-AuthenticationPolicy
    Get-ThrottlingPolicy New-ThrottlingPolicy Remove-ThrottlingPolicy Set-ThrottlingPolicy
    Get-ThrottlingPolicyAssociation Set-ThrottlingPolicyAssociation Get-SettingOverride New-SettingOverride
    Remove-SettingOverride Set-SettingOverride Get-ExchangeDiagnosticInfo Get-RoleGroup Get-RoleGroupMember
    Add-RoleGroupMember Remove-RoleGroupMember Get-ManagementRoleAssignment New-ManagementRoleAssignment
    Remove-ManagementRoleAssignment Get-User Set-User Get-Group Get-OrganizationalUnit Get-DomainController
    Get-SecurityPrincipal
    Get-InboxRule New-InboxRule Enable-InboxRule Disable-InboxRule Remove-InboxRule
    Set-Mailbox Set-MailUser Enable-RemoteMailbox Disable-RemoteMailbox Get-CASMailbox Set-CASMailbox
    Get-MailboxFolderStatistics Get-MailboxFolderPermission Add-MailboxFolderPermission
    Set-MailboxFolderPermission Remove-MailboxFolderPermission Add-MailboxPermission Remove-MailboxPermission
    Add-ADPermission Remove-ADPermission Get-DistributionGroup New-DistributionGroup Set-DistributionGroup
    Remove-DistributionGroup Get-DistributionGroupMember Add-DistributionGroupMember
    Remove-DistributionGroupMember Get-DynamicDistributionGroup Get-MailContact New-MailContact Set-MailContact
    Remove-MailContact Get-MobileDevice Get-MobileDeviceStatistics Get-PublicFolder Get-MailPublicFolder
    Remove-MobileDevice
    Get-AdminAuditLogConfig Set-AdminAuditLogConfig Get-ExternalInOutlook Set-ExternalInOutlook
    Get-AtpPolicyForO365 Set-AtpPolicyForO365 Get-HostedConnectionFilterPolicy
    Set-HostedConnectionFilterPolicy Get-HostedContentFilterPolicy New-HostedContentFilterPolicy
    Set-HostedContentFilterPolicy Remove-HostedContentFilterPolicy Get-HostedContentFilterRule
    New-HostedContentFilterRule Set-HostedContentFilterRule Remove-HostedContentFilterRule
    Enable-HostedContentFilterRule Disable-HostedContentFilterRule Get-HostedOutboundSpamFilterPolicy
    New-HostedOutboundSpamFilterPolicy Set-HostedOutboundSpamFilterPolicy
    Remove-HostedOutboundSpamFilterPolicy Get-HostedOutboundSpamFilterRule New-HostedOutboundSpamFilterRule
    Set-HostedOutboundSpamFilterRule Remove-HostedOutboundSpamFilterRule Enable-HostedOutboundSpamFilterRule
    Disable-HostedOutboundSpamFilterRule Get-MalwareFilterPolicy New-MalwareFilterPolicy
    Set-MalwareFilterPolicy Remove-MalwareFilterPolicy Get-MalwareFilterRule New-MalwareFilterRule
    Set-MalwareFilterRule Remove-MalwareFilterRule Enable-MalwareFilterRule Disable-MalwareFilterRule
    Get-AntiPhishPolicy New-AntiPhishPolicy Set-AntiPhishPolicy Remove-AntiPhishPolicy Get-AntiPhishRule
    New-AntiPhishRule Set-AntiPhishRule Remove-AntiPhishRule Enable-AntiPhishRule Disable-AntiPhishRule
    Get-EOPProtectionPolicyRule New-EOPProtectionPolicyRule Set-EOPProtectionPolicyRule
    Remove-EOPProtectionPolicyRule Enable-EOPProtectionPolicyRule Disable-EOPProtectionPolicyRule
    Get-ATPProtectionPolicyRule New-ATPProtectionPolicyRule Set-ATPProtectionPolicyRule
    Remove-ATPProtectionPolicyRule Enable-ATPProtectionPolicyRule Disable-ATPProtectionPolicyRule
    Get-RoleAssignmentPolicy New-RoleAssignmentPolicy Set-RoleAssignmentPolicy Remove-RoleAssignmentPolicy
    Get-SafeLinksPolicy New-SafeLinksPolicy Set-SafeLinksPolicy Remove-SafeLinksPolicy Get-SafeLinksRule
    New-SafeLinksRule Set-SafeLinksRule Remove-SafeLinksRule Enable-SafeLinksRule Disable-SafeLinksRule
    Get-SafeAttachmentPolicy New-SafeAttachmentPolicy Set-SafeAttachmentPolicy Remove-SafeAttachmentPolicy
    Get-SafeAttachmentRule New-SafeAttachmentRule Set-SafeAttachmentRule Remove-SafeAttachmentRule
    Enable-SafeAttachmentRule Disable-SafeAttachmentRule New-SharingPolicy Set-SharingPolicy
    Remove-SharingPolicy Get-OwaMailboxPolicy New-OwaMailboxPolicy Set-OwaMailboxPolicy
    Remove-OwaMailboxPolicy Get-InboundConnector New-InboundConnector Set-InboundConnector
    Remove-InboundConnector Get-TransportRule New-TransportRule Set-TransportRule Remove-TransportRule
    Enable-TransportRule Disable-TransportRule Get-DkimSigningConfig New-DkimSigningConfig
    Set-DkimSigningConfig Remove-DkimSigningConfig Get-OnPremisesOrganization New-OnPremisesOrganization
    Set-OnPremisesOrganization Remove-OnPremisesOrganization
    New-RoleGroup Set-RoleGroup Remove-RoleGroup Get-ManagementScope New-ManagementScope Set-ManagementScope
    Remove-ManagementScope Set-ManagementRoleAssignment Get-ServicePrincipal New-ServicePrincipal
    Set-ServicePrincipal Remove-ServicePrincipal Rotate-DkimSigningConfig Get-ManagementRole
    New-ManagementRole Remove-ManagementRole Get-ManagementRoleEntry Update-RoleGroupMember
    Add-RecipientPermission Remove-RecipientPermission
    Get-UserPrincipalNamesSuffix
    Get-MailboxAuditBypassAssociation Set-MailboxAuditBypassAssociation Enable-Mailbox
    Get-MessageTraceV2 Get-MessageTraceDetailV2 Get-MessageTrackingLog
    Test-OAuthConnectivity Test-OrganizationRelationship
    Dismount-Database Mount-Database Remove-MailboxDatabase Remove-DatabaseAvailabilityGroupServer
    Remove-DatabaseAvailabilityGroup Remove-MailboxDatabaseCopy
    """.split()
)

OUTPUTS = (
    "scripts/exchange_admin/cmdlets.json",
    "rehearsal/exchange_online/cmdlets.json",
)


class UnknownCmdlets(KeyError):
    """Cmdlets that the project uses but the source does not describe; *names* are those."""

    def __init__(self, *, names: list[str]) -> None:
        self.names = names
        super().__init__(f"the source does not describe {', '.join(names)}")


def trim(source: Mapping[str, Any], wanted: Iterable[str]) -> str:
    """Return the JSON text of *source* with only the *wanted* cmdlets, sorted, one a line.

    :raises UnknownCmdlets: if the source lacks one of them.
    """
    names = sorted(set(wanted))
    missing = [name for name in names if name not in source["cmdlets"]]
    if missing:
        raise UnknownCmdlets(names=missing)
    rows = (
        f"{json.dumps(name)}: {json.dumps(_mended(source['cmdlets'][name]), sort_keys=True)}"
        for name in names
    )
    about = json.dumps(source["about"])
    return f'{{\n"about": {about},\n"cmdlets": {{\n' + ",\n".join(rows) + "\n}\n}\n"


def _mended(described: Mapping[str, Any]) -> Mapping[str, Any]:
    """A cmdlet whose parameters' labels of versions are plain: one page of the reference has a heading in one."""
    heading = "Applicable: Exchange Server "
    parameters = {
        name: {**each, "applies": [label.removeprefix(heading) for label in each["applies"]]}
        if "applies" in each
        else each
        for name, each in described.get("parameters", {}).items()
    }
    return {**described, "parameters": parameters} if parameters else described


def main() -> None:
    """Read the source named on the command line and write every output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the full list of cmdlets, as JSON")
    source = json.loads(parser.parse_args().source.read_text(encoding="utf-8"))
    root = Path(__file__).resolve().parent.parent
    for output in OUTPUTS:
        (root / output).write_text(trim(source, CMDLETS), encoding="utf-8")


if __name__ == "__main__":
    main()
