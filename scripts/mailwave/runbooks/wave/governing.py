"""Keep the endpoints' live limits at what the sites carry: read, learn, and set what is to be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailwave.core.governor.costs import FEWEST, SAMPLED
from mailwave.core.governor.govern import Change, Governor, changes
from mailwave.core.governor.readings import Reading, Sample
from mailwave.core.governor.sharing import TooLittle
from mailwave.core.governor.words import in_words, shown, why
from mailwave.core.outcomes import ActError
from mailwave.core.reason import Reason
from mailwave.ports import Ledger
from mailwave.ports.endpoints import Endpoints, Standing
from mailwave.runbooks.acting import acting

ACT = "endpoint.limits"
"""What is found open after a kill is closed as unknown: limits are read again before they are set."""


@dataclass(frozen=True)
class Work:
    """The moves of one endpoint, with a slot or without: first *copies*, and completions that are *due*.

    *run* are some of them, by ExchangeGuid, those first that were last seen at work: they are sampled. *left* is the
    bytes that are to be moved through it.
    """

    run: Sequence[str]
    copies: int
    due: int
    left: float


NO_WORK = Work((), 0, 0, 0.0)


@dataclass
class EndpointKeeper:
    """Governs *endpoints*; *governor* is what was learnt, and may be forgotten: it starts from what is set.

    A stack owns each endpoint's minimum and maximum; the value between them is this one's, and never drift. *granted*
    is how many migrations the tenant may have at once by what we were granted; the tenant may say fewer. *sampled* is
    how many moves of an endpoint are looked at in a reading.
    """

    ledger: Ledger
    endpoints: Endpoints
    governor: Governor
    granted: int
    reason: Reason
    say: Callable[[str], None]
    sampled: int = SAMPLED

    def govern(self, work: Mapping[str, Work]) -> list[Change]:
        """Set what follows from how the moves of *work*, by endpoint, fare now; return what was set.

        Where nobody waits for a slot nothing is learnt and nothing set. An endpoint without bounds keeps its limits,
        which count against the tenant's.
        """
        try:
            standing = self.endpoints.standing()
            ours = sorted(standing.keys() & self.governor.bounds.keys())
            seen = {name: self._reading(standing[name], work.get(name, NO_WORK)) for name in ours}
            if not any(each.to_copy or each.to_sync for each in seen.values()):
                return []
            others = sum(each.live.migrations for name, each in standing.items() if name not in seen)
            tenant = min(self.endpoints.tenant(), self.granted) - others
            self.governor, limits = self.governor.governed(seen, tenant)
        except (ActError, TooLittle) as error:
            self.say(f"no limit is set: {error}")
            return []
        return [change for change in changes(seen, limits) if self._set(change, seen[change.endpoint])]

    def _reading(self, now: Standing, its: Work) -> Reading:
        """What is seen of one endpoint; its moves are sampled only where others wait for their slots."""
        to_copy, to_sync = max(0, its.copies - now.copying), max(0, its.due - now.syncing)
        sample = self.endpoints.sample(its.run[: self.sampled]) if to_copy or to_sync else Sample()
        if sum(sample.details.values()) < FEWEST:
            sample = Sample()  # of two moves one that stalls says nothing of a site
        return Reading(now.live, now.copying, now.syncing, to_copy, to_sync, its.left, sample)

    def _set(self, change: Change, seen: Reading) -> bool:
        """Set one endpoint's limits; what fails is left, for the next reading shows what is set."""
        detail = {
            "from": shown(change.old),
            "to": shown(change.new),
            "in_use": {"migrations": seen.copying, "increments": seen.syncing},
            "why": why(seen),
        }
        try:
            with acting(self.ledger, act=ACT, subject=change.endpoint, reason=self.reason, detail=detail):
                self.endpoints.set_limits(change.endpoint, change.new)
        except ActError as error:
            self.say(f"{change.endpoint}: {error}; looked at again at the next reading")
            return False
        self.say(
            f"{change.endpoint}: {in_words(change.old)} slots are now {in_words(change.new)}: {detail['why']}"
        )
        return True
