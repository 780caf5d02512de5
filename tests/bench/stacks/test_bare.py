"""The bare program that the stacks are measured against: flat, and of the same resources."""

from __future__ import annotations

from typing import Any

from bench.stacks.bare import Bare

STACK = "urn:pulumi:foundation-rehearsal::mailwave"
GROUP = f"{STACK}::mailwave:foundation:Groups$azure-native:resources:ResourceGroup::mailwave"
ID = "/subscriptions/s/resourceGroups/mailwave01234567"


def entry(urn: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    token = urn.split("::")[2].rpartition("$")[2]
    return {"urn": urn, "type": token, "custom": True, "id": ID, "inputs": inputs, "outputs": inputs, **more}


def program(*resources: dict[str, Any]) -> list[str]:
    """The lines of the program that make something."""
    source = Bare({"resources": list(resources)}).source("the-tenant", "the-subscription")
    compile(source, "bare", "exec")
    return [line for line in source.splitlines() if line.startswith("r")]


def test_names_that_the_engine_chose_are_left_to_it() -> None:
    """It should leave out a name with the engine's suffix, and keep one that the program gave."""
    chosen = entry(GROUP, {"resourceGroupName": "mailwave01234567", "location": "uksouth"})
    given = entry(GROUP, {"resourceGroupName": "rg-mail", "location": "uksouth"})

    (first,), (second,) = program(chosen), program(given)

    assert "resource_group_name" not in first
    assert "location='uksouth'" in first
    assert "resource_group_name='rg-mail'" in second


def test_a_value_of_another_resource_is_taken_from_there() -> None:
    """It should refer to the resource whose output a property depends on, also inside a text, and depend on it."""
    group = entry(GROUP, {"location": "uksouth"})
    vault = entry(
        f"{STACK}::azure-native:keyvault:Vault::vault",
        {"resourceGroupName": f"{ID}/x", "tags": {"kind": ID}},
        dependencies=[GROUP],
        propertyDependencies={"resourceGroupName": [GROUP], "tags": []},
    )

    _, line = program(group, vault)

    assert "resource_group_name=pulumi.Output.concat('', r0.id, '/x')" in line
    assert f"tags={{'kind': {ID!r}}}" in line
    assert "depends_on=[r0]" in line


def test_components_and_providers_are_left_out() -> None:
    """It should make what is in the outside world, and nothing else."""
    component = {**entry(f"{STACK}::mailwave:foundation:Groups::groups", {}), "custom": False}
    provider = entry(f"{STACK}::pulumi:providers:azure-native::azure", {})

    assert [] == program(component, provider)


def test_a_name_that_stands_in_an_id_does_not_hide_it() -> None:
    """It should take the longest output there is, whichever resource gives it."""
    zone = f"{ID}/ledger.private.database.azure.com"
    subnet = entry(f"{STACK}::azure-native:network:Subnet::subnet", {"name": "database"})
    private = {**entry(f"{STACK}::azure-native:privatedns:PrivateZone::zone", {}), "id": zone}
    givers = [subnet["urn"], private["urn"]]
    server = entry(
        f"{STACK}::azure-native:dbforpostgresql:Server::ledger",
        {"zone": zone},
        dependencies=givers,
        propertyDependencies={"zone": givers},
    )

    assert "zone=r1.id" in program(subnet, private, server)[2]
