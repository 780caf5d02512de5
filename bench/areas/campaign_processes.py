"""The rules of rehearsal.campaign as a simpy process for each mailbox: the baseline, and a second opinion on the rules.

It shares the plan and the draws, computed for whole columns before it starts, and nothing of the scheduling.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from rehearsal.campaign.events import Kind
from rehearsal.campaign.fates import NEVER, PERMANENT, TRANSIENT
from rehearsal.campaign.plan import Capacity, Outlook, carry_forward
from rehearsal.campaign.profile import DAY, HOUR
from rehearsal.campaign.state import NO_NIGHT, Code
from rehearsal.campaign.world import World

type Steps = Generator[simpy.Event, Any, None]

ATTEMPTS = 12
"""Attempts of one mailbox whose draws are ready."""


class Processes:
    """A campaign on *world*; *run* gives how many mailboxes moved, failed and were left, and the incremental syncs."""

    def __init__(self, world: World) -> None:
        self.world, self.rules = world, world.profile
        self.env = simpy.Environment()
        count, rows = len(world.mailboxes), world.mailboxes.rows
        self.capacity = Capacity.of(world)
        self.code = np.zeros(count, dtype=np.uint8)
        self.night = np.full(count, NO_NIGHT, dtype=np.int16)
        self.endpoint = world.endpoint.tolist()
        self.slots = [simpy.Resource(self.env, int(slots)) for slots in world.initial_slots]
        self.gates = [simpy.Resource(self.env, 1) for _ in world.initial_slots]
        self.kept = [simpy.Resource(self.env, self.rules.incremental_slots) for _ in world.initial_slots]
        self.gated = world.gate(rows).tolist()
        fates = world.fates
        drawn = [fates.attempt(rows, np.full_like(rows, number)) for number in range(ATTEMPTS)]
        self.seconds = [column.tolist() for column, _ in drawn]
        self.ends = [column.tolist() for _, column in drawn]
        self.approval, self.poor = fates.approval(rows).tolist(), fates.poor(rows).tolist()
        self.remedy = fates.remedy(rows).tolist()
        self.too_large, self.refused = fates.too_large(rows).tolist(), fates.refused(rows).tolist()
        self.attempts = [0] * count
        self.rest_until = [0] * count
        self.approved_at = [0] * count
        self.completion: dict[int, tuple[int, int, bool]] = {}
        self.running: dict[int, simpy.Process] = {}
        self.batches: dict[int, int] = {}
        self.made = 0
        self.done = dict.fromkeys(Kind, 0)

    def run(self) -> tuple[int, int, int, int]:
        """Moved, failed, left over, and incremental syncs."""
        self.env.process(self._days())
        self.env.run()
        moved, failed = (int((self.code == code).sum()) for code in (Code.MOVED, Code.FAILED))
        return moved, failed, len(self.code) - moved - failed, self.done[Kind.INCREMENT]

    def _days(self) -> Steps:
        for day in range(self.rules.days):
            self._plan(day)
            resting = np.flatnonzero(self.code == Code.RESTING).tolist()
            again = [row for row in resting if self.rest_until[row] <= self.env.now]
            for row in sorted([*again, *self._join(day)]):
                self.code[row] = Code.QUEUED
                self.running[row] = self.env.process(self._mailbox(row))
            opens = self.rules.window(day)[0]
            yield self.env.timeout(opens - self.env.now)
            self._open(day)
            yield self.env.timeout((day + 1) * DAY - self.env.now)
            self._close(day)
        for process in self.running.values():
            process.interrupt("campaign over")

    def _plan(self, day: int) -> None:
        known = self.night != NO_NIGHT
        places = self.world.endpoint[known] * self.rules.days + self.night[known]
        counted = np.bincount(places, minlength=self.rules.endpoints * self.rules.days)
        may = ((self.code == Code.WAITING) | (self.code == Code.DEFERRED)) & ~known
        booked = counted.reshape(self.rules.endpoints, self.rules.days)
        view = Outlook(self.world, self.capacity, day, self.night.copy(), booked, may, self.code)
        new = carry_forward(view)
        if new is not None:
            self.code[(new != self.night) & (self.code == Code.DEFERRED)] = Code.WAITING
            self.night = new

    def _join(self, day: int) -> list[int]:
        """Those whose batch is made this morning and who pass validation."""
        waiting = np.flatnonzero((self.code == Code.WAITING) & (self.night != NO_NIGHT))
        groups: dict[tuple[int, int], list[int]] = {}
        for row in waiting[self.night[waiting] - self.world.lead[waiting] <= day].tolist():
            groups.setdefault((int(self.night[row]), self.endpoint[row]), []).append(row)
        joined: list[int] = []
        for night, endpoint in sorted(groups):
            rows = groups[night, endpoint]
            for start in range(0, len(rows), self.rules.batch_size):
                if len(self.batches) < self.rules.batches:
                    self.batches[self.made] = night
                    self.made += 1
                    joined += rows[start : start + self.rules.batch_size]
        return [row for row in joined if self._passes(row)]

    def _passes(self, row: int) -> bool:
        if self.too_large[row]:
            self.code[row] = Code.FAILED
        elif self.refused[row]:
            self.refused[row] = False
            self.code[row] = Code.FAILED if self.remedy[row] == NEVER else Code.RESTING
            self.rest_until[row] = int(self.env.now) + self.remedy[row]
        else:
            return True
        return False

    def _open(self, day: int) -> None:
        tonight = np.flatnonzero((self.code == Code.SYNCED) & (self.night == day))
        rows = np.array([row for row in tonight if self.approved_at[row] <= self.env.now], dtype=np.int64)
        seconds, fails = self.world.fates.finalise(rows, np.full_like(rows, day))
        polls = self.world.fates.poll(rows, day)
        drawn = zip(polls.tolist(), seconds.tolist(), fails.tolist(), strict=True)
        self.completion.update(zip(rows.tolist(), drawn, strict=True))
        for row in rows.tolist():
            self.running[row].interrupt("complete")

    def _close(self, day: int) -> None:
        left = np.flatnonzero((self.night == day) & (self.code != Code.MOVED) & (self.code != Code.FAILED))
        for row in left.tolist():
            if row in self.running:
                self.running.pop(row).interrupt("deferred")
        self.code[left], self.night[left] = Code.DEFERRED, NO_NIGHT
        self.batches = {batch: night for batch, night in self.batches.items() if night != day}

    # --- one mailbox

    def _mailbox(self, row: int) -> Steps:
        try:
            yield from self._copy(row)
            if self.code[row] == Code.SYNCED:
                yield from self._stay_synced(row)
        except simpy.Interrupt:
            return  # deferred, or the campaign is over
        self.running.pop(row, None)

    def _copy(self, row: int) -> Steps:
        place = self.endpoint[row]
        with self.slots[place].request() as slot:
            yield slot
            gate = self.gates[place].request()
            try:
                yield gate
            except simpy.Interrupt:
                gate.cancel() if not gate.triggered else self.gates[place].release(gate)
                raise
            self.env.process(self._shut_gate(place, gate, self.gated[row]))
            self.code[row] = Code.COPYING
            number = self.attempts[row]
            self.attempts[row] += 1
            yield self.env.timeout(self.seconds[number][row])
        self._end_copy(row, self.ends[number][row])

    def _shut_gate(self, place: int, gate: Any, seconds: int) -> Steps:
        yield self.env.timeout(seconds)
        self.gates[place].release(gate)

    def _end_copy(self, row: int, end: int) -> None:
        given_up = end == TRANSIENT and self.attempts[row] >= self.rules.attempts
        if given_up or end == PERMANENT or (self.poor[row] and end != TRANSIENT):
            self.code[row] = Code.FAILED
        elif end == TRANSIENT:
            self.code[row], self.rest_until[row] = Code.RESTING, int(self.env.now)
        else:
            self.code[row] = Code.SYNCED
            self.approved_at[row] = int(self.env.now) + self.approval[row]

    def _stay_synced(self, row: int) -> Steps:
        wait = round(self.rules.increment_hours * HOUR)
        due = self.env.now + wait
        while self.code[row] == Code.SYNCED:
            try:
                yield self.env.timeout(max(due - self.env.now, 0))
                yield from self._increment(row)
                due = self.env.now + wait
            except simpy.Interrupt as interrupt:
                if interrupt.cause != "complete":
                    raise
                yield from self._complete(row)

    def _increment(self, row: int) -> Steps:
        length = self.rules.increment_seconds
        while True:
            yield self.env.timeout(self._pause(length))
            with self.kept[self.endpoint[row]].request() as slot:
                yield slot
                if not self._pause(length):
                    self.done[Kind.INCREMENT] += 1
                    yield self.env.timeout(length)
                    return

    def _pause(self, length: int) -> float:
        """Seconds until an incremental sync may begin: not in a window, nor where it would reach one or the morning."""
        now = self.env.now
        day = int(now // DAY)
        opens, closes = self.rules.window(day)
        if now + length <= opens or (now >= closes and now + length <= (day + 1) * DAY):
            return 0
        return (closes if now < closes and closes + length <= (day + 1) * DAY else (day + 1) * DAY) - now

    def _complete(self, row: int) -> Steps:
        poll, seconds, fails = self.completion.pop(row)
        yield self.env.timeout(poll)
        with self.kept[self.endpoint[row]].request() as slot:
            yield slot
            if self.env.now > self.rules.last_start(int(self.env.now // DAY)):
                return
            yield self.env.timeout(seconds)
        if not fails:
            self.code[row] = Code.MOVED
