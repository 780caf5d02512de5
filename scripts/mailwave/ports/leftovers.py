"""The two sides of what a move leaves behind; a read that fails raises, and is never "nobody"."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from mailwave.core.aftercare.leftovers import Away, Leftover, Named, Rests
from mailwave.core.aftercare.stale import Accounts, Entry
from mailwave.core.estate import Mailbox
from mailwave.ports.aftercare import Side


class AskedSide(Side, Protocol):
    """What both sides are asked."""

    def accounts(self, sids: AbstractSet[str]) -> Accounts:
        """Which of *sids* somebody of this side has or had, and the domains of this side's accounts."""
        ...

    def seconds(self, away: Sequence[Away]) -> list[Named]:
        """The mail users and contacts of this side that lead to an address of *away*, or have their ExchangeGuid."""
        ...


class LeftAtSites(AskedSide, Protocol):
    """The sites."""

    def away(self, mailboxes: Sequence[Mailbox]) -> list[Away]:
        """Those of *mailboxes* that have moved away and live there no more, as their sites say."""
        ...

    def partnerships(self, away: Sequence[Away]) -> list[Leftover]:
        """The mobile partnerships that the sites still hold of *away*."""
        ...

    def rests(self, mailboxes: Sequence[Mailbox]) -> list[Rests]:
        """What *mailboxes* left soft-deleted in the sites' databases."""
        ...


class LeftInTenant(AskedSide, Protocol):
    """The tenant."""

    def entries(self, away: Sequence[Away]) -> list[Entry]:
        """The entries on those of *away* that are mailboxes there of holders whom the tenant does not know.

        Those of soft-deleted accounts, which can come back, are left out.
        """
        ...
