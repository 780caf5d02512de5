"""Licences: bought, given directly or by a group, and what stands in their way (facts C19-C21, D25, E5-E7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from rehearsal.directory.errors import Invalid
from rehearsal.directory.holding import Holding
from rehearsal.directory.objects import (
    AssignedLicence,
    Group,
    LicenceState,
    Sku,
    User,
    exchange_plans,
)
from rehearsal.directory.store import Store

COUNT = "CountViolation"
EXCLUSIVE = "MutuallyExclusiveViolation"
PROHIBITED = "ProhibitedInUsageLocationViolation"
OTHERS = "Others"
NO_ERROR = "None"
_TICK = timedelta(minutes=1)


class _Wish(msgspec.Struct, frozen=True):
    licence: AssignedLicence
    group: str | None


class Licensing:
    """The licences of the tenant; *location* is its own usageLocation.

    What a group gives comes later, at the pace of the service's queue; `queued` tells how many users wait.
    """

    def __init__(self, store: Store, skus: Iterable[Sku], location: str) -> None:
        self._store = store
        self._options = store.options
        self._clock = store.clock
        self._location = location
        self._skus = {sku.sku_id: sku for sku in skus}
        self._used = dict.fromkeys(self._skus, 0)
        self._waiting: dict[str, None] = {}
        self._done = 0
        self._began = store.clock.now
        self._ticking = False
        self.second_mailboxes: dict[str, datetime] = {}
        """When users got a mailbox of their own in the cloud, by a licence that came too early (fact D25)."""
        self.holding = Holding()

    @property
    def skus(self) -> list[Sku]:
        """What the tenant has bought."""
        return list(self._skus.values())

    def consumed(self, sku_id: str) -> int:
        """How many units of a licence are in use."""
        return self._used[sku_id]

    @property
    def queued(self) -> int:
        """How many users group licensing has still to get to."""
        return len(self._waiting)

    def waits(self, users: Iterable[str]) -> bool:
        """Whether group licensing has still to get to one of these users."""
        return bool(self._waiting) and any(key in self._waiting for key in users)

    def give(self, user: User, add: Iterable[AssignedLicence], remove: Iterable[str]) -> User:
        """Give a user licences directly and take others away, all or none (fact E5).

        :raises Invalid: if one is unknown, cannot be given, or is not there to be taken.
        """
        add, remove = tuple(add), tuple(remove)
        self._check(add, remove)
        direct = {wish.licence.sku_id: wish for wish in self._wishes(user) if wish.group is None}
        for sku_id in remove:
            if direct.pop(sku_id, None) is None:
                raise Invalid("User does not have a corresponding license.")
        if add and self._options.location_first and user.usage_location is None:
            raise Invalid("License assignment cannot be done for user with invalid usage location.")
        direct |= {licence.sku_id: _Wish(licence, None) for licence in add}
        by_groups = [wish for wish in self._wishes(user) if wish.group is not None]
        states = self._states(user, [*direct.values(), *by_groups])
        added = {licence.sku_id for licence in add}
        for state in states:
            if state.assigned_by_group is None and state.sku_id in added and state.error != NO_ERROR:
                raise Invalid(_DIRECT[state.error].format(sku=state.sku_id))
        return self._apply(user, states)

    def give_by_group(self, group: Group, add: Iterable[AssignedLicence], remove: Iterable[str]) -> Group:
        """Say what the members of a group shall have; they get it later (facts C19, E5).

        :raises Invalid: if a licence is unknown, or is not there to be taken.
        """
        add, remove = tuple(add), tuple(remove)
        self._check(add, remove)
        if not group.security_enabled:
            raise Invalid("License assignment failed because the group is not security enabled.")
        given = {licence.sku_id: licence for licence in group.assigned_licenses}
        for sku_id in remove:
            if given.pop(sku_id, None) is None:
                raise Invalid("Group does not have a corresponding license.")
        given |= {licence.sku_id: licence for licence in add}
        changed = self._store.change(group, assigned_licenses=tuple(given.values()))
        self.enqueue(key for key in self._reached(group.id))
        return changed

    def enqueue(self, users: Iterable[str]) -> None:
        """Have group licensing look at these users again: a membership or a licence of a group has changed."""
        self._waiting.update(dict.fromkeys(users))
        if self._waiting and not self._ticking:
            self._began, self._done, self._ticking = self._clock.now, 0, True
            self._clock.call_at(self._clock.now + _TICK, self._tick)

    def joined_or_left(self, group: str, member: str) -> None:
        """Notice that somebody joined or left a group."""
        found = self._store.find(group)
        if isinstance(found, Group) and found.assigned_licenses:
            self.enqueue([member] if isinstance(self._store.find(member), User) else self._reached(member))

    def forget(self, user: User) -> None:
        """Free the units of a user who was deleted."""
        self._count(user.assigned_licenses, -1)
        self._waiting.pop(user.id, None)
        self.holding.note(user.id, self._clock.now, holds=False)

    def revive(self, user: User) -> None:
        """Take units again for a user who came back, as far as there are any."""
        kept = msgspec.structs.replace(user, assigned_licenses=(), license_assignment_states=())
        self._apply(user, self._states(kept, self._wishes(user)), counted=False)

    def reprocess(self, user: User) -> User:
        """Look at a user's licences again at once (fact E6)."""
        return self._apply(user, self._states(user, self._wishes(user)))

    def _check(self, add: tuple[AssignedLicence, ...], remove: tuple[str, ...]) -> None:
        for sku_id in (*(licence.sku_id for licence in add), *remove):
            if sku_id not in self._skus:
                raise Invalid(f"License {sku_id} does not correspond to a valid company License.")
        for licence in add:
            known = {plan.service_plan_id for plan in self._skus[licence.sku_id].service_plans}
            if not known.issuperset(licence.disabled_plans):
                raise Invalid("License assignment failed because service plan ids are invalid.")

    def _reached(self, group: str) -> list[str]:
        """The users that a group licenses: its direct members, groups among them left out (fact C19)."""
        found: dict[str, None] = {}
        seen, left = {group}, [group]
        while left:
            for key in self._store.links.members(left.pop()):
                member = self._store.find(key)
                if isinstance(member, User):
                    found[key] = None
                elif isinstance(member, Group) and not self._options.first_level_members and key not in seen:
                    seen.add(key)
                    left.append(key)
        return list(found)

    def _groups_of(self, user: str) -> list[str]:
        """The groups whose licences reach a user."""
        direct = list(self._store.links.member_of(user))
        if self._options.first_level_members:
            return direct
        for key in direct:
            direct.extend(above for above in self._store.links.member_of(key) if above not in direct)
        return direct

    def _wishes(self, user: User) -> list[_Wish]:
        """What a user shall have: what was given directly, then by each group."""
        direct = [
            _Wish(AssignedLicence(state.sku_id, state.disabled_plans), None)
            for state in user.license_assignment_states
            if state.assigned_by_group is None
        ]
        for key in self._groups_of(user.id):
            group = self._store.find(key)
            if isinstance(group, Group):
                direct += [_Wish(licence, key) for licence in group.assigned_licenses]
        return direct

    def _states(self, user: User, wishes: list[_Wish]) -> list[LicenceState]:
        held = {licence.sku_id for licence in user.assigned_licenses}
        plans: dict[str, None] = {}
        granted: set[str] = set()
        errors: list[str] = []
        for wish in wishes:
            error = self._error(user, wish, held | granted, plans)
            errors.append(error)
            if error == NO_ERROR:
                granted.add(wish.licence.sku_id)
                sku = self._skus[wish.licence.sku_id]
                plans |= dict.fromkeys(exchange_plans(sku, wish.licence.disabled_plans), None)
        if self._options.whole_template:
            errors = _all_or_none(wishes, errors)
        return [self._state(user, wish, error) for wish, error in zip(wishes, errors, strict=True)]

    def _error(self, user: User, wish: _Wish, held: set[str], plans: dict[str, None]) -> str:
        sku = self._skus[wish.licence.sku_id]
        if wish.group and user.usage_location is None and not self._options.location_inherited:
            return PROHIBITED
        mine = set(exchange_plans(sku, wish.licence.disabled_plans))
        if self._options.plans_exclude and mine and set(plans) - mine:
            return EXCLUSIVE
        free = sku.enabled + sku.warning - self._used[sku.sku_id]
        if self._options.units_run_out and sku.sku_id not in held and free < 1:
            return COUNT
        return NO_ERROR

    def _state(self, user: User, wish: _Wish, error: str) -> LicenceState:
        state = "Active" if error == NO_ERROR else "Error"
        key = wish.licence.sku_id, wish.group, error
        for old in user.license_assignment_states:
            if (old.sku_id, old.assigned_by_group, old.error) == key:
                return msgspec.structs.replace(old, disabled_plans=wish.licence.disabled_plans)
        licence = wish.licence
        return LicenceState(licence.sku_id, licence.disabled_plans, wish.group, state, error, self._clock.now)

    def _apply(self, user: User, states: list[LicenceState], *, counted: bool = True) -> User:
        given: dict[str, AssignedLicence] = {}
        for state in states:
            if state.error == NO_ERROR:
                given.setdefault(state.sku_id, AssignedLicence(state.sku_id, state.disabled_plans))
        licences = tuple(given.values())
        if counted:
            self._count(user.assigned_licenses, -1)
        self._count(licences, 1)
        location = user.usage_location
        if location is None and licences and self._options.location_inherited:
            location = self._location
        changed = self._store.change(
            user, assigned_licenses=licences, license_assignment_states=tuple(states), usage_location=location
        )
        self._make_mailbox(changed)
        return changed

    def _make_mailbox(self, user: User) -> None:
        """A licence with Exchange makes a mailbox for whoever is not known to have one elsewhere (fact D25)."""
        holds = any(
            any(exchange_plans(self._skus[licence.sku_id], licence.disabled_plans))
            for licence in user.assigned_licenses
        )
        self.holding.note(user.id, self._clock.now, holds=holds)
        kept_away = user.exchange.mailbox_guid is not None and self._options.guid_keeps_mailbox_away
        if user.on_premises_sync_enabled and not kept_away and holds:
            self.second_mailboxes.setdefault(user.id, self._clock.now)

    def _count(self, licences: Iterable[AssignedLicence], step: int) -> None:
        for licence in licences:
            self._used[licence.sku_id] += step

    def _tick(self) -> None:
        """Get to as many users as the pace allows since the queue began to move."""
        minutes = (self._clock.now - self._began) / _TICK
        due = int(minutes * self._options.licences_an_hour / 60) - self._done
        for key in list(self._waiting)[:due]:
            del self._waiting[key]
            self._done += 1
            user = self._store.find(key)
            if isinstance(user, User):
                self.reprocess(user)
        self._ticking = bool(self._waiting)
        if self._ticking:
            self._clock.call_at(self._clock.now + _TICK, self._tick)


def _all_or_none(wishes: list[_Wish], errors: list[str]) -> list[str]:
    """Keep back every licence of a group of which one cannot be given (fact C21)."""
    broken = {
        wish.group for wish, error in zip(wishes, errors, strict=True) if error != NO_ERROR and wish.group
    }
    return [
        OTHERS if error == NO_ERROR and wish.group in broken else error
        for wish, error in zip(wishes, errors, strict=True)
    ]


_DIRECT = {
    COUNT: "Subscription with SKU {sku} does not have any available licenses.",
    EXCLUSIVE: "License assignment failed because service plans are mutually exclusive.",
    PROHIBITED: "License assignment cannot be done for user with invalid usage location.",
    OTHERS: "License assignment failed.",
}
