"""What the runbooks need for notices: the ledger as the outbox that they leave from, and whoever sends them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from mailwave.core.estate import Mailbox, Permission
from mailwave.core.letters import Letter, Returned
from mailwave.core.notices import Audience, Milestone, Notice, NoticeRecord, NoticeState, Undelivered
from mailwave.core.reason import Reason


class Outbox(Protocol):
    """The part of a ledger that knows who was told what."""

    def reserve_notices(self, wanted: Sequence[Notice], reason: Reason) -> list[Notice]:
        """Reserve *wanted* and return those that are reserved by this: not before, nor for who does not move."""
        ...

    def settle_notices(self, settled: Sequence[NoticeRecord], reason: Reason) -> None:
        """Record how notices ended."""
        ...

    def notices(self, state: NoticeState | None = None) -> list[NoticeRecord]:
        """The notices in *state* (None: any)."""
        ...

    def notices_of(
        self,
        milestone: Milestone,
        guids: Iterable[str],
        night: date | None = None,
        audience: Audience = Audience.USER,
    ) -> dict[str, NoticeState]:
        """The state of each notice of *milestone* about *night* (None: any) to *guids*."""
        ...

    def notices_under(self, references: Iterable[str]) -> dict[str, NoticeRecord]:
        """The notices of *references*, by them."""
        ...

    def notices_since(self, moment: datetime) -> int:
        """How many notices went out at or after *moment*."""
        ...

    def undelivered(self, organisation: str | None = None) -> list[Undelivered]:
        """The notices that people of *organisation* (None: any) did not get, and why."""
        ...

    def rights_on(self, guids: Sequence[str]) -> list[Permission]:
        """The rights that anybody holds on the mailboxes *guids*."""
        ...

    def mailboxes_of(self, guids: Sequence[str]) -> list[Mailbox]:
        """Those of the mailboxes *guids* that are in scope, in whatever state."""
        ...


class Notifier(Protocol):
    """The service that sends notices, or a mail relay."""

    def send(self, letter: Letter) -> str:
        """Send one notice and return the service's own id of it."""
        ...

    def find(self, reference: str) -> str | None:
        """The id of a notice sent under *reference*, or None when there is none.

        Raises `CannotLookUp` where nobody could say: what may have gone out is then not sent again.
        """
        ...

    def shown(self, letter: Letter) -> tuple[str, str]:
        """Subject and body as whoever reads *letter* would see them; nothing is sent."""
        ...

    def returned(self) -> Iterable[Returned]:
        """What it says of the notices of the last days that did not arrive."""
        ...
