"""The users of a batch as the service shows them, and once it is gone as they were kept when it went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from mailwave.core.intents import Intent, Outcome
from mailwave.core.moves import Move
from mailwave.ports.aftercare import Kept
from mailwave.runbooks.aftercare.check import Moves
from mailwave.runbooks.wave.removal import REMOVE, REPORT

ENDED = "outcome"
"""How the journal calls the end of an act, whose detail names the artifact."""


class Journal(Protocol):
    """The acts, and the entries of the journal."""

    def intents_on(self, act: str, subjects: Iterable[str]) -> Sequence[Intent]:
        """See `mailwave.ports.Ledger`."""
        ...

    def journal(self) -> Sequence[Entry]:
        """Every entry, checked; raises `JournalBroken`."""
        ...


class Entry(Protocol):
    """One act in the journal."""

    @property
    def act(self) -> str:
        """What was done."""
        ...

    @property
    def detail(self) -> Mapping[str, Any]:
        """What is recorded of it."""
        ...


@dataclass(frozen=True)
class KeptMoves:
    """Reads a batch of *live*, and where that shows nobody what *kept* has of it, under the digest in the journal."""

    ledger: Journal
    kept: Kept
    live: Moves

    def __call__(self, batch: str) -> Sequence[Move]:
        """The users of *batch*; nobody where nothing was kept of it.

        Raises:
            ArtifactDamaged: what was kept is gone, or is not that of its digest.
        """
        return self.live(batch) or list(self._kept(batch))

    def _kept(self, batch: str) -> Iterator[Move]:
        acts = [each for act in (REPORT, REMOVE) for each in self.ledger.intents_on(act, [batch])]
        numbers = [each.id for each in acts if each.outcome is Outcome.OK]
        digests = self._digests(set(numbers)) if numbers else {}
        for number, digest in digests.items():
            rows = msgspec.json.decode(self.kept.read(f"{number:08}-{batch}.json", digest))
            yield from (msgspec.convert(row.get("move", row), Move) for row in rows)

    def _digests(self, acts: set[int]) -> dict[int, str]:
        """The digests of what the ends of *acts* name; the whole journal is read, and checked, for them."""
        found: dict[int, str] = {}
        for entry in self.ledger.journal():
            if entry.act == ENDED and entry.detail["intent"] in acts and "artifact" in entry.detail["detail"]:
                found[int(entry.detail["intent"])] = str(entry.detail["detail"]["artifact"])
        return found
