"""The Entra tenant of the estate: what may be done to its objects, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.directory.errors import Invalid, Refusal, SyncedObject
from rehearsal.directory.holding import Held
from rehearsal.directory.licensing import Licensing
from rehearsal.directory.membership import Memberships, compiled
from rehearsal.directory.objects import (
    EXCHANGE_PLAN_1,
    OFFICE_E3,
    AdministrativeUnit,
    DirectoryObject,
    Domain,
    Group,
    Sku,
    User,
)
from rehearsal.directory.options import Options
from rehearsal.directory.settings import Settings
from rehearsal.directory.store import KINDS, Store
from rehearsal.environments import Tenant

LOCATION = "GB"
"""The tenant's own usageLocation."""
SET_UP = timedelta(days=90)
"""How long before the start the tenant was made and first synchronised."""
CLOUD_MASTERED = frozenset({"usage_location", "on_premises_immutable_id"})
"""What may be written in the cloud even where the rest belongs to the directory on premises."""


def domains_of(tenant: Tenant) -> tuple[Domain, ...]:
    """The verified domains of *tenant*."""
    return (
        Domain(tenant.mail_domain, is_default=True),
        Domain(tenant.domain, is_initial=True),
        Domain(tenant.routing_domain),
    )


class Entra:
    """One tenant's users, groups, administrative units, domains and licences.

    *skus* are the licences bought; *others* is how many objects the tenant holds that are not modelled.
    """

    def __init__(
        self,
        tenant: Tenant,
        seed: int,
        clock: VirtualClock,
        *,
        options: Options | None = None,
        skus: Iterable[Sku] = (),
        others: int = 0,
    ) -> None:
        self.options = options or Options()
        self.tenant = tenant
        self.store = Store(tenant.id, seed, clock, self.options, others)
        self.licensing = Licensing(self.store, skus, LOCATION)
        self.memberships = Memberships(self.store, self.licensing)
        self.domains = {domain.id: domain for domain in domains_of(tenant)}
        self.settings = Settings(self.store)
        self.synchronised: datetime | None = None
        """When the synchronisation ran last."""

    def verified(self, address: str) -> bool:
        """Whether the domain of an address or sign-in name is verified (fact D24)."""
        domain = self.domains.get(address.rpartition("@")[2].casefold())
        return domain is not None and domain.is_verified

    def knows(self, exchange_guid: str) -> bool:
        """Whether a user with this ExchangeGuid is there, which is what makes it a mail user (fact D24)."""
        return self.store.by_mailbox(exchange_guid) is not None

    def own_mailbox(self, key: str) -> datetime | None:
        """When a licence that came too early made a mailbox for the user *key* (fact D25), None if none did."""
        return self.licensing.second_mailboxes.get(key) if self.store.find(key) else None

    def licensed(self, key: str) -> tuple[Held, ...]:
        """When the user *key* held a licence with Exchange (fact B51), oldest first."""
        return self.licensing.holding.of(key)

    def add_user(self, user: User) -> User:
        """Add a user; raises `Refusal` where a name, the domain or the quota forbids it."""
        if not self.verified(user.user_principal_name):
            raise Invalid("The domain portion of the userPrincipalName property is invalid.")
        self.store.add(user)
        self.memberships.user_changed(user.id)
        return user

    def change_user(self, user: User, values: dict[str, Any], *, synchronising: bool = False) -> User:
        """Give a user other values.

        :raises SyncedObject: if one of them belongs to the directory on premises (facts D26, D27).
        """
        ours = self.options.synced_is_read_only and user.on_premises_sync_enabled and not synchronising
        if ours and not values.keys() <= CLOUD_MASTERED:
            raise SyncedObject
        if not self.verified(str(values.get("user_principal_name", user.user_principal_name))):
            raise Invalid("The domain portion of the userPrincipalName property is invalid.")
        changed = self.store.change(user, **values)
        if changed is not user:
            self.memberships.user_changed(user.id)
        return changed

    def delete(self, old: DirectoryObject, *, synchronising: bool = False) -> None:
        """Delete an object.

        :raises SyncedObject: if it belongs to the directory on premises.
        :raises Refusal: if it is a group with a licence (fact C19).
        """
        synced = isinstance(old, User | Group) and old.on_premises_sync_enabled
        if synced and self.options.synced_is_read_only and not synchronising:
            raise SyncedObject
        if isinstance(old, Group) and old.assigned_licenses and self.options.licensed_group_stays:
            raise Refusal(400, "Request_BadRequest", "Groups with active licenses cannot be deleted.")
        reached = list(self.store.links.members(old.id)) if isinstance(old, Group) else []
        if isinstance(old, User):
            self.licensing.forget(old)
        self.store.delete(old)
        if isinstance(old, Group) and old.assigned_licenses:
            self.licensing.enqueue(reached)

    def restore(self, key: str) -> DirectoryObject:
        """Bring a deleted object back, with what licences it can still have."""
        back = self.store.restore(key)
        if isinstance(back, User):
            self.licensing.revive(back)
            self.memberships.user_changed(key)
        return self.store.get(type(back), key)

    def add_group(self, group: Group) -> Group:
        """Add a group; raises `Refusal` for a rule that cannot be read."""
        if group.membership_rule is not None:
            compiled(group.membership_rule)
        if group.dynamic != (group.membership_rule is not None):
            raise Invalid("A membership rule and the group type DynamicMembership need each other.")
        self.store.add(group)
        if group.dynamic:
            self.memberships.rule_changed(group.id)
        return group

    def change_group(self, group: Group, values: dict[str, Any]) -> Group:
        """Give a group other values; another rule changes its members later (fact C20)."""
        if self.options.synced_is_read_only and group.on_premises_sync_enabled:
            raise SyncedObject
        rule = values.get("membership_rule")
        if rule is not None:
            compiled(rule)
        changed = self.store.change(group, **values)
        if changed.membership_rule != group.membership_rule and changed.dynamic:
            self.memberships.rule_changed(group.id)
        return changed

    def join(self, owner: Group | AdministrativeUnit, member: DirectoryObject) -> None:
        """Make an object a member.

        :raises Invalid: if it is one, if the group is dynamic, or if the object is in 30 units (fact C15).
        """
        self._writable(owner)
        if owner.id == member.id:
            raise Invalid("A group cannot be a member of itself.")
        if isinstance(owner, AdministrativeUnit):
            self._check_units(member)
        if not self.store.links.join(owner.id, member.id, KINDS[type(owner)]):
            raise Invalid(
                "One or more added object references already exist for the following modified properties: 'members'."
            )
        self.licensing.joined_or_left(owner.id, member.id)

    def leave(self, owner: Group | AdministrativeUnit, member: DirectoryObject) -> None:
        """End a membership.

        :raises Refusal: if there is none, or the group is dynamic.
        """
        self._writable(owner)
        if not self.store.links.leave(owner.id, member.id, KINDS[type(owner)]):
            raise Refusal(
                404,
                "Request_ResourceNotFound",
                "One or more removed object references do not exist for the following modified properties: 'members'.",
            )
        self.licensing.joined_or_left(owner.id, member.id)

    def _writable(self, owner: Group | AdministrativeUnit) -> None:
        if isinstance(owner, Group) and owner.dynamic:
            raise Invalid("Insufficient privileges to update the members of a group with dynamic membership.")
        if isinstance(owner, Group) and owner.on_premises_sync_enabled and self.options.synced_is_read_only:
            raise SyncedObject

    def _check_units(self, member: DirectoryObject) -> None:
        most = self.options.units_of_an_object
        owners = self.store.links.member_of(member.id)
        units = sum(isinstance(self.store.find(key), AdministrativeUnit) for key in owners)
        if most is not None and units >= most:
            raise Invalid(f"An object can be a member of at most {most} administrative units.")


def usual_skus(mailboxes: int) -> tuple[Sku, ...]:
    """The licences bought for so many mailboxes: Office 365 E3 for each, and Exchange Plan 1 for a tenth."""
    return (
        msgspec.structs.replace(OFFICE_E3, enabled=mailboxes),
        msgspec.structs.replace(EXCHANGE_PLAN_1, enabled=max(mailboxes // 10, 1)),
    )
