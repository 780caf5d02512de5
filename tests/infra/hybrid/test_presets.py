"""The strict preset, for those who are worth imitating."""

from __future__ import annotations

import pytest

from infra.hybrid.presets import Presets
from tests.infra.doubles import Clouds, run


@pytest.mark.parametrize("kind", ["EOPProtectionPolicyRule", "ATPProtectionPolicyRule"])
def test_both_rules_are_on_for_the_groups(kind: str) -> None:
    """It should switch on both rules of the strict preset, for the members of the groups (control 28)."""
    clouds = Clouds().install("hybrid-rehearsal")
    run(lambda: {"urn": Presets("presets", ["board@a.example"]).urn})

    expected = {
        "name": "Strict Preset Security Policy",
        "sentToMemberOf": ["board@a.example"],
        "enabled": True,
    }
    assert expected.items() <= clouds.only(f"exchange:index:{kind}").inputs.items()
