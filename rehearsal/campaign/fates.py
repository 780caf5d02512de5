"""What chance has in store for each mailbox: how long things take, and what goes wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rehearsal.campaign.draws import Draws, Flags, Ints, Numbers
from rehearsal.campaign.estate import Mailboxes
from rehearsal.campaign.profile import DAY, HOUR, LATEST_CLOSE, Profile

GB = 10**9
NEVER = 1 << 40
_LONGEST_FINALISE = (24 - LATEST_CLOSE) * HOUR
_RETRYING = HOUR // 2
"""60 retries, 30 s apart, before a transient error becomes a failure (fact B43)."""

OK, TRANSIENT, PERMANENT = range(3)


@dataclass(frozen=True)
class Fates:
    """The draws of one *seed* for *mailboxes* under *profile*. Each method takes rows and gives one value a row."""

    seed: int
    mailboxes: Mailboxes
    profile: Profile

    @property
    def draws(self) -> Draws:
        """All chance of the seed."""
        return Draws(self.seed)

    @cached_property
    def _copying(self) -> Numbers:
        """How many seconds it takes to copy each mailbox up to the plateau, at the speed of its move."""
        slow, fast = (gb * GB / HOUR for gb in self.profile.gb_per_hour_move)
        rate = slow * (fast / slow) ** self.draws.uniform("speed", self.mailboxes.rows)
        seconds: Numbers = self.profile.plateau * self.mailboxes.size_bytes / rate
        return seconds

    def attempt(self, rows: Ints, number: Ints) -> tuple[Ints, Ints]:
        """How many seconds the attempt of this *number* holds its slot, and how it ends: OK, TRANSIENT or PERMANENT."""
        rules, draws = self.profile, self.draws
        copy = self._copying[rows]
        part = draws.uniform("outcome", rows, number)
        bad = part < rules.permanent + rules.transient
        ends = np.where(part < rules.permanent, PERMANENT, np.where(bad, TRANSIENT, OK))
        copy[bad] *= draws.uniform("reached", rows[bad], number[bad])
        copy += 60 * draws.between("hierarchy", rows, rules.hierarchy_minutes, number)
        stall = draws.uniform("stall", rows, number) < rules.stalled
        copy[stall] += HOUR * draws.between("stalled", rows[stall], rules.stall_hours, number[stall])
        copy[ends == TRANSIENT] += _RETRYING
        return copy.astype(np.int64) + 1, ends

    def finalise(self, rows: Ints, number: Ints) -> tuple[Ints, Flags]:
        """How many seconds a completion takes, and whether it fails."""
        rules, draws = self.profile, self.draws
        length = (
            60 * rules.finalise_minutes * draws.log_normal("finalise", rows, rules.finalise_sigma, number)
        )
        seconds = np.minimum(length, _LONGEST_FINALISE - 1).astype(np.int64) + 1
        return seconds, draws.uniform("completion", rows, number) < rules.completion_failed

    def poll(self, rows: Ints, night: int) -> Ints:
        """How many seconds after the window opens the service looks at a mailbox (fact B41)."""
        return (60 * self.profile.poll_minutes * self.draws.uniform("poll", rows, night)).astype(np.int64)

    def too_large(self, rows: Ints) -> Flags:
        """Mailboxes that the service does not support (fact C2)."""
        return self.mailboxes.size_bytes[rows] > self.profile.largest_gb * GB

    def refused(self, rows: Ints) -> Flags:
        """Mailboxes that validation refuses the first time."""
        return self.draws.uniform("refused", rows) < self.profile.refused

    def remedy(self, rows: Ints) -> Ints:
        """Seconds until a refusal's cause is put right; NEVER where it is not."""
        wait = (DAY * self.draws.between("remedy", rows, self.profile.remedy_days)).astype(np.int64)
        return np.where(self.draws.uniform("remedied", rows) < self.profile.remedied, wait, NEVER)

    def approval(self, rows: Ints) -> Ints:
        """Seconds from the initial sync until completion is allowed: 0 if nothing was skipped, NEVER if refused."""
        rules, draws = self.profile, self.draws
        wait = np.zeros(len(rows), dtype=np.int64)
        needed = draws.uniform("score", rows) < rules.poor + rules.investigate
        asked = rows[needed]
        hours = draws.between("approval", asked, rules.approval_hours)
        given = draws.uniform("approved", asked) < rules.approved
        wait[needed] = np.where(given, HOUR * hours, NEVER).astype(np.int64)
        return wait

    def poor(self, rows: Ints) -> Flags:
        """Mailboxes with a score that no approval helps (fact B31)."""
        return self.draws.uniform("score", rows) < self.profile.poor

    def order(self) -> Ints:
        """The mailboxes in an order that outlives changes of others: by hash of organisation, then of mailbox."""
        rows = self.mailboxes.rows
        within = self.draws.uniform("order", rows)
        between = self.draws.uniform("organisation order", self.mailboxes.organisation)
        return np.lexsort((within, between)).astype(np.int64)
