"""The options of a tenant."""

from __future__ import annotations

from rehearsal.exchange_online.options import Options
from rehearsal.rules import rules


def test_options_are_made_of_rules() -> None:
    """It should have two fields that are no rules, one of which holds those of configuration objects."""
    named = {rule.name for rule in rules(Options)}

    assert {"late_item_share", "objects"} == set(Options.__dataclass_fields__) - named
