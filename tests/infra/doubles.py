"""The engine's and the clouds' side of the Pulumi program, kept in memory: what a test may ask about afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any

import grpc
import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

from infra.stack import PROJECT

TENANT = "9b424469-06f1-47ec-8522-46de505d3489"
SUBSCRIPTION = "5b8321b8-1b8c-4604-9392-b2a5324482aa"
OTHER = "11111111-2222-4333-8444-555555555555"

FOUNDATION_OUTPUTS: dict[str, Any] = {
    "tenant_id": TENANT,
    "subscription_id": SUBSCRIPTION,
    "resource_group_name": "the-group",
    "vault_id": "/the/vault",
    "workspace_id": "/the/workspace",
    "evidence_container_id": "/the/container",
    "runner_principal_id": "the-runners",
}
_DUTIES = ("reader", "batch-runner", "completer", "courier", "mender", "hybrid")
IDENTITY_OUTPUTS: dict[str, Any] = {
    "tenant_id": TENANT,
    "client_id": "the-client-id",
    "client_ids": {duty: f"client-of-{duty}" for duty in _DUTIES},
    "principal_ids": {duty: f"principal-of-{duty}" for duty in _DUTIES},
}


class CallFailed(grpc.RpcError):
    """How the engine answers a call that the provider refused, or that it cannot answer itself."""

    def __init__(self, token: str, reason: str) -> None:
        self.reason = f"invocation of {token} returned an error: {reason}"
        super().__init__(self.reason)

    def code(self) -> grpc.StatusCode:
        """Any failure of a call has this one."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """The engine's sentence."""
        return self.reason


class Clouds(pulumi.runtime.Mocks):
    """Creates whatever is asked for, and remembers it.

    *tenant* and *subscription* are the credential's; no *tenant* means that nobody is signed in. *stacks* are the
    outputs of the stacks that exist.
    """

    def __init__(
        self,
        tenant: str = TENANT,
        subscription: str = SUBSCRIPTION,
        stacks: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.tenant = tenant
        self.subscription = subscription
        self.stacks = stacks or {}
        self.resources: list[MockResourceArgs] = []
        self.monitor = Monitor(self)

    def install(self, stack: str) -> Clouds:
        """Run what follows as the program of *stack*, with these clouds."""
        pulumi.runtime.set_mocks(
            self, PROJECT, stack, organization="organization", preview=False, monitor=self.monitor
        )
        return self

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        """Answer what the program asks of a provider or of the engine."""
        if args.token == "pulumi:pulumi:readStackOutputs":
            return {"name": args.args["name"], "outputs": self._outputs(args.args["name"])}
        if args.token.endswith("getClientConfig"):
            if not self.tenant:
                raise CallFailed(args.token, "nobody is signed in")
            return {
                "clientId": "cli",
                "objectId": "me",
                "id": "me",
                "subscriptionId": self.subscription,
                "tenantId": self.tenant,
            }
        if args.token.endswith("getServicePrincipal"):
            return {**args.args, "objectId": f"principal-of-{args.args['clientId']}"}
        raise AssertionError(args.token)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Make a resource whose computed outputs can be told from its inputs and name."""
        self.resources.append(args)
        computed: dict[str, Any] = {
            "name": f"{args.name}1234",
            "clientId": f"client-id-of-{args.name}",
            "objectId": f"object-id-of-{args.name}",
            "principalId": f"principal-id-of-{args.name}",
            "fullyQualifiedDomainName": f"{args.name}.postgres.database.azure.com",
            "nameServers": ["ns1.example.", "ns2.example."],
        }
        state = {**computed, **args.inputs}
        if args.typ == "azure-native:keyvault:Vault":
            state["properties"] = {**args.inputs["properties"], "vaultUri": f"https://{args.name}/"}
        if "userAssignedIdentities" in args.inputs.get("identity", {}):
            ids = args.inputs["identity"]["userAssignedIdentities"]  # a list as written, a mapping as told
            state["identity"] = {
                **args.inputs["identity"],
                "userAssignedIdentities": {each: {} for each in ids},
            }
        return f"/{args.typ}/{args.name}", state

    def of_type(self, token: str) -> list[MockResourceArgs]:
        """The resources of one type, in the order of their making."""
        return [resource for resource in self.resources if resource.typ == token]

    def only(self, token: str) -> MockResourceArgs:
        """The one resource of that type."""
        (resource,) = self.of_type(token)
        return resource

    def _outputs(self, full_name: str) -> dict[str, Any]:
        name = full_name.rsplit("/", 1)[-1]
        if name not in self.stacks:
            raise CallFailed("pulumi:pulumi:readStackOutputs", f'unknown stack "{full_name}"')
        return dict(self.stacks[name])


class Monitor(MockMonitor):
    """Keeps the options of each resource, which the SDK's mocks do not pass on."""

    def __init__(self, mocks: pulumi.runtime.Mocks) -> None:
        super().__init__(mocks)
        self.registered: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 gRPC names the method
        """Note the request, then register as ever."""
        self.registered.append(request)
        return super().RegisterResource(request)

    def names(self, option: str) -> set[str]:
        """The names of our custom resources for which *option* of the request is on."""
        ours = (request for request in self.registered if request.custom and "providers" not in request.type)
        return {request.name for request in ours if getattr(request, option)}


def run(program: Callable[[], pulumi.Inputs | Awaitable[pulumi.Inputs]]) -> dict[str, Any]:
    """Run *program* as the engine does, until all it declared is made, and return its outputs."""
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()
    found: dict[str, Any] = {}

    async def main() -> None:
        declared = program()
        outputs = await declared if isawaitable(declared) else declared
        found.update(await pulumi.Output.all(**outputs).future() or {})

    asyncio.get_event_loop().run_until_complete(run_pulumi_func(main))
    return found
