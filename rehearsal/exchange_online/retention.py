"""What the service does with batches that nobody looks after (section 6 of the peers' rules)."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from rehearsal.exchange_online.errors import WrongState
from rehearsal.exchange_online.moves import Batch
from rehearsal.exchange_online.processor import Processor
from rehearsal.exchange_online.states import BatchStatus
from rehearsal.exchange_online.tenant import Tenant

REVIEW = timedelta(days=1)
_SYNCED = (BatchStatus.SYNCED, BatchStatus.SYNCED_WITH_ERRORS, BatchStatus.INCREMENTAL_SYNCING)
_STOPPED = (BatchStatus.STOPPED, BatchStatus.FAILED, BatchStatus.CORRUPTED)
_COMPLETED = (BatchStatus.COMPLETED, BatchStatus.COMPLETED_WITH_ERRORS)


class Retention:
    """Looks at each batch once a day, and stops or removes what has rested for too long."""

    def __init__(self, tenant: Tenant, processor: Processor) -> None:
        self._tenant = tenant
        self._processor = processor
        options = tenant.options
        self._rules = (
            (_SYNCED, options.idle_synced_days, processor.stop_batch),
            (_STOPPED, options.idle_stopped_days, processor.remove_batch),
            (_COMPLETED, options.completed_days, processor.remove_batch),
        )

    def watch(self, batch: Batch) -> None:
        """Look after *batch* from now on."""
        self._review_later(batch, since=self._tenant.now, group=None)

    def _review_later(self, batch: Batch, *, since: datetime, group: int | None) -> None:
        self._tenant.clock.call_at(
            self._tenant.now + REVIEW, lambda: self._review(batch, since=since, group=group)
        )

    def _review(self, batch: Batch, *, since: datetime, group: int | None) -> None:
        """Act on a batch that has been in the same *group* of states for its days; *since* is when it was first seen.

        An act of an administrator starts the days anew.
        """
        now = self._tenant.now
        if self._tenant.batches.get(batch.name.lower()) is not batch:
            return
        status = batch.status(now)
        seen = next((n for n, (states, _, _) in enumerate(self._rules) if status in states), None)
        since = now if seen != group else max(since, batch.touched)
        if seen is not None:
            _, days, act = self._rules[seen]
            if days is not None and now - since >= timedelta(days=days):
                with contextlib.suppress(WrongState):  # nothing in it can be stopped
                    act(batch)
        self._review_later(batch, since=since, group=seen)
