"""Which entries of access lists belong to nobody any more.

Exchange shows an entry whose holder it does not know by the holder's security identifier (`S-1-5-21-…`), and a
soft-deleted account, which may come back with its rights for 30 days, otherwise. An identifier is nobody's only where
everybody was asked who could have it: one of a domain that nobody was asked about is named, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from mailwave.core.aftercare.leftovers import STRANGER, Leftover, Named

_SID = re.compile(r"(S-1-5-21(?:-\d{1,10}){3})-(\d{1,10})", re.IGNORECASE)
_OWN = 1_000
"""The first number of an account that somebody made; lower ones are Windows's own, such as Domain Admins (512)."""
_ELSEWHERE = "ExternalAccount"
"""The right that says that the holder is an account of another domain."""


class Entry(NamedTuple):
    """One entry on the list of the mailbox *guid*, of *kind*, a kind of leftover: *holder* and *rights* as shown."""

    kind: str
    guid: str
    address: str
    site: str
    holder: str
    rights: tuple[str, ...]
    denied: bool
    inherited: bool

    @property
    def is_unresolved(self) -> bool:
        """Whether it gives something, itself, to an account that is shown by its identifier."""
        found = _SID.fullmatch(self.holder)
        given = bool(self.rights) and not (self.denied or self.inherited)
        return given and found is not None and int(found[2]) >= _OWN


class Accounts(NamedTuple):
    """The *living*: identifiers that somebody has or had before; and the *domains* whose accounts were all asked."""

    living: frozenset[str]
    domains: frozenset[str]

    def __or__(self, other: Accounts) -> Accounts:
        return Accounts(self.living | other.living, self.domains | other.domains)


NOBODY = Accounts(frozenset(), frozenset())


def sid(text: object) -> str:
    """An identifier as it is compared; empty for what is none."""
    found = _SID.fullmatch(str(text or ""))
    return found[0].upper() if found else ""


def domain(text: object) -> str:
    """The domain of an identifier; empty for what is none."""
    found = _SID.fullmatch(str(text or ""))
    return found[1].upper() if found else ""


def sorted_out(entries: Iterable[Entry], accounts: Accounts) -> tuple[list[Leftover], list[Named]]:
    """Those of *entries* that are nobody's, and those of which nobody can tell; the rest is somebody's, or no right."""
    stale, unknown = [], []
    for each in entries:
        holder = sid(each.holder)
        if not each.is_unresolved or holder in accounts.living:
            continue
        if domain(holder) in accounts.domains and _ELSEWHERE not in each.rights:
            stale.append(Leftover(each.kind, each.guid, each.address, each.site, each.holder, each.rights))
        else:
            unknown.append(
                Named(STRANGER, each.address, f"{', '.join(each.rights)} of {each.holder}", "tenant")
            )
    return stale, unknown


def identifiers(entries: Iterable[Entry]) -> AbstractSet[str]:
    """The identifiers of those who must be asked about."""
    return {sid(each.holder) for each in entries if each.is_unresolved}
