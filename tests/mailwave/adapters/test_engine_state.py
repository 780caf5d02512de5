"""A stack's exported state, as the rules of the controls see it."""

from __future__ import annotations

from controls.model import UNKNOWN
from mailwave.adapters.engine_state import declared

VAULT = "urn:pulumi:foundation-dev::mailwave::mailwave:foundation:Vault$azure-native:keyvault:Vault::vault"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def test_a_resource_is_seen_as_it_was_declared() -> None:
    """It should have its inputs, its protection, and what its properties are made of, by type and name."""
    entry = {
        "urn": VAULT,
        "type": "azure-native:keyvault:Vault",
        "inputs": {"tags": {"a": "b"}, "names": ["x"], "secret": SECRET},
        "outputs": {"tags": {"a": "c"}},
        "protect": True,
        "propertyDependencies": {"resourceGroupName": [VAULT], "names": None},
    }
    (found,) = declared("foundation-dev", {"resources": [entry]})

    assert ("foundation-dev", "azure-native:keyvault:Vault", "vault", True) == (
        found.stack,
        found.type,
        found.name,
        found.protect,
    )
    assert {"tags": {"a": "b"}, "names": ["x"], "secret": UNKNOWN} == found.properties
    assert {"resourceGroupName": (("azure-native:keyvault:Vault", "vault"),), "names": ()} == found.depends


def test_what_is_on_its_way_out_is_not_seen() -> None:
    """It should leave the old half of a cut-off replacement out, and read an empty state."""
    entry = {"urn": VAULT, "type": "azure-native:keyvault:Vault", "delete": True}

    assert () == declared("foundation-dev", {"resources": [entry]})
    assert () == declared("foundation-dev", {})
