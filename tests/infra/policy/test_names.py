"""The rules and the Exchange provider speak of the same properties."""

from __future__ import annotations

import pytest

from controls.catalogue import controls
from controls.model import property_name
from controls.rules_exchange import EXCHANGE, WANTED
from infra.exchange.kinds import named
from infra.exchange.table import TYPES

ASKED = [
    (kind, path)
    for control in controls()
    for check in control.declared
    if check.rule in WANTED
    for kind in check.types
    for path in WANTED[check.rule]
]


@pytest.mark.parametrize(("kind", "path"), ASKED)
def test_what_a_rule_asks_for_can_be_declared(kind: str, path: str) -> None:
    """It should ask for properties that the provider's schema has, or no stack could keep the control."""
    assert path in {each.name for each in TYPES[kind].properties}


def test_the_tenant_is_read_by_the_names_of_the_provider() -> None:
    """It should call each parameter of Exchange what the provider calls it."""
    parameters = {each.parameter for kind in TYPES.values() for each in kind.properties}

    assert [] == [each for each in parameters if property_name(each) != named(each)]


def test_every_kind_that_a_rule_is_about_is_the_providers() -> None:
    """It should look at no kind of Exchange object that the stacks cannot declare."""
    kinds = {kind for each in controls() for check in each.checks for kind in check.types}

    assert {kind for kind in kinds if kind.startswith(EXCHANGE)} <= set(TYPES)
