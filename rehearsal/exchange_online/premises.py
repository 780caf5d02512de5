"""The sites' directories as the migration service meets them: where a mailbox stands, and what a move makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from rehearsal.estate import Mailbox, Right


class Refusal(Protocol):
    """Why a server turns a move away."""

    @property
    def exception(self) -> str:
        """Its .NET name without the name space."""
        ...

    @property
    def text(self) -> str:
        """What the move's failure says."""
        ...


class Door(Protocol):
    """MRSProxy of one server as a move meets it."""

    @property
    def limit(self) -> int:
        """The connections that it takes now (fact B44)."""
        ...

    @property
    def moves(self) -> int | None:
        """The moves at a time that overrides of workload management let through, None where none says (fact C5)."""
        ...

    def refusal(self, connections: int = 0) -> Refusal | None:
        """Why one more connection beside *connections* is refused, None where it is taken."""
        ...


class Directory(Protocol):
    """Who is where at one site."""

    def door(self, server: str) -> Door:
        """Return MRSProxy of *server* for a move, which logs on as the migration endpoint's account."""
        ...

    def mailboxes(self) -> list[Mailbox]:
        """Return the mailboxes still live at the source."""
        ...

    def holds_mailbox(self, exchange_guid: str) -> bool:
        """Tell whether a mailbox of this ExchangeGuid is live here."""
        ...

    def holds_remote(self, exchange_guid: str) -> bool:
        """Tell whether a remote mailbox here carries this ExchangeGuid."""
        ...

    def rights(self, mailbox: Mailbox) -> tuple[Right, ...]:
        """Return the rights that are given on a mailbox itself, or on the remote mailbox that it became."""
        ...

    def settings(self, mailbox: Mailbox) -> Mapping[str, object]:
        """Return what a mailbox is set to, or the remote mailbox that it became; addresses only where changed."""
        ...

    def convert_to_remote(self, exchange_guid: str) -> None:
        """Turn the source mailbox into a remote mailbox, as the end of its move does (fact B20)."""
        ...

    def convert_to_local(self, exchange_guid: str, database: str) -> Mailbox:
        """Turn a remote mailbox into a mailbox in *database*, as the end of its move back does; return it."""
        ...


class Premises:
    """Every site's directory, asked by the mailbox that belongs to it."""

    def __init__(self, directories: Iterable[Directory]) -> None:
        self._home = {mailbox.exchange_guid: each for each in directories for mailbox in each.mailboxes()}

    def at_home(self, exchange_guid: str) -> Directory:
        """Return the directory of the site that the mailbox comes from."""
        return self._home[exchange_guid]

    def door(self, exchange_guid: str, server: str) -> Door:
        """Return MRSProxy of *server*, of the site that the mailbox comes from."""
        return self.at_home(exchange_guid).door(server)
