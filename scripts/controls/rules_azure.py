"""What Azure resources must be: closed, kept, logged, and behind rules of the network (controls 36 and 47 to 50)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from controls.model import UNKNOWN, Finding, Resource, StackRule, of_type, unlike

ALERT = "azure-native:monitor:ScheduledQueryRule"
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

DIRECTORY_LOGS = (
    "AuditLogs",
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "MicrosoftGraphActivityLogs",
)
"""The categories that control 46 is about."""

ANYBODY = ("*", "Internet", "0.0.0.0/0", "::/0", "Any")
_REMOTE = (22, 3389)


def closed_storage(resource: Resource) -> Iterator[str]:
    """Storage without shared keys, public network, old TLS or anonymous readers, that keeps what is deleted."""
    yield from unlike(resource, _CLOSED_STORAGE[resource.type])


def closed_vault(resource: Resource) -> Iterator[str]:
    """A vault reached by role assignments only, which nobody can purge."""
    yield from unlike(resource, _CLOSED_VAULT)


def rotated_key(resource: Resource) -> Iterator[str]:
    """A key that expires, and is rotated by itself before that."""
    policy = "properties.rotationPolicy"
    if not resource.get(f"{policy}.attributes.expiryTime"):
        yield "it never expires"
    actions = [each.get("action", {}).get("type") for each in resource.every(f"{policy}.lifetimeActions")]
    if "rotate" not in actions:
        yield "nothing rotates it"


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


def directory_is_logged(stack: Sequence[Resource]) -> Iterator[Finding]:
    """The layer of identity sends what the directory records to a workspace: changes, sign-ins, and calls of Graph."""
    sent = {
        log.get("category")
        for setting in of_type(stack, "azure-native:aadiam:DiagnosticSetting")
        if setting.get("workspaceId")
        for log in setting.every("logs")
        if log.get("enabled") is True
    }
    if stack and stack[0].layer == "identity":
        for category in DIRECTORY_LOGS:
            if category not in sent:
                yield Finding(None, f"the directory's {category} go to no workspace")


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


def _told(*words: str) -> StackRule:
    def rule(stack: Sequence[Resource]) -> Iterator[Finding]:
        alerts = of_type(stack, ALERT)
        is_watched = bool(stack) and stack[0].layer == "foundation"
        if is_watched and not any(_tells(alert, words) for alert in alerts):
            yield Finding(None, f"no alert with somebody to tell asks for {' and '.join(words)}")

    return rule


def _tells(alert: Resource, words: Sequence[str]) -> bool:
    """Whether an alert is on, has somebody to tell, and asks a table for what it is about."""
    queries = [str(each.get("query")) for each in alert.every("criteria.allOf")]
    return (
        alert.get("enabled") is True
        and bool(alert.every("actions.actionGroups"))
        and any(query.startswith(words[0]) and all(word in query for word in words) for query in queries)
    )


break_glass_is_told = _told("SigninLogs")
"""The foundation has an alert on sign-ins of the break-glass accounts, whose table no other alert reads."""

privileged_are_told = _told("AuditLogs", "RoleManagement", "PIM activation")
"""The foundation has an alert on privileged roles that are given or activated, whichever way."""
