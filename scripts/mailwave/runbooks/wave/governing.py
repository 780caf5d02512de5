"""Keep the endpoints' live limits at what the sites carry: read, learn, and set what is to be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailwave.core.governor.govern import Change, Governor, changes
from mailwave.core.governor.readings import Limits, Reading
from mailwave.core.governor.sharing import TooLittle
from mailwave.core.outcomes import ActError
from mailwave.core.reason import Reason
from mailwave.ports import Ledger
from mailwave.ports.endpoints import Endpoints
from mailwave.runbooks.acting import acting

ACT = "endpoint.limits"
"""What is found open after a kill is closed as unknown: limits are read again before they are set."""

SAMPLED = 20
"""Moves of an endpoint whose details are read at each reading."""


@dataclass(frozen=True)
class Work:
    """What is known of the moves of one endpoint: those that *run*, by ExchangeGuid, and who waits for each pool.

    *left* is the bytes that are to be moved through it.
    """

    run: Sequence[str]
    to_copy: int
    to_sync: int
    left: float


@dataclass
class EndpointKeeper:
    """Governs *endpoints*; *governor* is what was learnt, and may be forgotten: it starts from what is set.

    A stack owns each endpoint's minimum and maximum; the value between them is this one's, and never drift.
    """

    ledger: Ledger
    endpoints: Endpoints
    governor: Governor
    reason: Reason
    say: Callable[[str], None]

    def govern(self, work: Mapping[str, Work]) -> list[Change]:
        """Set what follows from how the moves of *work*, by endpoint, fare now; return what was set.

        An endpoint without work keeps its limits, and they count against the tenant's.
        """
        standing = self.endpoints.standing()
        seen: dict[str, Reading] = {}
        for name in sorted(work.keys() & standing.keys() & self.governor.bounds.keys()):
            now, its = standing[name], work[name]
            sample = self.endpoints.sample(its.run[:SAMPLED])
            seen[name] = Reading(
                now.live, now.copying, now.syncing, its.to_copy, its.to_sync, its.left, sample
            )
        if not seen:
            return []
        others = sum(each.live.migrations for name, each in standing.items() if name not in seen)
        try:
            self.governor, limits = self.governor.governed(seen, self.endpoints.tenant() - others)
        except TooLittle as error:
            self.say(f"no limit is set: {error}")
            return []
        return [change for change in changes(seen, limits) if self._set(change)]

    def _set(self, change: Change) -> bool:
        """Set one endpoint's limits; what fails is left, for the next reading shows what is set."""
        detail = {"from": _shown(change.old), "to": _shown(change.new)}
        try:
            with acting(self.ledger, act=ACT, subject=change.endpoint, reason=self.reason, detail=detail):
                self.endpoints.set_limits(change.endpoint, change.new)
        except ActError as error:
            self.say(f"{change.endpoint}: {error}; looked at again at the next reading")
            return False
        self.say(f"{change.endpoint}: {_words(change.old)} slots are now {_words(change.new)}")
        return True


def _shown(limits: Limits) -> dict[str, int]:
    return {"migrations": limits.migrations, "increments": limits.increments}


def _words(limits: Limits) -> str:
    return f"{limits.migrations} and {limits.increments}"
