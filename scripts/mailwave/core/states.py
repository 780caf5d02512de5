"""The states of a mailbox, the steps allowed between them, and the law that none is ever lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self

import msgspec

from mailwave.core.refusals import Refusal


class MailboxState(StrEnum):
    """Where one mailbox stands.

    *deferred* was withdrawn, postponed or is not ready; *failed* was attempted, did not move, and its source is still
    primary; *excluded* is out by rule before any wave; *unknown* is an outcome that nobody has read back yet.
    """

    WAITING = "waiting"
    SYNCING = "syncing"
    SYNCED = "synced"
    COMPLETING = "completing"
    UNKNOWN = "unknown"
    MOVED = "moved"
    DEFERRED = "deferred"
    FAILED = "failed"
    EXCLUDED = "excluded"


_S = MailboxState

IN_FLIGHT = frozenset({_S.SYNCING, _S.SYNCED, _S.COMPLETING})
"""The states that a move request stands behind."""

OPEN = IN_FLIGHT | {_S.WAITING, _S.UNKNOWN}
"""The states that must be empty at close."""

TRANSITIONS: Mapping[MailboxState, frozenset[MailboxState]] = MappingProxyType(
    {
        _S.WAITING: frozenset({_S.SYNCING, _S.DEFERRED, _S.EXCLUDED, _S.UNKNOWN}),
        _S.SYNCING: frozenset({_S.SYNCED, _S.FAILED, _S.DEFERRED, _S.UNKNOWN}),
        _S.SYNCED: frozenset({_S.COMPLETING, _S.FAILED, _S.DEFERRED, _S.UNKNOWN}),
        _S.COMPLETING: frozenset({_S.MOVED, _S.FAILED, _S.UNKNOWN, _S.SYNCED}),
        _S.UNKNOWN: frozenset(
            {_S.SYNCING, _S.SYNCED, _S.COMPLETING, _S.MOVED, _S.FAILED, _S.DEFERRED, _S.WAITING}
        ),
        _S.DEFERRED: frozenset({_S.WAITING}),
        _S.FAILED: frozenset({_S.WAITING, _S.SYNCING}),
        _S.MOVED: frozenset({_S.DEFERRED}),
        _S.EXCLUDED: frozenset(),
    }
)
"""Every legal step. Excluded is final, and moved is left only for the way back; a lost answer to a batch's
creation leads from waiting to unknown."""


class IllegalTransition(Refusal):
    """A step that the table does not hold."""

    def __init__(self, *, mailbox: str, state: MailboxState, asked: MailboxState) -> None:
        self.mailbox = mailbox
        self.state = state
        self.asked = asked
        self.allowed = tuple(sorted(TRANSITIONS[state]))
        after = ", ".join(self.allowed) or "nothing"
        super().__init__(
            f"mailbox {mailbox} is {state} and cannot become {asked}; after {state} comes {after}"
        )


def check_transition(mailbox: str, state: MailboxState, to: MailboxState) -> None:
    """Raise `IllegalTransition` unless *mailbox* may step from *state* to *to*."""
    if to not in TRANSITIONS[state]:
        raise IllegalTransition(mailbox=mailbox, state=state, asked=to)


class Transition(msgspec.Struct, frozen=True):
    """One wanted step: the mailbox, its next state, and why in a few words."""

    guid: str
    to: MailboxState
    why: str


def route(guid: str, state: MailboxState, to: MailboxState, why: str) -> list[Transition]:
    """The shortest legal way from *state* through states in flight to *to*, as steps that all say *why*.

    A poll may find that a mailbox went through several states since the last.

    Raises:
        IllegalTransition: no way leads there.
    """
    ways: dict[MailboxState, list[MailboxState]] = {state: []}
    queue = [state]
    for here in queue:
        for following in sorted(TRANSITIONS[here] & (IN_FLIGHT | {to})):
            if following not in ways:
                ways[following] = [*ways[here], following]
                queue.append(following)
    if to not in ways or to is state:
        raise IllegalTransition(mailbox=guid, state=state, asked=to)
    return [Transition(guid, step, why) for step in ways[to]]


class CountsBroken(Refusal):
    """Mailboxes were lost or made: the parts of *whose* count do not add up to what was planned."""

    def __init__(self, *, whose: str, planned: int, found: int) -> None:
        self.whose = whose
        self.planned = planned
        self.found = found
        super().__init__(f"{whose}: {planned} mailboxes were planned and {found} are accounted for")


class Counts(msgspec.Struct, frozen=True):
    """How many mailboxes stand where. *planned* is the scope frozen at import, never a sum of the rest."""

    planned: int = 0
    waiting: int = 0
    in_flight: int = 0
    unknown: int = 0
    moved: int = 0
    deferred: int = 0
    failed: int = 0
    excluded: int = 0

    @classmethod
    def of(cls, planned: int, by_state: Mapping[MailboxState, int]) -> Self:
        """Counts from mailboxes by state."""
        direct = {state.value: n for state, n in by_state.items() if state not in IN_FLIGHT}
        return cls(planned=planned, in_flight=sum(by_state.get(state, 0) for state in IN_FLIGHT), **direct)

    @classmethod
    def total(cls, parts: Iterable[Counts]) -> Self:
        """The sum of *parts*, term by term."""
        rows = [msgspec.structs.astuple(part) for part in parts]
        return cls(*(sum(column) for column in zip(*rows, strict=True)))

    @property
    def accounted(self) -> int:
        """The right side of the law: waiting + in flight + unknown + moved + deferred + failed + excluded."""
        parts: tuple[int, ...] = msgspec.structs.astuple(self)
        return sum(parts) - self.planned

    @property
    def conserved(self) -> bool:
        """Whether planned = waiting + in flight + unknown + moved + deferred + failed + excluded."""
        return self.planned == self.accounted

    @property
    def closed(self) -> bool:
        """Whether nothing is waiting, in flight or unknown any more."""
        return self.waiting == self.in_flight == self.unknown == 0

    def check(self, whose: str) -> None:
        """Raise `CountsBroken` unless the law holds."""
        if not self.conserved:
            raise CountsBroken(whose=whose, planned=self.planned, found=self.accounted)
