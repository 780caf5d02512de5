"""The stand-in for azure-native: objects are PUT at ids that follow from their inputs, as in Resource Manager.

Started by the engine as ``pulumi-resource-azure-native``; `rehearsal.providers.install` puts it in place.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import ClassVar

from infra.servicer import UNKNOWN, Difference, Properties, ProviderError, Subject, serve
from rehearsal.cloud.catalogue import ResourceType
from rehearsal.providers.cloud_client import Answer, CloudRefused
from rehearsal.providers.drift import drifted
from rehearsal.providers.standin import StandIn, address, expected, made_up, without_marks

_MARK = "__createBeforeDelete"
_ASSIGNED = "userAssignedIdentities"


class AzureNative(StandIn):
    """The resource types of Azure that the table has, and getClientConfig."""

    name = "azure-native"
    plane = "arm"
    package = "pulumi-azure-native"
    settings: ClassVar[Mapping[str, str]] = {
        "subscriptionId": "ARM_SUBSCRIPTION_ID",
        "tenantId": "ARM_TENANT_ID",
        "clientId": "ARM_CLIENT_ID",
        "location": "ARM_LOCATION_NAME",
    }
    resumes = True

    def completed(
        self, subject: Subject, kind: ResourceType, olds: Properties, news: Properties, seed: bytes
    ) -> Properties:
        """Make the name up where the program leaves it out, and find the location.

        A random name is marked, so that its replacement can come before it goes, and kept from run to run.
        Source: applyDefaults and getDefaultName in provider/pkg/provider/provider.go of pulumi-azure-native.
        """
        inputs = dict(news)
        if kind.name and inputs.get(kind.name) is None:
            inputs[kind.name] = olds.get(kind.name) or made_up(kind, subject.name, seed)
            marked = olds.get(_MARK, False) if olds.get(kind.name) else kind.made != "copy"
            inputs |= {_MARK: True} if marked else {}
        return self._located(kind, olds, inputs)

    def _located(self, kind: ResourceType, olds: Properties, news: Properties) -> Properties:
        """Where the program leaves the location out: the old one, the configured one, or the resource group's.

        Source: pulumi-azure-native issue 66 (automatic location propagation).
        """
        if "location" not in self.shape(kind.token).inputs.properties or news.get("location") is not None:
            return news
        location = olds.get("location") or self.optional_setting("location") or self._group_location(news)
        return news if location is None else {**news, "location": location}

    def _group_location(self, news: Properties) -> object:
        group = news.get("resourceGroupName")
        if group is None or group is UNKNOWN:
            return group
        path = f"/subscriptions/{self.setting('subscriptionId')}/resourceGroups/{group}"
        try:
            return self.cloud.call("GET", f"/{self.plane}{path}").view.get("location")
        except CloudRefused as refused:
            if refused.status == 404:
                return None
            raise

    def diff(
        self, subject: Subject, object_id: str, olds: Properties, news: Properties, state: Properties
    ) -> Difference:
        """A location is the same however it is written: UK South is uksouth."""
        if _place(olds) == _place(news) and "location" in news:
            news = {**news, "location": olds.get("location")}
        return super().diff(subject, object_id, olds, news, state)

    def deletes_first(self, olds: Properties) -> bool:
        """A fixed name has to be free before the replacement can have it."""
        return not olds.get(_MARK, False)

    def live_inputs(
        self, kind: ResourceType, known: Properties, inputs: Properties, state: Properties
    ) -> Properties:
        """What the program said, with everything that has changed since the last look, said or not."""
        if not state:
            return super().live_inputs(kind, known, inputs, state)
        shown = self.shape(kind.token).outputs
        after = {name: item for name, item in known.items() if name in shown}
        return drifted(inputs, self.importable(kind, _told_as_written(state)), after)

    def foreseen(self, kind: ResourceType, news: Properties, state: Properties) -> Properties:
        """Only the name and the location are sure to stay.

        Source: azureNativeProvider.Update in provider/pkg/provider/provider.go.
        """
        stable = {name: state[name] for name in ("name", "location") if name in state}
        return expected(kind, news) | stable

    def _outputs(self, kind: ResourceType, live: Properties) -> Properties:
        """User-assigned identities are written as a list of ids, and told as a mapping by id."""
        outputs = super()._outputs(kind, live)
        identity = outputs.get("identity")
        if not isinstance(identity, Mapping) or not isinstance(identity.get(_ASSIGNED), list):
            return outputs
        ids = identity[_ASSIGNED]
        told = UNKNOWN if UNKNOWN in ids else {each: {} for each in ids}
        return {**outputs, "identity": {**identity, _ASSIGNED: told}}

    def make(self, kind: ResourceType, inputs: Properties) -> Answer:
        """PUT with If-None-Match, so that an object unknown to the state is refused and never taken over."""
        path = address(kind.path, {"subscriptionId": self.setting("subscriptionId"), **inputs})
        headers = {} if kind.singleton else {"if_none_match": "*"}
        try:
            return self.send("create", kind, "PUT", path, without_marks(inputs), **headers)
        except CloudRefused as refused:
            if refused.code == "ResourceAlreadyExists":
                raise ProviderError(f"cannot create already existing resource '{path}'") from refused
            raise

    def change(self, kind: ResourceType, path: str, olds: Properties, news: Properties) -> Answer:
        """PUT the whole object again."""
        del olds
        return self.send("update", kind, "PUT", path, without_marks(news))

    def functions(self) -> Mapping[str, Callable[[Properties], Properties]]:
        """Whom the provider acts as."""
        return {"azure-native:authorization:getClientConfig": self._client_config}

    def _client_config(self, arguments: Properties) -> Properties:
        del arguments
        tenant = self.setting("tenantId")
        return {
            "clientId": client_id(tenant),
            "objectId": object_id(tenant),
            "subscriptionId": self.setting("subscriptionId"),
            "tenantId": tenant,
        }


def _told_as_written(state: Properties) -> Properties:
    """*state* with its user-assigned identities as a program would write them."""
    identity = state.get("identity")
    if not isinstance(identity, Mapping) or not isinstance(identity.get(_ASSIGNED), Mapping):
        return state
    return {**state, "identity": {**identity, _ASSIGNED: [*identity[_ASSIGNED]]}}


def _place(inputs: Properties) -> str:
    return str(inputs.get("location")).lower().replace(" ", "")


def client_id(tenant: str) -> str:
    """The application id of the identity that deploys into *tenant*."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal:{tenant}:deployer:client"))


def object_id(tenant: str) -> str:
    """The object id of that identity."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal:{tenant}:deployer:object"))


if __name__ == "__main__":
    serve(AzureNative())
