"""The stand-in for azuread: objects are POSTed to collections and get their ids from the directory, as in Graph.

Started by the engine as ``pulumi-resource-azuread``; `rehearsal.providers.install` puts it in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from infra.servicer import Properties, ProviderError, serve
from rehearsal.cloud.built_in import BUILT_IN
from rehearsal.cloud.catalogue import ResourceType
from rehearsal.providers.azure_native import client_id, object_id
from rehearsal.providers.cloud_client import Answer, CloudRefused
from rehearsal.providers.standin import StandIn, address


class AzureAD(StandIn):
    """The resource types of Entra that the table has, getClientConfig, and getServicePrincipal by clientId."""

    name = "azuread"
    plane = "entra"
    package = "pulumi-azuread"
    settings: ClassVar[Mapping[str, str]] = {"tenantId": "ARM_TENANT_ID", "clientId": "ARM_CLIENT_ID"}

    def make(self, kind: ResourceType, inputs: Properties) -> Answer:
        """POST to the collection, where a second POST makes a second object unless preventDuplicateNames forbids it.

        Where the inputs say the whole path (a membership, a licence, a certificate with its key id), PUT it there, and
        refuse one that is there.
        """
        self.setting("tenantId")
        parts = _last_parts(inputs)
        if not kind.assigned or kind.assigned in inputs:
            headers = {} if kind.singleton else {"if_none_match": "*"}
            return self._put(kind, address(kind.path, parts), inputs, **headers)
        collection = address(kind.collection, parts)
        if inputs.get("preventDuplicateNames"):
            self._refuse_same_name(kind, collection, inputs.get("displayName"))
        if kind.unique:
            self._refuse_same_key(kind, collection, inputs)
        return self.send("create", kind, "POST", collection, inputs)

    def _put(self, kind: ResourceType, path: str, inputs: Properties, **headers: str) -> Answer:
        try:
            return self.send("create", kind, "PUT", path, inputs, **headers)
        except CloudRefused as refused:
            if refused.code == "ResourceAlreadyExists":
                raise _exists(kind.object_id(path)) from refused
            raise

    def change(self, kind: ResourceType, path: str, olds: Properties, news: Properties) -> Answer:
        """PATCH what the program says; what it no longer says is cleared."""
        cleared = {name: None for name in olds if name not in news}
        return self.send("update", kind, "PATCH", path, cleared | news)

    def functions(self) -> Mapping[str, Callable[[Properties], Properties]]:
        """Whom the provider acts as, and who stands for an application in the tenant."""
        return {
            "azuread:index/getClientConfig:getClientConfig": self._client_config,
            "azuread:index/getServicePrincipal:getServicePrincipal": self._found_principal,
        }

    def _client_config(self, arguments: Properties) -> Properties:
        del arguments
        tenant = self.setting("tenantId")
        client, actor = client_id(tenant), object_id(tenant)
        return {"clientId": client, "id": f"{tenant}-{client}-{actor}", "objectId": actor, "tenantId": tenant}

    def _found_principal(self, arguments: Properties) -> Properties:
        """The principal of an application, one of Microsoft's own or one that somebody made; by clientId only."""
        client = arguments.get("clientId")
        if set(arguments) != {"clientId"}:
            raise ProviderError("the rehearsal's azuread finds a service principal by clientId alone")
        known = BUILT_IN.get(str(client))
        ids = [known.object_id] if known else self._ids("/servicePrincipals", {"clientId": client})
        if not ids:
            raise ProviderError(f'No service principal found with client ID "{client}"')
        return {
            "id": f"/servicePrincipals/{ids[0]}",
            "objectId": ids[0],
            "clientId": client,
            "displayName": known.name if known else "",
            "appRoleIds": dict(known.roles) if known else {},
        }

    def _refuse_same_name(self, kind: ResourceType, collection: str, name: object) -> None:
        """In the words of the real provider (its internal/tf/errors, ImportAsDuplicateDiag), which name the id."""
        for taken in self._ids(collection, {"displayName": name}):
            raise ProviderError(
                f'An existing "azuread_{_snake(kind)}" with name "{name}" (ID: "{taken}") was found and '
                "`prevent_duplicate_names` was specified"
            )

    def _refuse_same_key(self, kind: ResourceType, collection: str, inputs: Properties) -> None:
        """In the words of the real provider (ImportAsExistsDiag)."""
        for taken in self._ids(collection, {name: inputs.get(name) for name in kind.unique}):
            raise _exists(taken)

    def _ids(self, collection: str, wanted: Mapping[str, object]) -> list[str]:
        """The object ids of those that have all that is *wanted*."""
        listed = self.cloud.call("GET", f"/{self.plane}{collection}").view
        found = [
            row
            for row in listed["value"]
            if all(row["object"].get(name) == value for name, value in wanted.items())
        ]
        return [row["path"].rsplit("/", maxsplit=1)[-1] for row in found]


def _exists(object_id: str) -> ProviderError:
    return ProviderError(f'A resource with the ID "{object_id}" already exists')


def _snake(kind: ResourceType) -> str:
    """The resource's name in the provider that this one is built on: service_principal for ServicePrincipal."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.token.rpartition(":")[2]).lower()


def _last_parts(inputs: Mapping[str, Any]) -> dict[str, str]:
    """The inputs as parts of a path: a reference such as /applications/<id> stands there by its last part."""
    return {
        name: value.rsplit("/", maxsplit=1)[-1] for name, value in inputs.items() if isinstance(value, str)
    }


if __name__ == "__main__":
    serve(AzureAD())
