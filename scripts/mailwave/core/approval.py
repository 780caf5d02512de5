"""A person's consent to exactly one list."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Approval(msgspec.Struct, frozen=True):
    """*who* consented under *ticket* to the list with *digest*, named *subject*; times are UTC."""

    digest: str
    subject: str
    approved_at: datetime
    expires_at: datetime
    who: str
    ticket: str

    def is_live(self, at: datetime) -> bool:
        """Whether the approval holds at the moment *at*."""
        return self.approved_at <= at < self.expires_at
