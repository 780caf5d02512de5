"""Changes of a frozen scope while the move is under way: who joins, who leaves, and who goes to another organisation.

The scope that was imported stays what it was. Each amendment is chained to it, so that the scope of a moment is the
import and the amendments up to then, in their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from mailwave.core.estate import Mailbox, Permission
from mailwave.core.manifest import digest
from mailwave.core.refusals import Refusal, some
from mailwave.core.states import MailboxState

LEFT = "its owner has left"
"""Why a leaver does not move."""

_S = MailboxState

TO_WITHDRAW = frozenset({_S.SYNCING, _S.SYNCED})
"""States in which the service still holds a leaver's move and lets it be withdrawn; what completes ends by itself."""

AFTER_LEAVING: Mapping[MailboxState, frozenset[MailboxState]] = MappingProxyType(
    {
        _S.WAITING: frozenset({_S.EXCLUDED}),
        _S.SYNCING: frozenset({_S.DEFERRED, _S.MOVED, _S.FAILED}),
        _S.SYNCED: frozenset({_S.DEFERRED, _S.MOVED, _S.FAILED}),
        _S.COMPLETING: frozenset({_S.DEFERRED, _S.MOVED, _S.FAILED}),
        _S.UNKNOWN: frozenset({_S.DEFERRED, _S.MOVED, _S.FAILED}),
        _S.DEFERRED: frozenset({_S.DEFERRED}),
        _S.FAILED: frozenset({_S.FAILED}),
        _S.MOVED: frozenset({_S.MOVED}),
        _S.EXCLUDED: frozenset({_S.EXCLUDED}),
    }
)
"""Where a mailbox ends whose owner leaves, by its state at that moment.

Who waits is excluded at once. What is in flight is withdrawn from the service, and deferred when that is read back,
unless it completed or failed before. Nobody who has left waits again.
"""


class Transfer(msgspec.Struct, frozen=True, order=True):
    """The mailbox *guid* belongs to the organisation with the code *to* from now on."""

    guid: str
    to: str


class Amendment(msgspec.Struct, frozen=True):
    """What changes in a scope: *joiners* with their *permissions*, *leavers* by ExchangeGuid, and *transfers*."""

    joiners: tuple[Mailbox, ...] = ()
    permissions: tuple[Permission, ...] = ()
    leavers: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.joiners or self.permissions or self.leavers or self.transfers)

    @property
    def digest(self) -> str:
        """Its identity, whatever order its parts come in."""
        return digest(
            (
                sorted(digest(mailbox) for mailbox in self.joiners),
                sorted(digest(right) for right in set(self.permissions)),
                sorted(self.leavers),
                sorted(self.transfers),
            )
        )


def chained(scope: str, amendment: Amendment) -> str:
    """The identity of *scope* after *amendment*."""
    return digest([scope, amendment.digest])


class AmendmentRefused(Refusal):
    """An amendment that does not fit the estate: *problem* says how, *names* which mailboxes or organisations."""

    def __init__(self, *, problem: str, names: Sequence[str]) -> None:
        self.problem = problem
        self.names = tuple(names)
        super().__init__(f"nothing was amended: {problem}: {some(self.names)}")


class HasLeft(Refusal):
    """A mailbox whose owner has left cannot wait for a move again."""

    def __init__(self, guid: str) -> None:
        self.guid = guid
        super().__init__(f"mailbox {guid} cannot wait for a move: {LEFT}")


class Held(msgspec.Struct, frozen=True):
    """What the ledger holds of an amendment's concern.

    *organisation_of* has every mailbox that it names and the ledger has, *addresses* those of its joiners, in lower
    case, that are taken, *organisations* the codes that it names and the ledger has, and *ends* the mailboxes of its
    permissions that are there.
    """

    organisation_of: Mapping[str, str]
    addresses: Collection[str]
    organisations: Collection[str]
    ends: Collection[str]
    left: Collection[str]


def check_amendment(amendment: Amendment, held: Held) -> None:
    """Raise `AmendmentRefused` unless *amendment* fits what is *held*."""
    joining = [mailbox.guid for mailbox in amendment.joiners]
    gone = (*amendment.leavers, *(transfer.guid for transfer in amendment.transfers))
    known = held.organisation_of.keys()
    codes = {mailbox.organisation for mailbox in amendment.joiners} | {t.to for t in amendment.transfers}
    ends = {end for right in amendment.permissions for end in (right.guid, right.trustee)}
    to = {transfer.guid: transfer.to for transfer in amendment.transfers}
    addresses = [mailbox.smtp for mailbox in amendment.joiners]
    _refuse("a mailbox is named more than once", _repeated((*joining, *gone)))
    _refuse("more than one joiner has the address", _repeated(addresses))
    _refuse("a joiner is in the estate already", known & set(joining))
    _refuse("a joiner has the address of another mailbox", set(addresses) & set(held.addresses))
    _refuse("the estate has no mailbox", set(gone) - known)
    _refuse("the estate has no organisation with the code", codes - set(held.organisations))
    _refuse("it was recorded before that the owner has left", set(gone) & set(held.left))
    _refuse("a mailbox is in that organisation already", {g for g in to if held.organisation_of[g] == to[g]})
    _refuse(
        "a right is held on or by a mailbox that is not in the estate", ends - set(held.ends) - set(joining)
    )


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def _refuse(problem: str, names: set[str]) -> None:
    if names:
        raise AmendmentRefused(problem=problem, names=sorted(names))
