"""What a local administrator may see and say: their own organisation, and nothing that depends on any other.

What is asked for is compared letter for letter. A code in another case, with a space or of another alphabet is not
theirs, and no refusal says whether there is such an organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from mailwave.core.refusals import Refusal, some

EVERY = "*"


class Part(StrEnum):
    """What an administrator signs."""

    ATTESTS = "attests"
    WAIVES = "waives"


class Administrator(msgspec.Struct, frozen=True):
    """One key of a person: *who* is their immutable id, *organisation* an ODS code, or `EVERY` of some who waive.

    The key counts from *first* to the end of *last*, in UTC; from the day on that it is *revoked*, nothing that was
    ever signed with it counts.
    """

    who: str
    organisation: str
    public_key: str
    part: Part = Part.ATTESTS
    first: date = date.min
    last: date = date.max
    revoked: date | None = None

    def problem(self, signed: datetime, now: datetime) -> str:
        """Why what was *signed* then does not count *now*; empty when it does."""
        if self.revoked is not None and self.revoked <= now.date():
            return f"the key of {self.who} was revoked on {self.revoked}"
        if signed.date() < self.first:
            return f"the key of {self.who} counts from {self.first} on"
        if max(now, signed).date() > self.last:
            return f"the key of {self.who} expired on {self.last}"
        return ""


class Scope(msgspec.Struct, frozen=True):
    """What is looked at: one *organisation*, or the whole estate. *who* is the administrator that is bound to it."""

    organisation: str | None = None
    who: str = ""

    @property
    def is_bound(self) -> bool:
        """Whether a local administrator is looking, who may see no more than this."""
        return bool(self.who)

    def has(self, organisation: str) -> bool:
        """Whether the organisation with that code is inside."""
        return self.organisation in (None, organisation)


WHOLE = Scope()


class NotTheirOrganisation(Refusal):
    """An administrator who asked for, or spoke of, another organisation than their own."""

    def __init__(self, *, who: str, own: str, asked: str) -> None:
        self.who = who
        self.own = own
        self.asked = asked
        super().__init__(f"{who} is an administrator of {own} and has no say in {asked[:40]!r}")


class NoAdministrator(Refusal):
    """The identity of this machine's settings may not do this: *why*."""

    def __init__(self, *, who: str, why: str) -> None:
        self.who = who
        self.why = why
        super().__init__(f"{who} {why}")


class NobodySigns(Refusal):
    """Something was to be signed, and no settings say who is at work."""

    def __init__(self, *, variable: str) -> None:
        self.variable = variable
        super().__init__(f"nobody is there to sign: {variable} names no file of an administrator's identity")


class OperatorsOnly(Refusal):
    """A command that is none for local administrators, with the identity of one in this machine's settings."""

    def __init__(self) -> None:
        super().__init__(
            "this command is for operators, and MAILWAVE_IDENTITY names a local administrator; "
            "theirs are `mailwave estate attest`, `waive`, `check`, `show` and `export`"
        )


class NoSuchOrganisation(Refusal):
    """An organisation that owns no mailbox of the estate was asked for by an operator."""

    def __init__(self, *, code: str) -> None:
        self.code = code
        super().__init__(f"no organisation of the estate has the code {code[:40]!r}")


class NotAttestable(Refusal):
    """A statement that nobody can make: *problem*."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"nothing was signed: it {problem}")


class LogsBroken(Refusal):
    """To a local administrator: the client logs, in which every organisation is, cannot be read whole."""

    def __init__(self, *, who: str) -> None:
        self.who = who
        super().__init__(
            "the client logs cannot be read whole, so they are no evidence; an operator can see why"
        )


class Own(NamedTuple):
    """Whose rows are taken of files that may hold others' too: the *organisation*, its mailboxes' *guids*."""

    organisation: str
    guids: frozenset[str]


class ForeignMailboxes(Refusal):
    """A batch's list with *addresses* that it is not for: Exchange would take them, as it does not check a list."""

    def __init__(self, *, batch: str, addresses: Sequence[str], why: str) -> None:
        self.batch = batch
        self.addresses = tuple(addresses)
        self.why = why
        super().__init__(
            f"batch {batch} was not made: its list holds {len(addresses)} that {why}: {some(self.addresses)}"
        )


def scope_of(administrator: Administrator | None, asked: str | None) -> Scope:
    """What *administrator*, None for an operator, looks at who *asked* for an organisation, None for all they may see.

    Raises:
        NotTheirOrganisation: it is not exactly theirs.
    """
    if administrator is None or administrator.organisation == EVERY:
        return Scope(asked)
    if asked not in (None, administrator.organisation):
        raise NotTheirOrganisation(who=administrator.who, own=administrator.organisation, asked=str(asked))
    return Scope(administrator.organisation, administrator.who)


class OfOneOrganisation(Protocol):
    """Anything that belongs to one organisation."""

    @property
    def organisation(self) -> str:
        """Its ODS code."""
        ...


def within[Owned: OfOneOrganisation](rows: Iterable[Owned], scope: Scope) -> list[Owned]:
    """Those of *rows* that are inside *scope*."""
    return [row for row in rows if scope.has(row.organisation)]
