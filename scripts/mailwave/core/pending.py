"""What becomes of creations that were cut off: from a stack's state with open operations to one without.

The engine notes each operation before it sends it. After a crash it does not know whether an object was made, and its
next update would make a second one (pulumi issue 11599). For most types the answer is certain all the same:

- **by id**: Resource Manager's ids follow from the inputs. The object is entered in the state under its id without
  outputs; the refresh at the head of the next update reads it, and drops it again if it is not there.
- **by refusal**: the directory refuses a second object of the same key and names the first. The creation is tried,
  and `adopted` enters the object that the refusal names. The engine's own note would be lost on the way, so it becomes
  a component of the state (`NOTE`): no update touches that while it fails, and the first that succeeds removes it.
- **by repetition**: the provider takes over an object that is there, or there is no outside object at all.

Anything else is undecided, and a person must look.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mailwave.core.azure_ids import AZURE_IDS

Entry = Mapping[str, Any]

_STORAGE = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.Storage/storageAccounts/{accountName}"
)

IDS: Mapping[str, str] = {
    **AZURE_IDS,
    "azure-native:resources:ResourceGroup": (
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    ),
    "azure-native:keyvault:Vault": (
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
        "/providers/Microsoft.KeyVault/vaults/{vaultName}"
    ),
    "azure-native:storage:StorageAccount": _STORAGE,
    "azure-native:storage:BlobServiceProperties": f"{_STORAGE}/blobServices/{{blobServicesName}}",
    "azure-native:storage:BlobContainer": f"{_STORAGE}/blobServices/default/containers/{{containerName}}",
    "azure-native:authorization:RoleAssignment": (
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    ),
    "azure-native:authorization:RoleDefinition": (
        "{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}"
    ),
    "azuread:index/groupLicense:GroupLicense": "{groupObjectId}/license/{skuId}",
    "azuread:index/applicationCertificate:ApplicationCertificate": "{applicationId}/certificate/{keyId}",
}
"""The id of each type that this project deploys, by its inputs, of which a reference such as /applications/<id> stands
there by its last part. Sources: the Azure REST reference of each type, the import section of pulumi-azuread's.
"""

DIRECTORY = "azuread:"


@dataclass(frozen=True)
class Unique:
    """A type whose second object of the same *keys*, inputs, is refused.

    *id* is made from the GUID that the refusal names and from inputs; *guard* is the input without which the provider
    does not refuse.
    """

    id: str
    keys: tuple[str, ...]
    guard: str = ""


UNIQUE: Mapping[str, Unique] = {
    "azuread:index/application:Application": Unique(
        "/applications/{}", ("displayName",), "preventDuplicateNames"
    ),
    "azuread:index/group:Group": Unique("/groups/{}", ("displayName",), "preventDuplicateNames"),
    "azuread:index/groupWithoutMembers:GroupWithoutMembers": Unique(
        "/groups/{}", ("displayName",), "preventDuplicateNames"
    ),
    "azuread:index/administrativeUnit:AdministrativeUnit": Unique(
        "/directory/administrativeUnits/{}", ("displayName",), "preventDuplicateNames"
    ),
    "azuread:index/servicePrincipal:ServicePrincipal": Unique("{}", ("clientId",)),
    "azuread:index/appRoleAssignment:AppRoleAssignment": Unique(
        "/servicePrincipals/{resourceObjectId}/appRoleAssignedTo/{}",
        ("resourceObjectId", "principalObjectId", "appRoleId"),
    ),
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": Unique(
        "{applicationId}/federatedIdentityCredential/{}", ("applicationId", "issuer", "subject")
    ),
    "azuread:index/authenticationStrengthPolicy:AuthenticationStrengthPolicy": Unique(
        "/policies/authenticationStrengthPolicies/{}", ("displayName",)
    ),
    "azuread:index/privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule": Unique(
        "{groupId}_{assignmentType}_{}", ("groupId", "assignmentType", "principalId")
    ),
}

ADOPTING = ("exchange:", "azuread:index/groupRoleManagementPolicy:")
"""Providers that take over the object of the same name, and a type that is there as soon as its group is."""

NOTE = "mailwave:recovery:CutOff"
"""The type of the component whose input `creation` is the state of an object that may have been made."""

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_REFUSALS = (
    re.compile(r"A resource with the ID \"([^\"]+)\" already exists"),
    re.compile(r"An existing \"[^\"]+\" with name \".+?\" \(ID: \"([^\"]+)\"\) was found"),
)
"""How azuread refuses a second object. Source: its internal/tf/errors, ImportAsExistsDiag and ImportAsDuplicateDiag."""


@dataclass(frozen=True)
class Settlement:
    """A *deployment* in which every open operation is decided, or the one that was given; lists are of URNs.

    *entered*: in the state now, and read by the next refresh. *repeated*: made again, which makes nothing twice.
    *tried*: noted, until the service has said whether it has them. *undecided*: still open, for a person.
    """

    deployment: Entry
    entered: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


def open_operations(deployment: Entry) -> tuple[str, ...]:
    """The URNs of everything that was under way when an update was cut off, and that is not settled."""
    open_ones = (entry["resource"] for entry in deployment.get("pending_operations") or ())
    return tuple(dict.fromkeys(resource["urn"] for resource in (*open_ones, *_noted(deployment))))


def settle(deployment: Entry) -> Settlement:
    """Decide every open operation of *deployment*, or none: a state that is written loses all that is still open.

    What was being changed or removed is in the state with its id: the next refresh reads it, so it is closed here.
    """
    operations = deployment.get("pending_operations") or ()
    creations = [entry["resource"] for entry in operations if entry["type"] == "creating"]
    found = Settlement(_without_notes(deployment))
    for resource in {each["urn"]: each for each in (*_noted(deployment), *creations)}.values():
        found = _decide(found, resource)
    if found.undecided:
        return Settlement(deployment, undecided=found.undecided)
    return replace(found, deployment={**found.deployment, "pending_operations": []})


def _noted(deployment: Entry) -> list[Entry]:
    """The creations that notes in the state speak of."""
    notes = (entry for entry in deployment.get("resources") or () if entry["type"] == NOTE)
    return [json.loads(note["inputs"]["creation"]) for note in notes]


def _without_notes(deployment: Entry) -> Entry:
    kept = [entry for entry in deployment.get("resources") or () if entry["type"] != NOTE]
    return {**deployment, "resources": kept}


def _with_note(deployment: Entry, resource: Entry) -> Entry:
    stack, project, _, name = resource["urn"].split("::", maxsplit=3)
    kind = resource["type"].rpartition(":")[2]
    note = {
        "urn": f"{stack}::{project}::{NOTE}::{kind} {name}",
        "custom": False,
        "type": NOTE,
        "inputs": {"creation": json.dumps(resource, sort_keys=True)},
    }
    return {**deployment, "resources": [*deployment["resources"], note]}


def _decide(found: Settlement, resource: Entry) -> Settlement:
    """The settlement with the creation of *resource* decided."""
    urn, kind, deployment = resource["urn"], resource["type"], found.deployment
    live, object_id = _live(deployment, urn), _id(deployment, resource)
    harmless = not resource.get("custom") or kind.startswith(("pulumi:", *ADOPTING))
    if harmless or (live and (live.get("id") == object_id or _same_key(live, resource))):
        return replace(found, repeated=(*found.repeated, urn))
    if live is None and object_id:
        after = _entered(deployment, resource, object_id)
        return replace(found, deployment=after, entered=(*found.entered, urn))
    if live is None and _refused_twice(resource):
        return replace(found, deployment=_with_note(deployment, resource), tried=(*found.tried, urn))
    return replace(found, undecided=(*found.undecided, urn))


def _live(deployment: Entry, urn: str) -> Entry | None:
    """The object of *urn* that the state knows; one that was removed in order to be replaced is none."""
    for entry in deployment["resources"]:
        if entry["urn"] == urn and not entry.get("delete") and not entry.get("pendingReplacement"):
            return dict(entry)
    return None


def _id(deployment: Entry, resource: Entry) -> str | None:
    """The object's id, where it follows from the inputs and its provider's."""
    template = IDS.get(resource["type"])
    if template is None:
        return None
    provider = str(resource.get("provider", "")).rpartition("::")[0]
    givers = [entry for entry in deployment["resources"] if entry["urn"] == provider]
    values = {**(givers[0].get("inputs") or {} if givers else {}), **(resource.get("inputs") or {})}
    wanted = re.findall(r"\{(\w+)\}", template)
    if not all(isinstance(values.get(name), str) for name in wanted):
        return None
    return template.format(**_parts(resource["type"], values))


def _parts(kind: str, inputs: Entry) -> dict[str, str]:
    """*inputs* as parts of an id of *kind*."""
    texts = {name: value for name, value in inputs.items() if isinstance(value, str)}
    if not kind.startswith(DIRECTORY):
        return texts
    return {name: text.rpartition("/")[2] for name, text in texts.items()}


def _refused_twice(resource: Entry) -> bool:
    unique = UNIQUE.get(resource["type"])
    return unique is not None and (not unique.guard or resource.get("inputs", {}).get(unique.guard) is True)


def _same_key(live: Entry, resource: Entry) -> bool:
    """Whether a living object proves that there was none: a second one of its key would have been refused."""
    unique = UNIQUE.get(resource["type"])
    return (
        unique is not None
        and _refused_twice(resource)
        and all(live.get("inputs", {}).get(key) == resource["inputs"].get(key) for key in unique.keys)
    )


def _entered(deployment: Entry, resource: Entry, object_id: str) -> Entry:
    """*deployment* with the object; in the place of the one it was to replace, because others may depend on it."""
    entry = {**resource, "id": object_id}
    places = [n for n, known in enumerate(deployment["resources"]) if known["urn"] == resource["urn"]]
    resources = list(deployment["resources"])
    if places:
        resources[places[0]] = entry
    else:
        resources.append(entry)
    return {**deployment, "resources": resources}


def adopted(deployment: Entry, refusals: Mapping[str, str]) -> Settlement:
    """Enter each noted object whose creation was refused, *refusals* being the service's words by URN."""
    found = Settlement(_without_notes(deployment))
    for resource in _noted(deployment):
        object_id = _named(resource, refusals.get(resource["urn"], ""))
        if object_id is None:
            found = replace(found, deployment=_with_note(found.deployment, resource))
        elif _live(found.deployment, resource["urn"]) is None:
            after = _entered(found.deployment, resource, object_id)
            found = replace(found, deployment=after, entered=(*found.entered, resource["urn"]))
    return found


def _named(resource: Entry, refusal: str) -> str | None:
    """The engine's id of the object that *refusal* names."""
    unique = UNIQUE.get(resource["type"])
    for pattern in _REFUSALS:
        words = pattern.search(refusal)
        guid = _GUID.search(words[1]) if words else None
        if guid and unique:
            return unique.id.format(guid[0].lower(), **_parts(resource["type"], resource["inputs"]))
    return None
