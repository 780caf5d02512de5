"""The synchronisation of the sites' directories into the tenant: cycles, exports, what stops them (facts C13-C16)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from rehearsal import draws
from rehearsal.directory.errors import QuotaExceeded, Refusal, SyncBusy
from rehearsal.directory.meter import WriteCeiling
from rehearsal.directory.objects import User
from rehearsal.directory.projection import Source, anchor, projected
from rehearsal.directory.tenant import SET_UP, Entra
from rehearsal.environments import Tenant
from rehearsal.estate import Mailbox

SUCCESS = "success"
ERRORS = "completed-export-errors"
DELETIONS = "stopped-deletion-threshold-exceeded"
QUOTA = "stopped-quota-exceeded"
_Seen = tuple[Source, Mailbox, bool]
"""A mailbox at its site, and whether it has moved."""


@dataclass
class Cycle:
    """One cycle: *policy* is Delta or Initial, *errors* what could not be exported, by the mailbox's GUID."""

    policy: str
    started: datetime
    ended: datetime | None = None
    added: int = 0
    changed: int = 0
    deleted: int = 0
    result: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def writes(self) -> int:
        """How many objects were written."""
        return self.added + self.changed + self.deleted


class SyncEngine:
    """Brings the mailboxes of *sources* into the tenant as users, every half hour of virtual time.

    *companies* names organisations by their code. One cycle runs at a time; what it exports is held to the
    directory's ceiling on writes, so a large one lasts.
    """

    def __init__(
        self, entra: Entra, seed: int, sources: Sequence[Source], companies: Mapping[str, str]
    ) -> None:
        self._entra = entra
        self._store = entra.store
        self._seed = seed
        self._options = entra.options
        self._clock = entra.store.clock
        self._sources = tuple(sources)
        self._companies = companies
        self._known: dict[str, _Seen] = {}
        self._work: deque[tuple[str, _Seen | None]] = deque()
        self.ceiling = WriteCeiling(self._options.export_ceiling)
        self.deletion_threshold = self._options.deletion_threshold
        self.scheduled = True
        """Whether the clock starts cycles; one can always be started by hand."""
        self.cycles: list[Cycle] = []
        self.next_cycle = self._clock.now
        """When the next cycle by the clock begins."""

    def begin(self) -> None:
        """The first synchronisation, long over when the rehearsal begins; from now on there are cycles."""
        first = Cycle("Initial", self._clock.now - SET_UP)
        for key, (source, mailbox, moved) in self._present():
            self._add(first, source, mailbox, self._values(source, mailbox, moved=moved))
            self._known[key] = source, mailbox, moved
        self._store.history.settle()
        self._entra.synchronised = self._clock.now
        self._schedule()

    @property
    def tenant(self) -> Tenant:
        """The tenant that everything is brought into."""
        return self._entra.tenant

    @property
    def running(self) -> Cycle | None:
        """The cycle under way."""
        last = self.cycles[-1] if self.cycles else None
        return last if last is not None and last.ended is None else None

    def start(self, policy: str = "Delta") -> Cycle:
        """Start a cycle by hand, as Start-ADSyncSyncCycle does; *policy* is Delta or Initial.

        A delta looks at what has changed on premises; an initial cycle also puts right what differs in the cloud.

        :raises SyncBusy: if one is running.
        """
        if self.running is not None:
            if self._options.one_cycle_at_a_time:
                raise SyncBusy
            return self.running
        cycle = Cycle(policy, self._clock.now)
        self.cycles.append(cycle)
        present = dict(self._present())
        gone = [key for key in self._known if key not in present]
        if self.deletion_threshold is not None and len(gone) > self.deletion_threshold:
            self._end(cycle, DELETIONS)
            return cycle
        pending = [
            (key, seen) for key, seen in present.items() if policy == "Initial" or self._differs(key, seen)
        ]
        self._work = deque([*pending, *((key, None) for key in gone)])
        self._export(cycle)
        return cycle

    @property
    def interval(self) -> timedelta:
        """The time between two cycles by the clock."""
        return timedelta(minutes=self._options.cycle_minutes)

    def _schedule(self) -> None:
        self.next_cycle = self._clock.now + self.interval
        self._clock.call_at(self.next_cycle, self._scheduled)

    def _scheduled(self) -> None:
        """A cycle by the clock; one that still runs takes this one's place."""
        if self.scheduled and self.running is None:
            self.start()
        self._schedule()

    def _present(self) -> Iterator[tuple[str, _Seen]]:
        for source in self._sources:
            for mailbox in source.mailboxes():
                yield mailbox.exchange_guid, (source, mailbox, False)
            for mailbox, _ in source.remote_mailboxes():
                yield mailbox.exchange_guid, (source, mailbox, True)

    def _differs(self, key: str, seen: _Seen) -> bool:
        """Whether a mailbox is not as it was: values are replaced when they change, so identity tells."""
        known = self._known.get(key)
        return known is None or known[1] is not seen[1] or known[2] is not seen[2]

    def _export(self, cycle: Cycle) -> None:
        """Write until nothing is left, something stops it, or the ceiling is reached: then go on when it frees."""
        while self._work:
            key, seen = self._work[0]
            act = self._act(key, seen)
            if act is not None and not self.ceiling.take(self._clock.now):
                self._clock.call_at(self.ceiling.frees(self._clock.now), lambda: self._export(cycle))
                return
            self._work.popleft()
            try:
                if act is not None:
                    act(cycle)
                self._remember(key, seen)
            except QuotaExceeded as problem:
                cycle.errors[key] = problem.code
                if self._options.quota_stops == "export":
                    self._end(cycle, QUOTA)
                    return
            except Refusal as problem:
                cycle.errors[key] = problem.message
        self._end(cycle, ERRORS if cycle.errors else SUCCESS)

    def _end(self, cycle: Cycle, result: str) -> None:
        self._work.clear()
        cycle.ended, cycle.result = self._clock.now, result
        self._entra.synchronised = cycle.ended

    def _remember(self, key: str, seen: _Seen | None) -> None:
        if seen is None:
            self._known.pop(key, None)
        else:
            self._known[key] = seen

    def _act(self, key: str, seen: _Seen | None) -> Callable[[Cycle], None] | None:
        """The write that brings the cloud into line with what was *seen* on premises, None where it is."""
        source, mailbox, moved = seen or self._known[key]
        user = self._store.by_anchor(anchor(source.guid(mailbox)))
        if seen is None:
            return partial(self._delete, user) if user is not None else None
        values = self._values(source, mailbox, moved=moved)
        if user is None:
            return lambda cycle: self._add(cycle, source, mailbox, values)
        if all(getattr(user, name) == value for name, value in values.items()):
            return None
        return lambda cycle: self._change(cycle, user, values)

    def _values(self, source: Source, mailbox: Mailbox, *, moved: bool) -> dict[str, Any]:
        values = projected(source, mailbox, self._companies, self._options, moved=moved)
        name = values["user_principal_name"]
        if self._options.suffix_verified and not self._entra.verified(name):
            values["user_principal_name"] = f"{mailbox.alias}@{self._entra.tenant.domain}"
        return values

    def _add(self, cycle: Cycle, source: Source, mailbox: Mailbox, values: dict[str, Any]) -> None:
        usual = draws.guid(self._seed, mailbox.exchange_guid, "directory-id")
        if self._store.restorable(usual):  # what comes back within 30 days is the same object (fact C14)
            self._entra.restore(usual)
            self._change(cycle, self._store.get(User, usual), values)
            return
        self._entra.add_user(
            User(
                id=self._store.new_id("user") if self._store.was_deleted(usual) else usual,
                created_date_time=cycle.started,
                on_premises_sync_enabled=True,
                on_premises_immutable_id=anchor(source.guid(mailbox)),
                on_premises_last_sync_date_time=self._clock.now,
                **values,
            )
        )
        cycle.added += 1

    def _change(self, cycle: Cycle, user: User, values: dict[str, Any]) -> None:
        stamped = values | {"on_premises_last_sync_date_time": self._clock.now}
        self._entra.change_user(user, stamped, synchronising=True)
        cycle.changed += 1

    def _delete(self, user: User, cycle: Cycle) -> None:
        self._entra.delete(user, synchronising=True)
        cycle.deleted += 1
