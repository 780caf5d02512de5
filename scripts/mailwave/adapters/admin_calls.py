"""How many requests a run sends to Exchange Online, by what they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mailwave.core.governor.channel import Kind
from mailwave.core.governor.costs import kind_of


class AdminCalls:
    """Counts the requests of one process and of the plays that it runs, pages and repetitions included."""

    def __init__(self) -> None:
        self._counts: Counter[Kind] = Counter()

    def sent(self, cmdlet: str, number: int = 1) -> None:
        """So many requests of *cmdlet* were sent, by this process or by a play that it ran."""
        self._counts[kind_of(cmdlet)] += number

    def by_name(self) -> Mapping[str, int]:
        """How many there were of each kind, by its name in small letters."""
        return {kind.name.lower(): number for kind, number in sorted(self._counts.items())}
