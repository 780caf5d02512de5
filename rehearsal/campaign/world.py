"""What a campaign is carried out on: the mailboxes, the profile, chance, and each endpoint's part of the limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rehearsal.campaign.draws import Ints, Nights, Numbers
from rehearsal.campaign.estate import Mailboxes
from rehearsal.campaign.fates import GB, Fates
from rehearsal.campaign.profile import HOUR, Profile


@dataclass(frozen=True)
class World:
    """Mailboxes under a profile and a seed. All of it is fixed from the first day."""

    mailboxes: Mailboxes
    profile: Profile
    seed: int

    @cached_property
    def digest(self) -> bytes:
        """The sha256 of all that decides the campaign: mailboxes, profile and seed."""
        digest = hashlib.sha256(f"{self.seed}\n{self.profile}\n".encode())
        for column in (self.mailboxes.size_bytes, self.mailboxes.organisation, self.mailboxes.site):
            digest.update(column.astype("<i8", copy=False).tobytes())
        return digest.digest()

    @cached_property
    def fates(self) -> Fates:
        """What chance has in store."""
        return Fates(self.seed, self.mailboxes, self.profile)

    @cached_property
    def endpoint(self) -> Ints:
        """The migration endpoint that serves each mailbox: its site's, or a shared one when there are fewer."""
        return self.mailboxes.site % self.profile.endpoints

    @cached_property
    def share(self) -> Numbers:
        """Each endpoint's part of all bytes."""
        size = self.mailboxes.size_bytes.astype(np.float64)
        held = np.bincount(self.endpoint, weights=size, minlength=self.profile.endpoints)
        return held / max(held.sum(), 1.0)

    @cached_property
    def initial_slots(self) -> Ints:
        """Initial-sync slots of each endpoint: within its own limit, and all together within the tenant's (fact B4)."""
        tenant, count = self.profile.initial_slots_tenant, self.profile.endpoints
        one = 1 if tenant >= count else 0
        parts = one + np.floor((tenant - one * count) * self.share).astype(np.int64)
        return np.minimum(parts, self.profile.initial_slots)

    @cached_property
    def bytes_a_second(self) -> Numbers:
        """Bytes that may flow through each endpoint: within its site's limit, and all together within the tenant's."""
        most = np.minimum(self.profile.gb_per_hour_tenant * self.share, self.profile.gb_per_hour_site)
        return most * (GB / HOUR)

    @cached_property
    def lead(self) -> Nights:
        """Days between the making of a mailbox's batch and its night: its notice, or more if large (fact C2)."""
        large = self.mailboxes.size_bytes >= self.profile.long_from_gb * GB
        longest = max(self.profile.long_lead_days, self.profile.notice_days)
        return np.where(large, longest, self.profile.notice_days).astype(np.int16)

    def gate(self, rows: Ints) -> Ints:
        """Seconds for which each mailbox takes all of its endpoint's bytes, so that they stay within GB/h."""
        held = (
            self.profile.plateau * self.mailboxes.size_bytes[rows] / self.bytes_a_second[self.endpoint[rows]]
        )
        return np.ceil(held).astype(np.int64)
