"""What the governor is told, and what it answers; both are counts of moves unless a unit is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailwave.core.governor.stalls import Blame, blame


@dataclass(frozen=True)
class Range:
    """What a stack allows: from *minimum* to *maximum*, both included.

    Raises:
        ValueError: the minimum is under one or above the maximum.
    """

    minimum: int
    maximum: int

    def __post_init__(self) -> None:
        """Refuse what leaves nothing."""
        if not 1 <= self.minimum <= self.maximum:
            raise ValueError(f"from {self.minimum} to {self.maximum} leaves nothing to choose")

    def within(self, wanted: float) -> int:
        """The whole number of the range that is nearest below *wanted*."""
        return max(self.minimum, min(self.maximum, int(wanted)))


@dataclass(frozen=True)
class Bounds:
    """What may be set on one endpoint: the two pools are the service's own, and independent (fact B3).

    Raises:
        ValueError: the increments' minimum is above that of migrations, which Exchange refuses to set (fact B2).
    """

    migrations: Range
    increments: Range

    def __post_init__(self) -> None:
        """Refuse what could not be set."""
        if self.increments.minimum > self.migrations.minimum:
            raise ValueError("the minimum of incremental syncs is above that of migrations")

    def allow(self, limits: Limits) -> bool:
        """Whether *limits* may be set: within both, and no more increments than migrations (fact B2)."""
        return (
            self.migrations.within(limits.migrations) == limits.migrations
            and self.increments.within(limits.increments) == limits.increments
            and limits.increments <= limits.migrations
        )

    @property
    def both(self) -> Range:
        """What the two pools may hold together."""
        return Range(
            self.migrations.minimum + self.increments.minimum,
            self.migrations.maximum + self.increments.maximum,
        )


@dataclass(frozen=True)
class Limits:
    """MaxConcurrentMigrations and MaxConcurrentIncrementalSyncs of one endpoint."""

    migrations: int
    increments: int


@dataclass(frozen=True)
class Sample:
    """Some of the moves that hold a slot: *details* counts each StatusDetail, *pace* their mean bytes a minute.

    Few are enough, for each costs a call (fact B30). *pace* is None where no move said it.
    """

    details: Mapping[str, int] = field(default_factory=dict)
    pace: float | None = None

    def share(self, whose: Blame) -> float:
        """The share of the moves that *whose* fault holds up, from 0 to 1."""
        everyone = sum(self.details.values())
        held = sum(count for detail, count in self.details.items() if blame(detail) is whose)
        return held / everyone if everyone else 0.0


@dataclass(frozen=True)
class Reading:
    """One endpoint as it stands.

    *live* is what is set; *copying* and *syncing* hold slots of the two pools; *to_copy* wait for a slot of the first,
    *to_sync* are pre-synced and due: they wait, or will, for a slot of the second. *left* is the work that is still
    to be done, in bytes. *connections_refused* counts moves that MRSProxy turned away since the last reading
    (B.10 row 17).
    """

    live: Limits
    copying: int
    syncing: int
    to_copy: int
    to_sync: int
    left: float
    sample: Sample = Sample()
    connections_refused: int = 0

    @property
    def active(self) -> int:
        """The moves that hold a slot."""
        return self.copying + self.syncing
