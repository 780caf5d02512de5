"""The typed classes send what the table knows, under the engine's names."""

from __future__ import annotations

import inspect

import pulumi
import pytest

from infra.exchange import resources
from infra.exchange.table import ACCEPTED_DOMAIN, MIGRATION_ENDPOINT, OUTBOUND_CONNECTOR, ObjectType
from tests.infra.doubles import Clouds, run


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        (ACCEPTED_DOMAIN, resources.AcceptedDomain),
        (OUTBOUND_CONNECTOR, resources.OutboundConnector),
        (MIGRATION_ENDPOINT, resources.MigrationEndpoint),
    ],
)
def test_a_class_has_the_properties_of_its_table(
    kind: ObjectType, declared: type[pulumi.CustomResource]
) -> None:
    """It should take exactly the properties that the table has, and require the same ones."""
    parameters = inspect.signature(declared.__init__).parameters
    taken = {resources._Exchange.translate_input_property(None, name): p for name, p in parameters.items()}  # type: ignore[arg-type]
    for other in ("self", "resourceName", "opts"):
        del taken[other]
    required = {kind.key} | {prop.name for prop in kind.properties if prop.required}
    assert {kind.key, *(prop.name for prop in kind.properties)} == set(taken)
    assert required == {name for name, p in taken.items() if p.default is inspect.Parameter.empty}


def test_properties_travel_in_camel_case_and_come_back_in_snake_case() -> None:
    """It should translate names both ways, and leave out what is None."""
    clouds = Clouds().install("hybrid-rehearsal")

    async def program() -> pulumi.Inputs:
        provider = resources.Provider("exchange", tenant_id="t")
        connector = resources.OutboundConnector(
            "out",
            name="To Leeds",
            connector_type="OnPremises",
            use_mx_record=False,
            smart_hosts=["a.example"],
            opts=pulumi.ResourceOptions(provider=provider),
        )
        return {
            "type": connector.connector_type,
            "mx": connector.use_mx_record,
            "hosts": connector.smart_hosts,
        }

    assert {"type": "OnPremises", "mx": False, "hosts": ["a.example"]} == run(program)
    sent = clouds.only("exchange:index:OutboundConnector")
    expected = {
        "name": "To Leeds",
        "connectorType": "OnPremises",
        "useMxRecord": False,
        "smartHosts": ["a.example"],
    }
    assert expected == sent.inputs
