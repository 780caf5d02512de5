"""What must be open before a wave begins, and how it says that it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailwave.core.coexistence import Fault
from mailwave.core.estate import Record
from mailwave.core.planner import Wave
from mailwave.core.readiness.verdicts import Finding

Gate = Callable[[Wave, Sequence[Record]], None]
"""Lets a wave begin with those who wait, defers who may not move, or raises what keeps the whole wave back."""


def open_gate(_wave: Wave, _waiting: Sequence[Record]) -> None:
    """Every wave may begin: for courses over a model, which has no two halves and no evidence."""


class GateShut(Exception):
    """*wave* does not begin: what joins the two halves has *faults*, the first of which is named."""

    def __init__(self, *, wave: str, faults: Sequence[Fault]) -> None:
        self.wave = wave
        self.faults = tuple(faults)
        first, more = faults[0], len(faults) - 1
        others = f" (and {more} more)" if more else ""
        super().__init__(f"wave {wave} does not begin: {first.aspect}: {first.why}{others}; {first.remedy}")


class NotReady(Exception):
    """*wave* does not begin: none of its *people* is ready any more, the *first* for the reason that it says."""

    def __init__(self, *, wave: str, people: int, first: Finding) -> None:
        self.wave = wave
        self.people = people
        self.first = first
        super().__init__(
            f"wave {wave} does not begin: none of its {people} mailboxes is ready any more; of {first.organisation} "
            f"{first.reason}, and {first.owner} must act: {first.remedy}"
        )


class NeverChecked(Exception):
    """What the last check has seen is not kept: nobody's readiness can be judged again."""

    def __init__(self) -> None:
        super().__init__("nobody's readiness was checked here, or what the last check saw is damaged")
