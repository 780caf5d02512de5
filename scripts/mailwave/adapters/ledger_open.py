"""One environment's ledger, opened: its database, its clock and the journal's next entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from mailwave.adapters import ledger_journal
from mailwave.adapters.ledger_store import Store
from mailwave.core.reason import Reason


class OpenLedger:
    """What every part of `mailwave.adapters.ledger.Ledger` rests on."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    @classmethod
    def open(cls, url: str, now: Callable[[], datetime]) -> Self:
        """Open or make the ledger at *url*, such as ``sqlite:///ledger.db``; *now* tells the time in UTC."""
        return cls(Store(url), now)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def alone(self, act: str) -> AbstractContextManager[None]:
        """Let one process at a time do *act*, on whatever machine it is.

        Raises:
            AlreadyRunning: another process does it; this is known of ledgers on a server only.
        """
        return self._store.alone(act)

    def _append(
        self,
        connection: Connection,
        act: str,
        subject: str,
        detail: Mapping[str, object] | bytes,
        reason: Reason,
    ) -> int:
        return ledger_journal.append(
            connection, at=self._now(), act=act, subject=subject, detail=detail, reason=reason
        )
