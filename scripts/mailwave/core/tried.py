"""What was done for each mailbox already, as the journal has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailwave.core.intents import Intent, Outcome


@dataclass(frozen=True)
class Tried:
    """What was done for one mailbox.

    *attempts* after failures, by cause, since somebody last *mended* that cause for its wave; so many skipped items
    *approved*.
    """

    attempts: Mapping[str, int] = field(default_factory=dict)
    approved: int = 0
    mended: frozenset[str] = frozenset()


class History:
    """The *retries* and *approvals* of mailboxes, and the causes that were *mended* for waves, all in their order."""

    def __init__(
        self, retries: Iterable[Intent], approvals: Iterable[Intent], mended: Iterable[Intent]
    ) -> None:
        self._retries: dict[str, list[Intent]] = {}
        for intent in retries:
            self._retries.setdefault(intent.subject, []).append(intent)
        self._approved: dict[str, int] = {}
        for intent in approvals:
            if intent.outcome is Outcome.OK:
                most = max(self._approved.get(intent.subject, 0), int(intent.detail["skipped"]))
                self._approved[intent.subject] = most
        self._mended: dict[str, dict[str, int]] = {}
        for intent in mended:
            self._mended.setdefault(intent.subject, {})[str(intent.detail["cause"])] = intent.id

    def of(self, guid: str, wave: str | None) -> Tried:
        """What was done for the mailbox *guid*, which is of *wave*."""
        mended = self._mended.get(wave or "", {})
        counted = (
            cause
            for intent in self._retries.get(guid, ())
            if intent.id > mended.get(cause := str(intent.detail["cause"]), 0)
        )
        return Tried(Counter(counted), self.approved(guid), frozenset(mended))

    def approved(self, guid: str) -> int:
        """How many skipped items of the mailbox *guid* were approved."""
        return self._approved.get(guid, 0)
