"""Who has which rights on whose mailbox in the cloud, as its access lists keep them; trustees by alias or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rehearsal.estate import Group, Mailbox, accounts

BIN = timedelta(days=30)
"""How long a deleted account can be brought back, and holds its rights so long."""


@dataclass(frozen=True)
class Grant:
    """Rights in the store; the mailbox *maps*: Outlook opens it by itself for whoever has Full Access."""

    rights: tuple[str, ...]
    maps: bool = False


@dataclass(frozen=True)
class Idle:
    """An entry that lets nobody in: of an account that is gone, refused in so many words, or inherited.

    *user* is as the service shows it: a SID of nobody that it knows, or a name.
    """

    user: str
    rights: tuple[str, ...] = ("FullAccess",)
    deny: bool = False
    inherited: bool = False

    @property
    def resolves(self) -> bool:
        """Whether the service shows a name for it."""
        return not is_sid(self.user)


def is_sid(shown: str) -> bool:
    """Tell whether this is a security identifier of a domain's account."""
    return shown.upper().startswith("S-1-5-21-")


@dataclass
class AccessList:
    """The explicit entries of one recipient: *store* and *folders* belong to the mailbox, *send_as* to the directory.

    *idle* are entries of the store, and *senders* of the directory, that let nobody in. *folders* has the roles in each
    folder by its lower-case name; *on_behalf* is who sends on behalf, None for whoever does at home.
    """

    store: dict[str, Grant] = field(default_factory=dict)
    send_as: dict[str, None] = field(default_factory=dict)
    folders: dict[str, dict[str, str]] = field(default_factory=dict)
    on_behalf: list[str] | None = None
    idle: list[Idle] = field(default_factory=list)
    senders: list[Idle] = field(default_factory=list)


class AccessLists:
    """The access list of each recipient, by its GUID."""

    def __init__(self) -> None:
        self._lists: dict[str, AccessList] = {}

    def of(self, guid: str) -> AccessList:
        """Return the list of a recipient, to read or to change."""
        return self._lists.setdefault(guid, AccessList())

    def empty_mailbox(self, guid: str) -> None:
        """Forget what belongs to the mailbox of a recipient that has none any more."""
        held = self._lists.get(guid)
        if held:
            held.store.clear()
            held.folders.clear()
            held.idle.clear()
            held.on_behalf = None


class Trustees:
    """Who can be given a right: the people and the security groups of an estate that receive mail."""

    def __init__(self, people: Sequence[Mailbox], groups: Sequence[Group], seed: int = 0) -> None:
        self._seed = seed
        self._deleted: dict[str, datetime] = {}
        self._people = {each.alias: each for each in people}
        self._groups = {each.alias: each for each in groups}

    def person(self, alias: str) -> Mailbox | None:
        """Return the mailbox of this alias, wherever it is."""
        return self._people.get(alias)

    def is_group(self, alias: str) -> bool:
        """Tell whether this is a group."""
        return alias in self._groups

    def known(self, alias: str) -> bool:
        """Tell whether this is anybody who receives mail."""
        return alias in self._people or self.is_group(alias)

    def delete(self, alias: str, at: datetime) -> None:
        """Delete the account of a trustee, whose rights stay where they are."""
        self._deleted[alias] = at

    def in_the_bin(self, alias: str, now: datetime) -> bool:
        """Tell whether the account was deleted and can be brought back."""
        return alias in self._deleted and now < self._deleted[alias] + BIN

    def is_gone(self, alias: str, now: datetime) -> bool:
        """Tell whether the account was deleted for good."""
        return alias in self._deleted and not self.in_the_bin(alias, now)

    def sid(self, alias: str) -> str:
        """Return the identifier of a trustee's account in the tenant's forest, while it is there and after that."""
        return accounts.sid(self._seed, accounts.FOREST, alias)

    def gone(self, sid: str, now: datetime) -> str | None:
        """Return the alias of whose account, deleted for good, had this identifier; None for nobody of those."""
        return next(
            (each for each in self._deleted if self.sid(each) == sid and self.is_gone(each, now)), None
        )

    def living(self) -> list[str]:
        """Return the aliases of those whose account was not deleted, people and groups."""
        return [each for each in (*self._people, *self._groups) if each not in self._deleted]

    def group(self, identity: str) -> str | None:
        """Return the alias of the group of this alias or address."""
        wanted = identity.lower()
        found = (
            each for each in self._groups.values() if wanted in (each.alias.lower(), each.address.lower())
        )
        return next((each.alias for each in found if each.security), None)

    def members(self, alias: str) -> list[str]:
        """Return the people who are in a group or in a group of it, each once, or *alias* alone for a person."""
        found: dict[str, None] = {}
        seen, left = {alias}, [alias]
        while left:
            name = left.pop()
            if name in self._people:
                found[name] = None
            group = self._groups.get(name)
            new = [each for each in (group.members if group else ()) if each not in seen]
            seen.update(new)
            left.extend(new)
        return sorted(found)

    def shown(self, alias: str) -> str:
        """Return the address by which the service shows a trustee, or its name where it has none."""
        known = self._people.get(alias) or self._groups.get(alias)
        return known.address if known else alias

    def display_name(self, alias: str) -> str:
        """Return the name by which a folder's list shows a trustee."""
        known = self._people.get(alias) or self._groups.get(alias)
        return known.display_name if known else alias
