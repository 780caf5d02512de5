"""The scope of a move: frozen when it is imported, known by its digest ever after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mailwave.core.estate import Mailbox, Organisation, Permission
from mailwave.core.manifest import digest
from mailwave.core.refusals import Refusal, some


class BrokenScope(Refusal):
    """An estate whose parts do not fit together: *problem* says how, *names* which."""

    def __init__(self, *, problem: str, names: Sequence[str]) -> None:
        self.problem = problem
        self.names = tuple(names)
        super().__init__(f"nothing was imported: {problem}: {some(self.names)}")


def scope_digest(
    organisations: Iterable[Organisation], mailboxes: Iterable[Mailbox], permissions: Iterable[Permission]
) -> str:
    """The identity of an estate, whatever order its parts come in."""
    parts = (
        sorted(digest(organisation) for organisation in organisations),
        sorted(digest(mailbox) for mailbox in mailboxes),
        sorted(digest(permission) for permission in set(permissions)),
    )
    return digest(parts)


def check_scope(
    organisations: Sequence[Organisation], mailboxes: Sequence[Mailbox], permissions: Iterable[Permission]
) -> None:
    """Raise `BrokenScope` unless every name is given once and every reference leads somewhere."""
    codes = {organisation.code for organisation in organisations}
    guids = {mailbox.guid for mailbox in mailboxes}
    _refuse("more than one organisation has the code", _repeated(o.code for o in organisations))
    _refuse("more than one mailbox has the ExchangeGuid", _repeated(mailbox.guid for mailbox in mailboxes))
    _refuse("more than one mailbox has the address", _repeated(m.address.casefold() for m in mailboxes))
    _refuse("no organisation has the code", {m.organisation for m in mailboxes} - codes)
    ends = {end for permission in permissions for end in (permission.guid, permission.trustee)}
    _refuse("a right is held on or by a mailbox that is not in the estate", ends - guids)


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def _refuse(problem: str, names: set[str]) -> None:
    if names:
        raise BrokenScope(problem=problem, names=sorted(names))
