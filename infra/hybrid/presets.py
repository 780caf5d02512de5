"""The strict preset: Microsoft's own strictest policies, for those who are worth imitating (control 28)."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from infra.exchange.resources import ATPProtectionPolicyRule, EOPProtectionPolicyRule
from infra.hybrid.part import Part

STRICT = "Strict Preset Security Policy"


class Presets(Part):
    """The two rules of the strict preset, on for the members of *groups*, given by their mail addresses.

    A person turns the preset on once, in the Defender portal, which makes the rules.
    """

    def __init__(self, name: str, groups: Sequence[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("Presets", name, opts)
        self.mail = EOPProtectionPolicyRule(
            "strict", name=STRICT, sent_to_member_of=groups, enabled=True, opts=self.child
        )
        self.links_and_files = ATPProtectionPolicyRule(
            "strict", name=STRICT, sent_to_member_of=groups, enabled=True, opts=self.child
        )
        self.register_outputs({})
