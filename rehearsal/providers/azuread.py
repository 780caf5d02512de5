"""The stand-in for azuread: objects are POSTed to collections and get their ids from the directory, as in Graph.

Started by the engine as ``pulumi-resource-azuread``; `rehearsal.providers.install` puts it in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from infra.servicer import Properties, ProviderError, serve
from rehearsal.cloud.catalogue import ResourceType
from rehearsal.providers.azure_native import client_id, object_id
from rehearsal.providers.standin import StandIn, address


class AzureAD(StandIn):
    """The resource types of Entra that types.yaml has, and getClientConfig."""

    name = "azuread"
    plane = "entra"
    package = "pulumi-azuread"
    settings: ClassVar[Mapping[str, str]] = {"tenantId": "ARM_TENANT_ID", "clientId": "ARM_CLIENT_ID"}

    def make(self, kind: ResourceType, inputs: Properties) -> tuple[str, Properties]:
        """POST to the collection. A second POST makes a second object, unless preventDuplicateNames forbids it."""
        self.setting("tenantId")
        collection = address(kind.collection, _last_parts(inputs))
        if inputs.get("preventDuplicateNames"):
            self._refuse_same_name(kind, collection, inputs.get("displayName"))
        for name in kind.unique:
            self._refuse_same_key(collection, name, inputs.get(name))
        return self.cloud.call("POST", f"/{self.plane}{collection}", inputs)

    def change(self, kind: ResourceType, path: str, olds: Properties, news: Properties) -> Properties:
        """PATCH what the program says; what it no longer says is cleared."""
        cleared = {name: None for name in olds if name not in news}
        _, live = self.cloud.call("PATCH", f"/{self.plane}{path}", cleared | news)
        return live

    def functions(self) -> Mapping[str, Callable[[], Properties]]:
        """Whom the provider acts as."""
        return {"azuread:index/getClientConfig:getClientConfig": self._client_config}

    def _client_config(self) -> Properties:
        tenant = self.setting("tenantId")
        client, actor = client_id(tenant), object_id(tenant)
        return {"clientId": client, "id": f"{tenant}-{client}-{actor}", "objectId": actor, "tenantId": tenant}

    def _refuse_same_name(self, kind: ResourceType, collection: str, name: object) -> None:
        """In the words of the real provider (its internal/tf/errors, ImportAsDuplicateDiag), which name the id."""
        for taken in self._ids(collection, "displayName", name):
            raise ProviderError(
                f'An existing "azuread_{_snake(kind)}" with name "{name}" (ID: "{taken}") was found and '
                "`prevent_duplicate_names` was specified"
            )

    def _refuse_same_key(self, collection: str, key: str, value: object) -> None:
        """In the words of the real provider (ImportAsExistsDiag)."""
        for taken in self._ids(collection, key, value):
            raise ProviderError(f'A resource with the ID "{taken}" already exists')

    def _ids(self, collection: str, key: str, value: object) -> list[str]:
        """The object ids of those whose *key* is *value*."""
        _, listed = self.cloud.call("GET", f"/{self.plane}{collection}")
        found = [row for row in listed["value"] if row["object"].get(key) == value]
        return [row["path"].rsplit("/", maxsplit=1)[-1] for row in found]


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
