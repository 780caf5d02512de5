"""The stand-in for azure-native: objects are PUT at ids that follow from their inputs, as in Resource Manager.

Started by the engine as ``pulumi-resource-azure-native``; `rehearsal.providers.install` puts it in place.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import ClassVar

from infra.servicer import UNKNOWN, Properties, ProviderError, serve
from rehearsal.cloud.catalogue import ResourceType
from rehearsal.providers.cloud_client import CloudRefused
from rehearsal.providers.sdk import ResourceShape
from rehearsal.providers.standin import StandIn, address


class AzureNative(StandIn):
    """The resource types of Azure that types.yaml has, and getClientConfig."""

    name = "azure-native"
    plane = "arm"
    package = "pulumi-azure-native"
    settings: ClassVar[Mapping[str, str]] = {
        "subscriptionId": "ARM_SUBSCRIPTION_ID",
        "tenantId": "ARM_TENANT_ID",
        "clientId": "ARM_CLIENT_ID",
        "location": "ARM_LOCATION_NAME",
    }
    deletes_before_replacing = True

    def completed(
        self, kind: ResourceType, shape: ResourceShape, olds: Properties, news: Properties
    ) -> Properties:
        """Where the program leaves the location out: the old one, the configured one, or the resource group's.

        Source: pulumi-azure-native issue 66 (automatic location propagation).
        """
        if "location" not in shape.inputs.properties or news.get("location") is not None:
            return dict(news)
        location = olds.get("location") or self.optional_setting("location") or self._group_location(news)
        return dict(news) if location is None else {**news, "location": location}

    def _group_location(self, news: Properties) -> object:
        group = news.get("resourceGroupName")
        if group is None or group is UNKNOWN:
            return group
        path = f"/subscriptions/{self.setting('subscriptionId')}/resourceGroups/{group}"
        try:
            return self.cloud.call("GET", f"/{self.plane}{path}")[1].get("location")
        except CloudRefused as refused:
            if refused.status == 404:
                return None
            raise

    def make(self, kind: ResourceType, inputs: Properties) -> tuple[str, Properties]:
        """PUT with If-None-Match, so that an object unknown to the state is refused and never taken over."""
        path = address(kind.path, {"subscriptionId": self.setting("subscriptionId"), **inputs})
        headers = {} if kind.singleton else {"if_none_match": "*"}
        try:
            return self.cloud.call("PUT", f"/{self.plane}{path}", inputs, **headers)
        except CloudRefused as refused:
            if refused.code == "ResourceAlreadyExists":
                raise ProviderError(f"cannot create already existing resource '{path}'") from refused
            raise

    def change(self, kind: ResourceType, path: str, olds: Properties, news: Properties) -> Properties:
        """PUT the whole object again."""
        _, live = self.cloud.call("PUT", f"/{self.plane}{path}", news)
        return live

    def functions(self) -> Mapping[str, Callable[[], Properties]]:
        """Whom the provider acts as."""
        return {"azure-native:authorization:getClientConfig": self._client_config}

    def _client_config(self) -> Properties:
        tenant = self.setting("tenantId")
        return {
            "clientId": client_id(tenant),
            "objectId": object_id(tenant),
            "subscriptionId": self.setting("subscriptionId"),
            "tenantId": tenant,
        }


def client_id(tenant: str) -> str:
    """The application id of the identity that deploys into *tenant*."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal:{tenant}:deployer:client"))


def object_id(tenant: str) -> str:
    """The object id of that identity."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal:{tenant}:deployer:object"))


if __name__ == "__main__":
    serve(AzureNative())
