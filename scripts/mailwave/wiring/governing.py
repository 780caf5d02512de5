"""What governs the migration endpoints while waves run: within what a stack allows and what was granted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.governor.costs import samples
from mailwave.core.governor.govern import Governor
from mailwave.core.governor.readings import Bounds, Range
from mailwave.core.placement.granted import Granted
from mailwave.core.reason import Reason
from mailwave.ports.endpoints import Endpoints
from mailwave.runbooks.wave.governing import EndpointKeeper
from mailwave.runbooks.wave.governor_course import Governing
from mailwave.wiring.settings import Say, Settings
from mailwave.wiring.stacks import engine

MINUTES = 60


def governing_of(
    settings: Settings, ledger: Ledger, endpoints: Endpoints, reason: Reason, say: Say
) -> Governing:
    """What governs *endpoints*; the stack is not read before the first reading."""
    granted, clock = rules.granted(settings.limits, settings.estate), settings.clock()

    def made() -> EndpointKeeper:
        today = clock.now().date()
        governor = Governor(bounds(declared(settings, say), granted, today), usual(granted, today))
        tenant = granted.limits["concurrent_moves_tenant"].on(today)
        return EndpointKeeper(
            ledger, endpoints, governor, tenant, reason, say, sampled=_samples(granted, today)
        )

    behind = {name: place.endpoint for name, place in granted.places.items()}
    return Governing(clock, ledger, ledger, behind, made)


def declared(settings: Settings, say: Say) -> Mapping[str, Any]:
    """The endpoints as the hybrid stack exports them; none where there is no stack or no engine on this machine."""
    from mailwave.adapters.engine_errors import EngineMissing, StackNotFound

    try:
        found: Mapping[str, Any] = engine(settings).outputs("hybrid").get("endpoints") or {}  # type: ignore[assignment]
    except (EngineMissing, StackNotFound) as error:
        say(f"endpoints are governed within the limits file alone: {error}")
        return {}
    return found


def bounds(stack: Mapping[str, Any], granted: Granted, today: date) -> dict[str, Bounds]:
    """What may be set on each endpoint: what the *stack* allows, and no more than was *granted*.

    Where the stack says nothing of an endpoint, one slot of each kind is the least.
    """
    return {
        endpoint: Bounds(
            _range(stack, endpoint, "migrations", _most(granted, "concurrent_moves", endpoint, today)),
            _range(
                stack, endpoint, "incremental_syncs", _most(granted, "incremental_syncs", endpoint, today)
            ),
        )
        for endpoint in sorted({place.endpoint for place in granted.places.values()})
    }


def usual(granted: Granted, today: date) -> float:
    """The bytes a minute of one unhindered move, as the limits have it."""
    return granted.limits["bytes_an_hour_move"].on(today) / MINUTES


def _samples(granted: Granted, today: date) -> int:
    """How many moves of an endpoint a reading may look at, in the fullest of nights."""
    fullest = max(
        granted.limits[name].on(today) for name in ("mailboxes_a_night", "mailboxes_a_weekend_night")
    )
    endpoints = len({place.endpoint for place in granted.places.values()})
    return samples(granted.limits["admin_calls_a_night"].on(today), fullest, endpoints)


def _most(granted: Granted, limit: str, endpoint: str, today: date) -> int:
    """What was granted of *limit* on *endpoint*: the most of the sites behind it."""
    return max(granted.limits[limit].on(today, site) for site in granted.behind(endpoint))


def _range(stack: Mapping[str, Any], endpoint: str, pool: str, most: int) -> Range:
    said = stack.get(endpoint, {}).get(pool) or {"minimum": 1, "maximum": most}
    maximum = max(1, min(int(said["maximum"]), most))
    return Range(min(int(said["minimum"]), maximum), maximum)
