"""The amendments of a scope as the journal tells them, to be compared with the tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from mailwave.core.amendments import Amendment, Transfer, chained
from mailwave.core.estate import Mailbox, Permission
from mailwave.core.refusals import JournalBroken

if TYPE_CHECKING:
    from mailwave.core.estate_columns import EstateColumns


class Amended:
    """What follows from the amendments of one import, entry by entry.

    *head* is the digest of the scope after the last, None before the first; *left* are the leavers with their entries.
    """

    def __init__(self) -> None:
        self.head: str | None = None
        self.left: dict[str, int] = {}
        self._joined: dict[str, Mailbox] = {}
        self._rights: set[Permission] = set()
        self._first: dict[str, str] = {}
        self._now: dict[str, str] = {}

    def take(self, n: int, scope: str | None, detail: Mapping[str, Any]) -> None:
        """Follow entry *n*, which amends the imported *scope*; raise `JournalBroken` where it does not fit."""
        before = self.head or scope
        amendment = Amendment(
            tuple(msgspec.convert(detail["joiners"], list[Mailbox])),
            tuple(Permission(*right) for right in detail["permissions"]),
            tuple(detail["leavers"]),
            tuple(Transfer(guid, to) for guid, _, to in detail["transfers"]),
        )
        if before is None or (before, chained(before, amendment)) != (detail["before"], detail["after"]):
            raise JournalBroken(n=n, why="it amends another scope than the one before it")
        self.head = detail["after"]
        self._joined |= {mailbox.guid: mailbox for mailbox in amendment.joiners}
        self._rights |= set(amendment.permissions)
        self.left |= dict.fromkeys(amendment.leavers, n)
        for guid, was, to in detail["transfers"]:
            if self._now.get(guid, was) != was:
                raise JournalBroken(n=n, why=f"mailbox {guid} was not of {was}")
            self._first.setdefault(guid, was)
            self._now[guid] = to

    def imported(self, estate: EstateColumns) -> str:
        """The digest of what was imported, if *estate* is held now."""
        from mailwave.adapters import ledger_whole
        from mailwave.core.estate_columns import estate_digest

        return estate_digest(ledger_whole.without(estate, self._joined, self._first, self._rights))

    @property
    def named(self) -> list[str]:
        """Who joined or went elsewhere."""
        return sorted(self._joined.keys() | self._now.keys())

    def expected(self) -> dict[str, object]:
        """What the tables must hold of who joined and who went elsewhere, by ExchangeGuid, and the rights that came."""
        joined: dict[str, object] = {
            guid: replace(mailbox, organisation=self._now.get(guid, mailbox.organisation))
            for guid, mailbox in self._joined.items()
        }
        return joined | {guid: code for guid, code in self._now.items() if guid not in joined}

    def found(self, mailboxes: Sequence[Mailbox]) -> dict[str, object]:
        """What *mailboxes*, as they are held, say of the same."""
        return {
            m.guid: m if m.guid in self._joined else m.organisation
            for m in mailboxes
            if m.guid in self._joined or m.guid in self._now
        }

    def lacks(self, permissions: Collection[Permission]) -> set[Permission]:
        """The rights that came and are not among *permissions*, those of who has one."""
        return self._rights - set(permissions)

    @property
    def holders(self) -> list[str]:
        """The mailboxes on which rights came."""
        return sorted({right.guid for right in self._rights})
