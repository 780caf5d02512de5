"""The migration endpoints as the governor sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailwave.core.governor.readings import Limits, Sample
from mailwave.core.progress import Flight


@dataclass(frozen=True)
class Standing:
    """An endpoint's limits, and the moves that hold a slot of each pool (fact B6)."""

    live: Limits
    copying: int
    syncing: int


class Endpoints(Protocol):
    """Migration endpoints: their live limits, and how the moves through them fare.

    Every method raises `ActRefused` for what was not answered.
    """

    def standing(self) -> Mapping[str, Standing]:
        """Every endpoint by its name, in one call."""
        ...

    def tenant(self) -> int:
        """How many migrations the tenant may have at once, over all endpoints (fact B4)."""
        ...

    def sample(self, moves: Sequence[str]) -> Sample:
        """How those of *moves*, by ExchangeGuid, that hold a slot fare: each costs two calls."""
        ...

    def set_limits(self, endpoint: str, limits: Limits) -> None:
        """Set the live limits of *endpoint*. Raises `ActRefused` or `ActUnknown`."""
        ...


class Flights(Protocol):
    """The mailboxes in flight, as the ledger has them."""

    def flights(self, wave: str | None = None) -> list[Flight]:
        """The mailboxes of *wave* (None: of all) in flight as they were last seen."""
        ...
