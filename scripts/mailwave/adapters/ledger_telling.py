"""What a ledger does for notices: it is the outbox that they leave from, exactly once each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from mailwave.adapters import ledger_estate, ledger_notices, ledger_replay
from mailwave.adapters.ledger_open import OpenLedger
from mailwave.adapters.ledger_text import storable
from mailwave.core.estate import Mailbox, Permission
from mailwave.core.notices import Audience, Milestone, Notice, NoticeRecord, NoticeState, Undelivered
from mailwave.core.reason import Reason


class TellingLedger(OpenLedger):
    """The part of `mailwave.adapters.ledger.Ledger` that knows who was told what."""

    def reserve_notice(self, guid: str, milestone: Milestone, reference: str, reason: Reason) -> bool:
        """Reserve the one notice of *milestone* for a mailbox, of no night; False when it was reserved before."""
        return bool(self.reserve_notices([Notice(guid, Milestone(milestone), reference)], reason))

    def reserve_notices(self, wanted: Sequence[Notice], reason: Reason) -> list[Notice]:
        """Reserve *wanted* in one transaction, and return those that are reserved by this.

        The others were reserved before, or are for people whose mailbox does not move that night: what else was
        recorded of it meanwhile counts here.

        Raises:
            UnknownMailboxes: one is for a mailbox that the ledger lacks.
        """
        with self._store.write() as connection:
            fresh = ledger_notices.to_reserve(connection, wanted)
            if fresh:
                rows = [(each.guid, each.milestone.value, each.reference, *_about(each)) for each in fresh]
                subject = f"{len(fresh)} notices" if len(fresh) > 1 else fresh[0].guid
                n = self._append(connection, ledger_replay.RESERVE, subject, {"notices": rows}, reason)
                ledger_notices.insert_notices(connection, n, fresh)
        return fresh

    def settle_notices(self, settled: Sequence[NoticeRecord], reason: Reason) -> None:
        """Record in one transaction how notices ended; what is so recorded changes nothing.

        Raises:
            UnknownNotice: one was never reserved.
            NoticeSettled: one ended before, in a way from which this does not follow.
        """
        if not settled:
            return
        with self._store.write() as connection:
            new = [each for each in settled if ledger_notices.is_news(connection, each)]
            if new:
                rows = [
                    (
                        each.notice.guid,
                        each.notice.milestone.value,
                        each.state.value,
                        storable(each.detail),
                        *_about(each.notice),
                    )
                    for each in new
                ]
                subject = f"{len(new)} notices" if len(new) > 1 else new[0].notice.guid
                n = self._append(connection, ledger_replay.SETTLE, subject, {"notices": rows}, reason)
                ledger_notices.settle(connection, n, new)

    def notices(self, state: NoticeState | None = None) -> list[NoticeRecord]:
        """The notices in *state* (None: any), by recipient, milestone, night and audience."""
        with self._store.read() as connection:
            return ledger_notices.find(connection, state)

    def notices_of(
        self,
        milestone: Milestone,
        guids: Iterable[str],
        night: date | None = None,
        audience: Audience = Audience.USER,
    ) -> dict[str, NoticeState]:
        """The state of each notice of *milestone* about *night* (None: any) to *guids*; who has none is absent."""
        with self._store.read() as connection:
            return ledger_notices.states(connection, milestone, list(guids), night, audience)

    def notices_under(self, references: Iterable[str]) -> dict[str, NoticeRecord]:
        """The notices of *references*, by them."""
        with self._store.read() as connection:
            return ledger_notices.under(connection, references)

    def notices_since(self, moment: datetime) -> int:
        """How many notices went out at or after *moment*, as far as that is settled."""
        with self._store.read() as connection:
            return ledger_notices.sent_since(connection, moment)

    def undelivered(self, organisation: str | None = None) -> list[Undelivered]:
        """The notices that people of *organisation* (None: any) did not get, and why."""
        with self._store.read() as connection:
            return ledger_notices.undelivered(connection, organisation)

    def rights_on(self, guids: Sequence[str]) -> list[Permission]:
        """The rights that anybody holds on the mailboxes *guids*."""
        with self._store.read() as connection:
            return ledger_estate.permissions_on(connection, guids)

    def mailboxes_of(self, guids: Sequence[str]) -> list[Mailbox]:
        """Those of the mailboxes *guids* that are in scope, in whatever state."""
        with self._store.read() as connection:
            return ledger_estate.mailboxes_of(connection, guids)


def _about(notice: Notice) -> tuple[str, str]:
    return notice.night, notice.audience.value
