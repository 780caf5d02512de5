"""Probes of how long a mailbox stays without a licence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from rehearsal.exchange_online.lab import Lab
from rehearsal.exchange_online.probes.registry import PROBES, Bench

WAITED = 30
"""Days that Microsoft's pages give."""


@dataclass
class Span:
    """A time with a licence."""

    since: datetime
    until: datetime | None = None


@dataclass
class Register:
    """A directory in which everybody has the same licence, *held* at these times."""

    held: list[Span] = field(default_factory=list)

    def knows(self, _exchange_guid: str) -> bool:
        """Everybody was synchronised."""
        return True

    def own_mailbox(self, _key: str) -> None:
        """Nobody had a licence too early."""

    def licensed(self, _key: str) -> list[Span]:
        """The times in which anybody had a licence."""
        return self.held

    def give(self, lab: Lab) -> None:
        """License everybody from now on."""
        self.held.append(Span(lab.clock.now))

    def take(self, lab: Lab) -> None:
        """Take the licence away from everybody."""
        self.held[-1].until = lab.clock.now


def moved(bench: Bench, *, shared: bool = False) -> tuple[Lab, Register]:
    """Return a tenant whose one mailbox has just moved, and the directory of its licences."""
    register = Register()
    lab = bench.tenant(mail_users=register)
    if shared:
        only = replace(lab.estate.mailboxes[0], recipient_type="SharedMailbox")
        lab = bench.of(replace(lab.estate, mailboxes=(only,)), mail_users=register)
    lab.start_batch()
    lab.advance(hours=12)
    lab.complete()
    return lab, register


def is_mailbox(lab: Lab) -> bool:
    """Tell whether the mailbox is there."""
    return lab.post("Get-Mailbox", {"Identity": lab.addresses[0]}).status == 200


@PROBES.keep
def _licence_days(bench: Bench) -> object:
    lab, _ = moved(bench)
    lab.advance(days=WAITED - 1)
    before = is_mailbox(lab)
    lab.advance(days=1)
    return WAITED if before and not is_mailbox(lab) else None


@PROBES.keep
def _shared_needs_no_licence(bench: Bench) -> object:
    lab, _ = moved(bench, shared=True)
    lab.advance(days=2 * WAITED)
    return is_mailbox(lab)


@PROBES.keep
def _licence_taken_disconnects(bench: Bench) -> object:
    lab, register = moved(bench)
    register.give(lab)
    lab.advance(days=WAITED + 1)
    register.take(lab)
    return not is_mailbox(lab)


@PROBES.keep
def _disconnected_days(bench: Bench) -> object:
    lab, register = moved(bench)
    register.give(lab)
    lab.advance(days=1)
    register.take(lab)
    lab.advance(days=2 * WAITED + 1)
    register.give(lab)
    guid = lab.rows("Get-Mailbox", Identity=lab.addresses[0])[0]["ExchangeGuid"]
    return None if guid == lab.estate.mailboxes[0].exchange_guid else WAITED
