r"""Which mailbox Exchange means where it shows who holds a right.

A trustee is shown as `DOMAIN\account`, as a canonical name, or as an address. An account name is unique in its domain
only, and no property of a mailbox holds the domain's short name; so each short name is taken for the domain in which
most of the account names are found with which it is shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from mailwave.core.refusals import Refusal


class Named(msgspec.Struct, frozen=True):
    """The names of the mailbox *guid*: *names* are known in all sites, *account* only in its *domain*."""

    guid: str
    names: tuple[str, ...]
    domain: str
    account: str


class DomainUnclear(Refusal):
    """The short name *domain* is shown as often with the accounts of one domain as with those of another."""

    def __init__(self, *, domain: str, candidates: Iterable[str]) -> None:
        self.domain = domain
        self.candidates = tuple(candidates)
        super().__init__(
            f"trustees are shown in a domain {domain!r} that may be {' or '.join(self.candidates)}; "
            "import an inventory whose table of rights was made by hand"
        )


class Trustees:
    """Tells the mailbox of a name, among *mailboxes*; *shown* are all the names that will be asked for."""

    def __init__(self, mailboxes: Iterable[Named], shown: Iterable[str]) -> None:
        self._by_name: dict[str, str] = {}
        self._by_account: dict[str, dict[str, str]] = defaultdict(dict)
        for mailbox in mailboxes:
            for name in mailbox.names:
                self._by_name[name.casefold()] = mailbox.guid
            self._by_account[mailbox.account.casefold()][mailbox.domain.casefold()] = mailbox.guid
        self._domain = self._learned(shown)

    def _learned(self, shown: Iterable[str]) -> dict[str, str]:
        """The domain of each short name."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for name in set(shown):
            short, _, account = name.casefold().rpartition("\\")
            if short:
                votes[short].update(list(self._by_account.get(account, ())))
        return {short: _winner(short, found) for short, found in votes.items() if found}

    def mailbox(self, name: str) -> str | None:
        """The ExchangeGuid of the mailbox that *name* shows; None for a group, a service account, a stranger."""
        name = name.casefold()
        if name in self._by_name:
            return self._by_name[name]
        short, _, account = name.rpartition("\\")
        found = self._by_account.get(account, {})
        if short:
            return found.get(self._domain.get(short, ""))
        return next(iter(found.values())) if len(found) == 1 else None


def _winner(short: str, found: Counter[str]) -> str:
    (first, most), *others = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    level = [domain for domain, votes in others if votes == most]
    if level:
        raise DomainUnclear(domain=short, candidates=[first, *level])
    return first
