"""Rule books for tests: the rules that ship, or some of them, with figures of the test's own."""

from __future__ import annotations

from pathlib import Path

import msgspec

from estate_schema import load_estate, load_readiness
from mailwave import rules
from mailwave.core.readiness.rules import RuleBook

ENVIRONMENTS = Path(__file__).resolve().parents[4] / "environments"
ESTATE = load_estate(ENVIRONMENTS / "estate.rehearsal.yaml")
_WRITTEN = rules.readiness(ESTATE, load_readiness(ENVIRONMENTS / "readiness.yaml"))
SHIPPED = msgspec.structs.replace(
    _WRITTEN,
    figures=msgspec.structs.replace(_WRITTEN.figures, accepted_domains=_WRITTEN.figures.asked_domains),
)
"""The rules that ship, for a tenant that accepts what the estate file asks for."""

OF_SERVICES = ("recipient-type", "size", "old-clients", "client", "users")
"""The rules whose evidence the sites themselves give."""


def some_rules(*names: str, **figures: object) -> RuleBook:
    """The shipped rules called *names*, with *figures* replaced."""
    return msgspec.structs.replace(
        SHIPPED,
        rules=tuple(rule for rule in SHIPPED.rules if rule.name in names),
        figures=msgspec.structs.replace(SHIPPED.figures, **figures),
    )
