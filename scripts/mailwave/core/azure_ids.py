"""Where Azure keeps each type of the foundation: Resource Manager's ids, which follow from a resource's inputs."""

from __future__ import annotations

from collections.abc import Mapping

_GROUP = "group:"
_IN_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/"

_PATHS: Mapping[str, str] = {
    "app:Job": "group:Microsoft.App/jobs/{jobName}",
    "app:ManagedEnvironment": "group:Microsoft.App/managedEnvironments/{environmentName}",
    "authorization:ManagementLockAtResourceGroupLevel": "group:Microsoft.Authorization/locks/{lockName}",
    "consumption:Budget": "{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    "dbforpostgresql:AdministratorsMicrosoftEntra": (
        "group:Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/administrators/{objectId}"
    ),
    "dbforpostgresql:Configuration": (
        "group:Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/configurations/{configurationName}"
    ),
    "dbforpostgresql:Database": (
        "group:Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/databases/{databaseName}"
    ),
    "dbforpostgresql:Server": "group:Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
    "dns:RecordSet": "group:Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    "dns:Zone": "group:Microsoft.Network/dnsZones/{zoneName}",
    "keyvault:Key": "group:Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}",
    "managedidentity:UserAssignedIdentity": (
        "group:Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
    ),
    "monitor:ActionGroup": "group:Microsoft.Insights/actionGroups/{actionGroupName}",
    "monitor:DiagnosticSetting": "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    "monitor:MetricAlert": "group:Microsoft.Insights/metricAlerts/{ruleName}",
    "monitor:ScheduledQueryRule": "group:Microsoft.Insights/scheduledQueryRules/{ruleName}",
    "monitor:SubscriptionDiagnosticSetting": (
        "/subscriptions/{subscriptionId}/providers/Microsoft.Insights/diagnosticSettings/{name}"
    ),
    "network:LocalNetworkGateway": ("group:Microsoft.Network/localNetworkGateways/{localNetworkGatewayName}"),
    "network:NetworkSecurityGroup": (
        "group:Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}"
    ),
    "network:PrivateDnsZoneGroup": (
        "group:Microsoft.Network/privateEndpoints/{privateEndpointName}"
        "/privateDnsZoneGroups/{privateDnsZoneGroupName}"
    ),
    "network:PrivateEndpoint": "group:Microsoft.Network/privateEndpoints/{privateEndpointName}",
    "network:PublicIPAddress": "group:Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    "network:Subnet": ("group:Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"),
    "network:VirtualNetwork": "group:Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    "network:VirtualNetworkGateway": (
        "group:Microsoft.Network/virtualNetworkGateways/{virtualNetworkGatewayName}"
    ),
    "network:VirtualNetworkGatewayConnection": (
        "group:Microsoft.Network/connections/{virtualNetworkGatewayConnectionName}"
    ),
    "operationalinsights:Workspace": "group:Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "privatedns:PrivateZone": "group:Microsoft.Network/privateDnsZones/{privateZoneName}",
    "privatedns:VirtualNetworkLink": (
        "group:Microsoft.Network/privateDnsZones/{privateZoneName}"
        "/virtualNetworkLinks/{virtualNetworkLinkName}"
    ),
    "storage:BlobContainerImmutabilityPolicy": (
        "group:Microsoft.Storage/storageAccounts/{accountName}/blobServices/default"
        "/containers/{containerName}/immutabilityPolicies/{immutabilityPolicyName}"
    ),
}
"""By token without its package; `_GROUP` stands for what comes before the provider of a resource in a group.

Source: the Azure REST reference of each type.
"""

AZURE_IDS: Mapping[str, str] = {
    f"azure-native:{token}": path.replace(_GROUP, _IN_GROUP) for token, path in _PATHS.items()
}
"""The id of each type by its full token, with the names of inputs in braces."""
