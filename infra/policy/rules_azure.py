"""What Azure resources must be: closed, kept, logged, and behind rules of the network (controls 36 and 47 to 50)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.policy.model import UNKNOWN, Finding, Resource, of_type, unlike

AZURE = "azure-native:"
GROUP = "azure-native:resources:ResourceGroup"
LOCK = "azure-native:authorization:ManagementLockAtResourceGroupLevel"

_CLOSED_STORAGE: Mapping[str, Mapping[str, Any]] = {
    "azure-native:storage:StorageAccount": {
        "allowSharedKeyAccess": False,
        "publicNetworkAccess": "Disabled",
        "networkRuleSet.defaultAction": "Deny",
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "allowCrossTenantReplication": False,
        "allowBlobPublicAccess": False,
    },
    "azure-native:storage:BlobServiceProperties": {
        "isVersioningEnabled": True,
        "deleteRetentionPolicy.enabled": True,
        "containerDeleteRetentionPolicy.enabled": True,
    },
    "azure-native:storage:BlobContainer": {"publicAccess": "None"},
}
_CLOSED_VAULT = {
    "properties.enableRbacAuthorization": True,
    "properties.enablePurgeProtection": True,
    "properties.publicNetworkAccess": "Disabled",
    "properties.networkAcls.defaultAction": "Deny",
}
OWNERS = ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9")
"""The built-in roles Owner and User Access Administrator ("Azure built-in roles")."""

LOGGED = (
    "azure-native:keyvault:Vault",
    "azure-native:storage:BlobServiceProperties",
    "azure-native:network:VirtualNetwork",
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:VirtualNetworkGateway",
    "azure-native:network:PublicIPAddress",
    "azure-native:dbforpostgresql:Server",
    "azure-native:app:ManagedEnvironment",
    "azure-native:operationalinsights:Workspace",
)
"""Types that have logs of their own."""

ANYBODY = ("*", "Internet", "0.0.0.0/0", "::/0", "Any")
_REMOTE = (22, 3389)


def closed_storage(resource: Resource) -> Iterator[str]:
    """Storage without shared keys, public network, old TLS or anonymous readers, that keeps what is deleted."""
    yield from unlike(resource, _CLOSED_STORAGE[resource.type])


def closed_vault(resource: Resource) -> Iterator[str]:
    """A vault reached by role assignments only, which nobody can purge."""
    yield from unlike(resource, _CLOSED_VAULT)


def vault_is_private(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Each vault of a stack with a network has a private endpoint in it."""
    reached = {
        key
        for each in of_type(stack, "azure-native:network:PrivateEndpoint")
        for key in each.depends.get("privateLinkServiceConnections", ())
    }
    if of_type(stack, "azure-native:network:VirtualNetwork"):
        for vault in of_type(stack, "azure-native:keyvault:Vault"):
            if vault.key not in reached:
                yield Finding(vault, "no private endpoint leads to it")


def protected(resource: Resource) -> Iterator[str]:
    """Whatever an environment with real mail has on Azure is protected by the engine."""
    if resource.type.startswith(AZURE) and resource.kept and not resource.protect:
        yield "it is not protected: set mailwave:protect"


def locked_groups(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Each resource group of an environment with real mail has a lock against deletion."""
    locked = {
        key
        for lock in of_type(stack, LOCK)
        if lock.get("level") in {"CanNotDelete", "ReadOnly"}
        for key in lock.depends.get("resourceGroupName", ())
    }
    for group in of_type(stack, GROUP):
        if group.kept and group.key not in locked:
            yield Finding(group, "no lock keeps it from being deleted")


def no_owner_role(resource: Resource) -> Iterator[str]:
    """No custom role may do everything or give out roles."""
    for permission in resource.every("permissions"):
        for action in permission.get("actions") or ():
            if action == "*" or action.lower().startswith("microsoft.authorization/"):
                yield f"its action {action!r} makes whoever has the role an owner"


def no_owner_assignment(resource: Resource) -> Iterator[str]:
    """Nobody is made Owner or User Access Administrator."""
    role = str(resource.get("roleDefinitionId")).rpartition("/")[2]
    if role.lower() in OWNERS:
        yield f"it gives {role}, with which roles can be given out"


def everything_is_logged(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Each resource that has logs sends all of them somewhere."""
    heard = {
        key
        for setting in of_type(stack, "azure-native:monitor:DiagnosticSetting")
        if any(each.get("enabled") for each in setting.every("logs"))
        for key in setting.depends.get("resourceUri", ())
    }
    for resource in of_type(stack, *LOGGED):
        if resource.key not in heard:
            yield Finding(resource, "no diagnostic setting sends its logs to the workspace")


def no_remote_desktop(resource: Resource) -> Iterator[str]:
    """No rule lets anybody on the internet in by SSH or remote desktop."""
    for rule in resource.every("securityRules"):
        incoming = (rule.get("direction"), rule.get("access")) == ("Inbound", "Allow")
        others = [rule.get("sourceAddressPrefix"), *(rule.get("sourceAddressPrefixes") or ())]
        ports = [rule.get("destinationPortRange"), *(rule.get("destinationPortRanges") or ())]
        if incoming and set(others) & set(ANYBODY) and any(_is_remote(each) for each in ports):
            yield f"its rule {rule.get('name')!r} lets the internet in on port 22 or 3389"


def _is_remote(ports: str | None) -> bool:
    if ports == "*":
        return True
    if ports is None or ports == UNKNOWN:
        return False
    first, _, last = ports.partition("-")
    return any(int(first) <= port <= int(last or first) for port in _REMOTE)


def subnet_has_rules(resource: Resource) -> Iterator[str]:
    """Each subnet has a network security group, but for the gateway's, where Azure supports none."""
    names = {resource.name, resource.get("subnetName")}
    if "GatewaySubnet" not in names and not resource.get("networkSecurityGroup.id"):
        yield "it has no network security group"


def break_glass_is_told(stack: Sequence[Resource]) -> Iterator[Finding]:
    """A stack with alerts has one, enabled and with somebody to tell, on sign-ins of the break-glass accounts."""
    rules = of_type(stack, "azure-native:monitor:ScheduledQueryRule")
    told = any(
        rule.get("enabled") is True
        and rule.every("actions.actionGroups")
        and any(str(each.get("query")).startswith("SigninLogs") for each in rule.every("criteria.allOf"))
        for rule in rules
    )
    if rules and not told:
        yield Finding(None, "no alert tells of a sign-in with a break-glass account")
