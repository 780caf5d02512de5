"""Workers that share one ledger: leases with fencing tokens, and heartbeats that each worker judges by its own clock.

A lease is an entry of the journal, and its number the token: a later lease of the same name has a higher one. Every
write of a worker looks in its own transaction whether its token is still the one that the ledger has, so that a worker
that was frozen, and wakes after its work was taken over, writes nothing more: no intent, and therefore no act.
No clock is compared with another's: who is dead has not beaten for `DEAD_SECONDS` as the one who watches counts them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Any

from sqlalchemy import Connection, select

from mailwave.adapters import ledger_journal
from mailwave.adapters.ledger_schema import meta
from mailwave.adapters.ledger_store import Store, forget_meta, get_meta, put_meta
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal

TAKE = "worker.take"

BEAT_SECONDS = 5.0
DEAD_SECONDS = 30.0
"""Six beats, which a machine in trouble may miss; work resumes within five seconds only where a worker is restarted."""

_TOKEN, _BEATS = "worker token ", "worker beats "


class TakenOver(Exception):
    """Another worker has taken over the work of *worker*, which was silent for too long; or has its name."""

    def __init__(self, *, worker: str) -> None:
        self.worker = worker
        super().__init__(f"the work of worker {worker} was taken over by another")


class Lease:
    """The right of the worker *name* alone to write to the ledger in *store*.

    *now* tells the time in UTC; *ticks* counts seconds that nobody can set.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        name: str,
        reason: Reason,
        *,
        ticks: Callable[[], float] = time.monotonic,
        beat_seconds: float = BEAT_SECONDS,
        dead_seconds: float = DEAD_SECONDS,
    ) -> None:
        self.name = name
        self._store = store
        self._now = now
        self._reason = reason
        self._ticks = ticks
        self._beat_seconds = beat_seconds
        self._dead_seconds = dead_seconds
        self._watched: dict[str, tuple[str, float]] = {}
        self._taken: dict[str, str] = {}
        self._beating = Lock()
        with store.write() as connection:
            self._token = self._take(connection, name)
            put_meta(connection, _BEATS + name, "0")
        self._beaten = ticks()
        store.fence = self._check

    def check(self) -> None:
        """See that nobody took the work over, as far as that may have happened since the last beat.

        Raises:
            TakenOver: somebody has.
        """
        if self._ticks() - self._beaten > self._beat_seconds:
            self.beat()

    def beat(self) -> None:
        """Show the others that this worker lives; raises `TakenOver`."""
        with self._beating:
            asked = self._ticks()
            with self._store.write() as connection:
                beats = int(get_meta(connection, _BEATS + self.name) or 0)
                put_meta(connection, _BEATS + self.name, str(beats + 1))
            self._beaten = asked

    def take_over(self, executor: str) -> bool:
        """Whether the worker *executor* is dead, and this one is the one that shut it out of the ledger."""
        with self._store.read() as connection:
            token = get_meta(connection, _TOKEN + executor)
            seen = f"{token} {get_meta(connection, _BEATS + executor)}"
        if token == self._taken.get(executor, ""):
            return True
        now = self._ticks()
        if self._watched.get(executor, ("", now))[0] != seen:
            self._watched[executor] = (seen, now)
        if now - self._watched[executor][1] < self._dead_seconds:
            return False
        with self._store.write() as connection:
            if get_meta(connection, _TOKEN + executor) != token:
                return False  # it is back, or a third was faster
            self._taken[executor] = str(self._take(connection, executor))
            forget_meta(connection, _BEATS + executor)
        return True

    def here(self) -> set[str]:
        """The workers that began and did not end, this one among them; some of them may be dead."""
        query = select(meta.c.key).where(meta.c.key.startswith(_BEATS))
        with self._store.read() as connection:
            return {key.removeprefix(_BEATS) for key in connection.execute(query).scalars()}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Beat for the time of the block, and be gone after it."""
        over = Event()

        def beat() -> None:
            with suppress(TakenOver):  # whoever writes next is told
                while not over.wait(self._beat_seconds):
                    with suppress(Refusal):  # a database that is down for a while is no end
                        self.beat()

        beating = Thread(target=beat, name="heartbeat", daemon=True)
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()
            self._go()

    def _go(self) -> None:
        """Say that this worker has ended; where that cannot be said, it counts as one that may be dead."""
        with suppress(Refusal, TakenOver), self._store.write() as connection:
            forget_meta(connection, _BEATS + self.name)

    def _take(self, connection: Connection, name: str) -> int:
        detail = {"worker": name, "holder": self.name}
        n = ledger_journal.append(
            connection, at=self._now(), act=TAKE, subject=name, detail=detail, reason=self._reason
        )
        put_meta(connection, _TOKEN + name, str(n))
        return n

    def _check(self, connection: Connection) -> None:
        if get_meta(connection, _TOKEN + self.name) != str(self._token):
            raise TakenOver(worker=self.name)


class Leased:
    """An outside system that only the holder of *lease* reaches: each call asks first whether it still is."""

    def __init__(self, inner: object, lease: Lease) -> None:
        self._inner = inner
        self._lease = lease

    def __getattr__(self, name: str) -> Any:
        """The same of the outside system, asked for with the lease in hand."""
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._lease.check()
            return found(*args, **kwargs)

        return call


def tokens(connection: Connection) -> Mapping[str, int]:
    """The token of each worker that ever took a lease."""
    rows = connection.execute(select(meta).where(meta.c.key.startswith(_TOKEN)))
    return {row.key.removeprefix(_TOKEN): int(row.value) for row in rows}
