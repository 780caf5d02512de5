"""The typed classes send what the table knows, under the engine's names."""

from __future__ import annotations

import pulumi
import pytest

from infra.exchange import resources
from infra.exchange.generate import FOLDER, modules, snake
from infra.exchange.kinds import ObjectType
from infra.exchange.resources.base import Resource
from infra.exchange.schema import schema
from infra.exchange.table import TYPES
from tests.infra.doubles import Clouds, run


def test_the_classes_are_those_of_the_table() -> None:
    """It should find every generated module as the generator writes it: `python -m infra.exchange.generate`."""
    shipped = {
        file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.py") if file.name != "base.py"
    }
    assert modules() == shipped


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.noun)
def test_names_travel_both_ways(kind: ObjectType) -> None:
    """It should translate each name to the engine's and back."""
    names = [one.name for one in kind.properties] + ([kind.key] if kind.key else [])
    there = [Resource.translate_input_property(None, snake(name)) for name in names]  # type: ignore[arg-type]
    back = [Resource.translate_output_property(None, name) for name in names]  # type: ignore[arg-type]
    assert (names, [snake(name) for name in names]) == (there, back)


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.noun)
def test_a_class_has_outputs_for_all_its_properties(kind: ObjectType) -> None:
    """It should have an output for each property, and Exchange's own id."""
    names = {snake(one.name) for one in kind.properties} | ({snake(kind.key)} if kind.key else set())
    assert names == set(getattr(resources, kind.type_name).__annotations__)
    assert {"guid"} == set(Resource.__annotations__)


def test_the_schema_describes_every_kind() -> None:
    """It should describe each type with its inputs, what must be said, and what another object is needed for."""
    described = schema("1.2.3")["resources"]
    assert set(TYPES) == set(described)
    connector = described["exchange:index:InboundConnector"]
    assert ["name", "connectorType", "senderDomains"] == connector["requiredInputs"]
    assert {"type": "array", "items": {"type": "string"}}.items() <= connector["inputProperties"][
        "senderDomains"
    ].items()
    organisation = described["exchange:index:OnPremisesOrganization"]["inputProperties"]
    assert ["organizationGuid"] == [
        name for name, one in organisation.items() if "willReplaceOnChanges" in one
    ]


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
