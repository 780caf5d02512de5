"""What the runbooks need of the side that mailboxes move to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from mailwave.core.move_reports import Figures
from mailwave.core.moves import Move
from mailwave.core.skipped import SkippedItem
from mailwave.core.targets import TargetMailbox


class Target(Protocol):
    """Exchange Online: the migration service and the mailboxes that arrived."""

    def batches(self) -> set[str]:
        """The names of all batches that there are, whoever made them."""
        ...

    def moves(self, batch: str) -> list[Move]:
        """Every migration user of *batch*."""
        ...

    def figures(self) -> Mapping[str, Figures]:
        """What the moves of the tenant count of themselves, by ExchangeGuid, in one read."""
        ...

    def report(self, move: Move) -> list[str]:
        """The entries of the report of *move*, which may name items of the mailbox."""
        ...

    def mailboxes(self) -> list[TargetMailbox]:
        """Every mailbox that lives at the target."""
        ...

    def mailboxes_of(self, guids: Iterable[str]) -> list[TargetMailbox]:
        """The mailboxes of *guids* that live at the target; a read that fails raises."""
        ...

    def complete(self, move: Move, at: datetime) -> None:
        """Let *move* be completed from *at* on."""
        ...

    def skipped_items(self, move: Move) -> list[SkippedItem]:
        """The items that *move* would lose, as far as the service lists them."""
        ...

    def approve_skipped(self, move: Move) -> None:
        """Approve the skipped items of *move*."""
        ...

    def retry(self, move: Move) -> None:
        """Start a failed *move* again."""
        ...

    def stop(self, move: Move) -> None:
        """Stop *move* where it stands."""
        ...

    def withdraw(self, move: Move) -> None:
        """Take *move* out of the service."""
        ...
