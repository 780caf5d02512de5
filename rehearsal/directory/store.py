"""The objects of one tenant: made, changed, deleted, restored and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.directory.errors import Absent, Invalid, QuotaExceeded
from rehearsal.directory.history import Change, History
from rehearsal.directory.links import Links
from rehearsal.directory.objects import AdministrativeUnit, DirectoryObject, Group, User
from rehearsal.directory.options import Options

KINDS: dict[type[DirectoryObject], str] = {
    User: "users",
    Group: "groups",
    AdministrativeUnit: "administrativeUnits",
}
RESTORABLE = timedelta(days=30)
"""How long a deleted object is kept and counted fully; for as long again it counts a quarter (fact C14)."""
_UNIQUE = "Another object with the same value for property {name} already exists."


class Store:
    """Live and deleted objects with their history.

    *others* is how many objects the tenant holds beside those modelled: devices, applications, contacts.
    """

    def __init__(
        self, tenant_id: str, seed: int, clock: VirtualClock, options: Options, others: int = 0
    ) -> None:
        self.tenant_id = tenant_id
        self.clock = clock
        self.options = options
        self.others = others
        self.history: History[DirectoryObject] = History()
        self.links = Links(self.history, clock)
        self._seed = seed
        self._made = 0
        self._live: dict[str, DirectoryObject] = {}
        self._deleted: dict[str, DirectoryObject] = {}
        self._owners: dict[str, list[str]] = {}
        self._order: dict[str, list[str]] = {kind: [] for kind in KINDS.values()}
        self._taken: dict[str, str] = {}
        self._mailboxes: dict[str, str] = {}

    def new_id(self, kind: str) -> str:
        """A GUID for something made now."""
        self._made += 1
        return draws.guid(self._seed, self.tenant_id, f"directory-{kind}", self._made)

    def ids(self, kind: str) -> list[str]:
        """Every id that an object of *kind* ever had, oldest first: a page of a list is a slice of it."""
        return self._order[kind]

    def find(self, key: str) -> DirectoryObject | None:
        """The live object of this id."""
        return self._live.get(key)

    def get[T: DirectoryObject](self, kind: type[T], key: str) -> T:
        """The live object of this kind and id, or for a user sign-in name.

        :raises Absent: if there is none.
        """
        found = self._live.get(key) or self._live.get(self._taken.get(f"upn:{key.casefold()}", ""))
        if not isinstance(found, kind):
            raise Absent(key)
        return found

    def every[T: DirectoryObject](self, kind: type[T]) -> Iterator[T]:
        """The live objects of *kind*, oldest first."""
        for key in self._order[KINDS[kind]]:
            found = self._live.get(key)
            if isinstance(found, kind):
                yield found

    def by_anchor(self, immutable_id: str) -> User | None:
        """The user with this onPremisesImmutableId."""
        found = self._live.get(self._taken.get(f"anchor:{immutable_id}", ""))
        return found if isinstance(found, User) else None

    def by_mailbox(self, exchange_guid: str) -> User | None:
        """The user with this ExchangeGuid."""
        found = self._live.get(self._mailboxes.get(exchange_guid, ""))
        return found if isinstance(found, User) else None

    def add(self, made: DirectoryObject) -> None:
        """Add an object.

        :raises QuotaExceeded: if the tenant holds as many as it may (fact C14).
        :raises Invalid: if a name that must be its own is taken.
        """
        quota = self.options.object_quota
        if quota is not None and self.counted + 1 > quota:
            raise QuotaExceeded(quota=quota)
        self._claim(made, None)
        self._live[made.id] = made
        self._order[KINDS[type(made)]].append(made.id)
        self._note(made, before=None)

    def change[T: DirectoryObject](self, old: T, **values: Any) -> T:
        """Give an object other values of some fields; nothing is written when none differs.

        :raises Invalid: if a name that must be its own is taken.
        """
        differing = {name: value for name, value in values.items() if getattr(old, name) != value}
        if not differing:
            return old
        new = msgspec.structs.replace(old, **differing)
        self._claim(new, old)
        self._live[old.id] = new
        self._note(new, before=old, fields=tuple(differing))
        return new

    def delete(self, old: DirectoryObject) -> None:
        """Delete an object; it is kept for 30 days (fact C14), and so is what it was in."""
        owners = list(self.links.member_of(old.id))
        for key in owners:
            self.links.leave(key, old.id, KINDS[type(self._live[key])])
        for key in list(self.links.members(old.id)):
            self.links.leave(old.id, key, KINDS[type(old)])
        self._owners[old.id] = owners
        del self._live[old.id]
        for name in _unique_names(old):
            self._taken.pop(name, None)
        if isinstance(old, User) and old.exchange.mailbox_guid:
            self._mailboxes.pop(old.exchange.mailbox_guid, None)
        self._deleted[old.id] = msgspec.structs.replace(old, deleted_date_time=self.clock.now)
        self._note(old, before=old, gone=True)

    def deleted[T: DirectoryObject](self, kind: type[T]) -> list[T]:
        """The deleted objects of *kind* that can be restored, oldest first."""
        return [
            each for each in self._deleted.values() if isinstance(each, kind) and self.restorable(each.id)
        ]

    def was_deleted(self, key: str) -> bool:
        """Whether an object of this id was deleted at some time and has not come back."""
        return key in self._deleted

    def restorable(self, key: str) -> bool:
        """Whether a deleted object of this id is still kept."""
        found = self._deleted.get(key)
        kept = found is not None and isinstance(found, User) and self._age(found) < RESTORABLE
        return kept and self.options.deleted_users_return

    def restore(self, key: str) -> DirectoryObject:
        """Bring a deleted object back, into what it was in.

        :raises Absent: if it is not kept (any more).
        :raises Invalid: if its name has been taken meanwhile.
        """
        if not self.restorable(key):
            raise Absent(key)
        back = msgspec.structs.replace(self._deleted[key], deleted_date_time=None)
        self._claim(back, None)
        del self._deleted[key]
        self._live[key] = back
        self._note(back, before=None)
        for owner in self._owners.pop(key):
            if owner in self._live:
                self.links.join(owner, key, KINDS[type(self._live[owner])])
        return back

    @property
    def counted(self) -> float:
        """How many objects count towards the quota (fact C14)."""
        weights = sum(self._weight(each) for each in self._deleted.values())
        return len(self._live) + self.others + (weights if self.options.deleted_objects_count else 0)

    def _weight(self, old: DirectoryObject) -> float:
        age = self._age(old)
        return 1 if age < RESTORABLE else 0.25 if age < 2 * RESTORABLE else 0

    def _age(self, old: DirectoryObject) -> timedelta:
        return self.clock.now - (old.deleted_date_time or self.clock.now)

    def _claim(self, new: DirectoryObject, old: DirectoryObject | None) -> None:
        """Take the names that must be its own, all or none."""
        wanted, held = _unique_names(new), _unique_names(old) if old else ()
        for name in wanted:
            if self._taken.get(name, new.id) != new.id:
                raise Invalid(_UNIQUE.format(name=_PROPERTY[name.partition(":")[0]]))
        for name in held:
            self._taken.pop(name, None)
        self._taken.update(dict.fromkeys(wanted, new.id))
        if isinstance(new, User) and new.exchange.mailbox_guid:
            self._mailboxes[new.exchange.mailbox_guid] = new.id

    def _note(
        self,
        this: DirectoryObject,
        *,
        before: DirectoryObject | None,
        fields: tuple[str, ...] = (),
        gone: bool = False,
    ) -> None:
        change = Change(self.clock.now, KINDS[type(this)], this.id, fields, gone)
        self.history.note(change, before)


_PROPERTY = {"upn": "userPrincipalName", "anchor": "onPremisesImmutableId", "proxy": "proxyAddresses"}


def _unique_names(this: DirectoryObject) -> tuple[str, ...]:
    """The names that no other object may have, each with its kind."""
    if not isinstance(this, User):
        return ()
    addresses: Iterable[str] = (each for each in this.proxy_addresses if each[:5].lower() == "smtp:")
    anchor = this.on_premises_immutable_id
    return (
        f"upn:{this.user_principal_name.casefold()}",
        *((f"anchor:{anchor}",) if anchor else ()),
        *(f"proxy:{address[5:].casefold()}" for address in addresses),
    )


class View:
    """The directory as it was at a moment, for readers that lag (facts E2, E10)."""

    def __init__(self, store: Store, moment: datetime) -> None:
        self.store = store
        self.moment = moment
        self._undone = store.history.undone(moment)
        self._unlinked = store.history.unlinked(moment)

    @property
    def version(self) -> int:
        """The number of changes that this reader knows."""
        return self.store.history.version_at(self.moment)

    def find(self, key: str) -> DirectoryObject | None:
        """The object of this id."""
        return self._undone[key] if key in self._undone else self.store.find(key)

    def get[T: DirectoryObject](self, kind: type[T], key: str) -> T:
        """The object of this kind and id, or for a user sign-in name.

        :raises Absent: if there is none, or this reader does not know it yet.
        """
        if key in self._undone:
            found = self._undone[key]
        else:
            found = self.store.get(kind, key)
            found = self._undone.get(found.id, found)
        if not isinstance(found, kind):
            raise Absent(key)
        return found

    def members(self, group: str) -> Iterator[str]:
        """The ids of the direct members of a group or unit."""
        if not self._unlinked:
            yield from self.store.links.members(group)
            return
        for key in self.store.links.members(group):
            if self._unlinked.get((group, key), True):
                yield key
        for (owner, key), was in self._unlinked.items():
            if owner == group and was and not self.store.links.linked(group, key):
                yield key
