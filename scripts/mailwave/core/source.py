"""What discovery finds on premises: the same files that an export by hand would give."""

from __future__ import annotations

import msgspec


class Inventory(msgspec.Struct, frozen=True):
    """File name to content: mailboxes, their statistics, and the delegate rights on them."""

    mailboxes: dict[str, bytes]
    statistics: dict[str, bytes]
    permissions: dict[str, bytes] = {}

    @property
    def files(self) -> dict[str, bytes]:
        """All of them."""
        return self.mailboxes | self.statistics | self.permissions
