"""The scope of a move: frozen when it is imported, known by its digest ever after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from mailwave.core.estate import Mailbox, Organisation, Permission
from mailwave.core.manifest import digest
from mailwave.core.refusals import Refusal, some
from mailwave.core.texts import refuse_unstorable

CODE_TWICE = "more than one organisation has the code"
GUID_TWICE = "more than one mailbox has the ExchangeGuid"
ADDRESS_TWICE = "more than one mailbox has the address"
NO_CODE = "no organisation has the code"
NO_SUCH_END = "a right is held on or by a mailbox that is not in the estate"
NO_NUMBER = "a size or a number of items is no whole number that can be kept"

LARGEST = 2**53 - 1
"""The largest number that RFC 8785 writes as it is."""


class BrokenScope(Refusal):
    """An estate whose parts do not fit together: *problem* says how, *names* which."""

    def __init__(self, *, problem: str, names: Sequence[str]) -> None:
        self.problem = problem
        self.names = tuple(names)
        super().__init__(f"nothing was imported: {problem}: {some(self.names)}")


def scope_digest(
    organisations: Iterable[Organisation], mailboxes: Iterable[Mailbox], permissions: Iterable[Permission]
) -> str:
    """The identity of an estate, whatever order its parts come in: the digest of its rows in the order of keys."""
    return digest(
        (
            sorted(organisations, key=lambda organisation: organisation.code),
            sorted(mailboxes, key=lambda mailbox: mailbox.guid),
            sorted(set(permissions)),
        )
    )


def check_scope(
    organisations: Sequence[Organisation], mailboxes: Sequence[Mailbox], permissions: Iterable[Permission]
) -> None:
    """Refuse an estate that does not fit together.

    Raises:
        BrokenScope: a name is given twice, or a reference leads nowhere.
        Unstorable: a text cannot be kept as it is.
    """
    for row in (*organisations, *mailboxes):
        for value in msgspec.structs.astuple(row):
            if isinstance(value, str):
                refuse_unstorable(value)
    _refuse(NO_NUMBER, {box.guid for box in mailboxes if not _is_kept(box.size_bytes, box.items)})
    codes = {organisation.code for organisation in organisations}
    guids = {mailbox.guid for mailbox in mailboxes}
    _refuse(CODE_TWICE, _repeated(o.code for o in organisations))
    _refuse(GUID_TWICE, _repeated(mailbox.guid for mailbox in mailboxes))
    _refuse(ADDRESS_TWICE, _repeated(m.address.casefold() for m in mailboxes))
    _refuse(NO_CODE, {m.organisation for m in mailboxes} - codes)
    ends = {end for permission in permissions for end in (permission.guid, permission.trustee)}
    _refuse(NO_SUCH_END, ends - guids)


def _is_kept(*numbers: int | None) -> bool:
    return all(number is None or 0 <= number <= LARGEST for number in numbers)


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def _refuse(problem: str, names: set[str]) -> None:
    if names:
        raise BrokenScope(problem=problem, names=sorted(names))
