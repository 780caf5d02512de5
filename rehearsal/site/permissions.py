r"""Who may do what with a mailbox: Full Access in the store, Send-As in the directory, as Exchange lists them.

A mailbox's list holds its own entry (`NT AUTHORITY\SELF`), what its estate gives, one in some hundred entries of an
account that is gone and shown by its SID, now and then a refusal, and what it inherits from database and domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rehearsal import draws
from rehearsal.estate import Estate, Mailbox, Right, accounts
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.offer import Offer, offered
from rehearsal.site.replication import Replicated
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

SELF = "NT AUTHORITY\\SELF"
_EVERYTHING = ("FullAccess", "DeleteItem", "ReadPermission", "ChangePermission", "ChangeOwner")
_EXTENDED = ("ExtendedRight",)
DENIALS = 0.004
"""The part of people to whose mailbox somebody is refused in so many words."""


@dataclass(frozen=True)
class Entry:
    """One entry of an access list; *user* as Exchange shows the trustee. Extended rights are the directory's only."""

    user: str
    rights: tuple[str, ...]
    extended: tuple[str, ...] = ()
    deny: bool = False
    inherited: bool = False

    @property
    def order(self) -> tuple[bool, bool]:
        """Its place in a list: own entries before inherited ones, and refusals first among either."""
        return self.inherited, not self.deny


_IN_STORE = (
    Entry("{}\\Domain Admins", ("FullAccess",), deny=True, inherited=True),
    Entry("{}\\Organization Management", ("FullAccess",), deny=True, inherited=True),
    Entry("{}\\Exchange Servers", ("FullAccess", "ReadPermission"), inherited=True),
    Entry("{}\\Exchange Trusted Subsystem", _EVERYTHING, inherited=True),
    Entry("{}\\Organization Management", _EVERYTHING, inherited=True),
)
_IN_DIRECTORY = (
    Entry("NT AUTHORITY\\Authenticated Users", ("GenericRead",), inherited=True),
    Entry("{}\\Exchange Servers", _EXTENDED, ("Send-As",), inherited=True),
    Entry("{}\\Exchange Windows Permissions", ("WriteDacl",), inherited=True),
    Entry("{}\\Domain Admins", ("GenericAll",), inherited=True),
)
"""The part of a server's inherited entries that shows every form; a real list has three to ten times as many."""


class Permissions:
    """The access lists of every mailbox of one site.

    *find* has what finds the mailbox that a call means, for the store, and for the directory, where a remote mailbox is
    as good; *touch* moves its WhenChanged.
    """

    def __init__(
        self,
        estate: Estate,
        directory: Directory,
        around: Surroundings,
        find: tuple[Callable[[Bound], Mailbox], Callable[[Bound], Mailbox]],
        touch: Callable[[Mailbox, str], None],
    ) -> None:
        self._estate = estate
        self._directory = directory
        self._around = around
        self._find = dict(zip(("store", "directory"), find, strict=True))
        self._touch = touch
        self._neighbours: dict[str, list[Mailbox]] = {}
        for mailbox in estate.mailboxes:
            self._neighbours.setdefault(mailbox.organisation, []).append(mailbox)
        self._changed: Replicated[tuple[Entry, ...]] = Replicated(around.clock, around.controllers)
        self.cmdlets: Offer = {
            f"{verb}-{noun}": offered(f"Identity User {others}", partial(run, place))
            for noun, place, rights in (
                ("MailboxPermission", "store", "AccessRights InheritanceType Deny"),
                ("ADPermission", "directory", "AccessRights ExtendedRights Deny"),
            )
            for verb, run, others in (
                ("Get", self._get, "ResultSize" if place == "store" else ""),
                ("Add", self._add, f"{rights} AutoMapping" if place == "store" else rights),
                ("Remove", self._remove, rights),
            )
        }

    def rights(self, mailbox: Mailbox) -> Iterator[Right]:
        """Return Full Access and Send-As on *mailbox*, neither inherited nor refused, of accounts that exist."""
        controller = self._around.controllers.of(mailbox.server)
        for place, (kind, rights, extended) in _OF.items():
            changed = self._changed.read(f"{place} {mailbox.exchange_guid}", controller)
            if changed is None:
                yield from (each for each in mailbox.rights if each.kind == kind and not each.folder)
                yield from (Right(kind, each.name) for each in self._estate.accounts if each.right == kind)
            for entry in changed or ():
                given = not (entry.inherited or entry.deny) and entry.user != SELF
                if given and {*rights, *extended} <= {*entry.rights, *entry.extended}:
                    trustee = self._directory.trustee(entry.user)
                    if trustee is not None:
                        yield Right(kind, trustee)

    def _get(self, place: str, bound: Bound) -> CmdletResult:
        mailbox = self._find[place](bound)
        entries = self._entries(mailbox, place, self._around.controller(bound))
        if (user := bound.get("User")) is not None:
            wanted = self._user(user, bound).casefold()
            entries = [entry for entry in entries if entry.user.casefold() == wanted]
        return CmdletResult(rows=[_row(self._directory.identity(mailbox), entry, place) for entry in entries])

    def _add(self, place: str, bound: Bound) -> CmdletResult:
        mailbox, controller = self._find[place](bound), self._around.controller(bound)
        entries, new = self._entries(mailbox, place, controller), self._given(bound)
        if any(entry == new for entry in entries):
            text = f"The appropriate access control entry is already present on the object for account '{new.user}'."
            return CmdletResult(rows=[_row(self._directory.identity(mailbox), new, place)], warnings=[text])
        if bound.changes:
            same = [e for e in entries if (e.user, e.deny, e.inherited) == (new.user, new.deny, False)]
            joined = replace(
                new,
                rights=tuple(dict.fromkeys([*(right for e in same for right in e.rights), *new.rights])),
                extended=tuple(
                    dict.fromkeys([*(right for e in same for right in e.extended), *new.extended])
                ),
            )
            self._write(mailbox, place, [*(e for e in entries if e not in same), joined], controller)
        return CmdletResult(rows=[_row(self._directory.identity(mailbox), new, place)])

    def _remove(self, place: str, bound: Bound) -> CmdletResult:
        mailbox, controller = self._find[place](bound), self._around.controller(bound)
        entries, old = self._entries(mailbox, place, controller), self._given(bound)
        quiet = bound.get("Confirm") is False or bound.get("WhatIf")
        if self._around.options.writes_ask and not quiet:
            raise failures.no_confirmation(f'Removing permissions of "{old.user}" on "{mailbox.alias}".')
        left = [_less(entry, old) for entry in entries]
        if left == entries:
            text = (
                "An inherited access control entry has been specified and was ignored on object "
                if any(entry.user == old.user and entry.inherited for entry in entries)
                else "Can't remove the access control entry because it isn't present on object "
            )
            return CmdletResult(warnings=[f'{text}"{self._directory.distinguished_name(mailbox)}".'])
        if bound.changes:
            kept = [entry for entry in left if entry.rights or entry.extended]
            self._write(mailbox, place, kept, controller)
        return CmdletResult()

    def _write(self, mailbox: Mailbox, place: str, entries: Iterable[Entry], controller: str) -> None:
        ordered = tuple(sorted(entries, key=lambda entry: entry.order))
        self._changed.write(f"{place} {mailbox.exchange_guid}", ordered, controller)
        if self._around.options.rights_move_when_changed:
            self._touch(mailbox, controller)

    def _given(self, bound: Bound) -> Entry:
        extended = tuple(bound.get("ExtendedRights") or ())
        rights = tuple(filter(None, (bound.get("AccessRights") or "").split(", ")))
        user = self._user(bound.get("User"), bound)
        return Entry(user, rights or _EXTENDED, extended, deny=bool(bound.get("Deny")))

    def _user(self, asked: str, bound: Bound) -> str:
        r"""A trustee as Exchange shows it: `DOMAIN\account`, or a SID or well-known name as it is."""
        known = self._directory.trustee(asked)
        if known is not None:
            return self._directory.logon(known)
        if asked.startswith("S-1-5-") or asked.casefold().startswith("nt authority\\"):
            return SELF if asked.casefold() == SELF.casefold() else asked
        if asked.rpartition("\\")[2] in {
            entry.user.rpartition("\\")[2] for entry in (*_IN_STORE, *_IN_DIRECTORY)
        }:
            return f"{self._estate.site.netbios}\\{asked.rpartition(chr(92))[2]}"
        raise failures.trustee_unknown(asked, self._around.controller(bound))

    def _entries(self, mailbox: Mailbox, place: str, controller: str) -> list[Entry]:
        changed = self._changed.read(f"{place} {mailbox.exchange_guid}", controller)
        if changed is not None:
            return list(changed)
        return self._born(mailbox, place)

    def _born(self, mailbox: Mailbox, place: str) -> list[Entry]:
        kind, rights, extended = _OF[place]
        first = Entry(SELF, ("FullAccess", "ReadPermission") if place == "store" else rights, extended)
        trustees = [right.trustee for right in mailbox.rights if right.kind == kind and not right.folder]
        trustees += [each.name for each in self._estate.accounts if each.right == kind]
        own = [first, *(Entry(self._directory.logon(name), rights, extended) for name in trustees)]
        gone = accounts.orphan(self._estate.seed, self._estate.site.name, mailbox.exchange_guid, kind)
        if gone and self._around.options.orphaned_trustees:
            own.append(Entry(gone, rights, extended))
        own += [Entry(user, rights, extended, deny=True) for user in self._denied(mailbox, kind)]
        inherited = _IN_STORE if place == "store" else _IN_DIRECTORY
        if self._around.options.inherited_entries:
            own += [replace(entry, user=entry.user.format(self._estate.site.netbios)) for entry in inherited]
        return sorted(own, key=lambda entry: entry.order)

    def _denied(self, mailbox: Mailbox, kind: str) -> list[str]:
        seed, guid = self._estate.seed, mailbox.exchange_guid
        if mailbox.recipient_type != "UserMailbox" or draws.uniform(seed, guid, f"denied-{kind}") >= DENIALS:
            return []
        others = self._neighbours[mailbox.organisation]
        who = draws.choice(others, seed, guid, f"denied-whom-{kind}")
        holds = {right.trustee for right in mailbox.rights}
        return [] if who is mailbox or who.alias in holds else [self._directory.logon(who.alias)]


_OF: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "store": ("FullAccess", ("FullAccess",), ()),
    "directory": ("SendAs", _EXTENDED, ("Send-As",)),
}
"""What a right of the estate is in the store and in the directory."""


def _less(entry: Entry, old: Entry) -> Entry:
    """*entry* without the rights of *old*, if it is an own entry of the same trustee and sense."""
    if (entry.user.casefold(), entry.deny, entry.inherited) != (old.user.casefold(), old.deny, False):
        return entry
    extended = _without(entry.extended, old.extended)
    rights = entry.rights if old.extended and extended else _without(entry.rights, old.rights)
    return replace(entry, rights=rights, extended=extended)


def _without(rights: Sequence[str], gone: Sequence[str]) -> tuple[str, ...]:
    folded = {right.casefold() for right in gone}
    return tuple(right for right in rights if right.casefold() not in folded)


def _row(identity: str, entry: Entry, place: str) -> Row:
    row: Row = {
        "Identity": identity,
        "User": entry.user,
        "AccessRights": list(entry.rights),
        "Deny": entry.deny,
        "IsInherited": entry.inherited,
        "InheritanceType": "All",
        "IsValid": True,
    }
    if place == "store":
        return row
    return row | {
        "ExtendedRights": list(entry.extended) or None,
        "Properties": None,
        "ChildObjectTypes": None,
    }
