"""A small tenant in memory with a directory on premises, for probes and tests."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from rehearsal.clock import VirtualClock
from rehearsal.directory.errors import Absent
from rehearsal.directory.objects import (
    EXCHANGE_PLAN_1,
    OFFICE_E3,
    AssignedLicence,
    Group,
    ServicePlan,
    Sku,
    User,
)
from rehearsal.directory.options import Options
from rehearsal.directory.sync import SyncEngine
from rehearsal.directory.tenant import Entra
from rehearsal.environments import REHEARSAL
from rehearsal.estate import START, Mailbox, generate

E3 = Sku(OFFICE_E3.sku_id, OFFICE_E3.sku_part_number, OFFICE_E3.service_plans, enabled=200)
PLAN_1 = Sku(EXCHANGE_PLAN_1.sku_id, "EXCHANGESTANDARD", EXCHANGE_PLAN_1.service_plans, enabled=200)
NONE_LEFT = Sku("aaaaaaaa-0000-4000-8000-000000000001", "NONE_LEFT", (), enabled=0)
PLENTY = Sku(
    "aaaaaaaa-0000-4000-8000-000000000002",
    "PLENTY",
    (ServicePlan("aaaaaaaa-0000-4000-8000-000000000003", "FORMS"),),
    enabled=200,
)


class Premises:
    """The directory of one site, of which anything can be said."""

    def __init__(self, mailboxes: list[Mailbox]) -> None:
        self.here = {mailbox.exchange_guid: mailbox for mailbox in mailboxes}
        self.gone: dict[str, tuple[Mailbox, datetime]] = {}

    def mailboxes(self) -> list[Mailbox]:
        """Return the mailboxes still here."""
        return list(self.here.values())

    def remote_mailboxes(self) -> list[tuple[Mailbox, datetime]]:
        """Return the mailboxes that moved."""
        return list(self.gone.values())

    def guid(self, mailbox: Mailbox) -> str:
        """Return the objectGUID of an account."""
        return str(uuid.UUID(int=uuid.UUID(mailbox.exchange_guid).int ^ 1))

    def distinguished_name(self, mailbox: Mailbox) -> str:
        """Return a name in LDAP's form."""
        return f"CN={mailbox.alias},OU=NHSmail,DC=leeds,DC=nhsmail,DC=example"

    def put(self, *mailboxes: Mailbox) -> None:
        """Add mailboxes, or replace those with the same ExchangeGuid, at the end."""
        for mailbox in mailboxes:
            self.here.pop(mailbox.exchange_guid, None)
            self.here[mailbox.exchange_guid] = mailbox

    def move(self, mailbox: Mailbox) -> None:
        """Make a mailbox a remote mailbox."""
        self.gone[mailbox.exchange_guid] = self.here.pop(mailbox.exchange_guid), START


class Lab:
    """A tenant with *mailboxes* synchronised long ago, and *others*, objects that are not modelled."""

    def __init__(self, mailboxes: int = 2, *, options: Options | None = None, others: int = 0) -> None:
        self.clock = VirtualClock(START)
        self.people = [mailbox_of(n) for n in range(mailboxes)]
        self.premises = Premises(self.people)
        skus = (E3, PLAN_1, NONE_LEFT, PLENTY)
        self.entra = Entra(REHEARSAL, 7, self.clock, options=options, skus=skus, others=others)
        self.sync = SyncEngine(self.entra, 7, [self.premises], {})
        self.sync.begin()

    def user(self, n: int = 0) -> User:
        """The user of the *n*-th mailbox, which has to be there."""
        found = self.find(mailbox_of(n))
        if found is None:
            raise Absent(mailbox_of(n).address)
        return found

    def find(self, mailbox: Mailbox) -> User | None:
        """The user of a mailbox, by its sign-in name on premises."""
        users = self.entra.store.every(User)
        return next((each for each in users if each.on_premises_user_principal_name == mailbox.address), None)

    def add_user(self, name: str = "cloud", **values: Any) -> User:
        """Add a user of the cloud's own, with a usageLocation."""
        usual: dict[str, Any] = {
            "id": self.entra.store.new_id("user"),
            "display_name": name,
            "created_date_time": self.clock.now,
            "user_principal_name": f"{name}@{REHEARSAL.domain}",
            "mail_nickname": name,
            "usage_location": "GB",
        }
        return self.entra.add_user(User(**(usual | values)))

    def add_group(self, name: str = "group", **values: Any) -> Group:
        """Add a security group."""
        usual: dict[str, Any] = {
            "id": self.entra.store.new_id("group"),
            "display_name": name,
            "created_date_time": self.clock.now,
            "mail_nickname": name,
        }
        return self.entra.add_group(Group(**(usual | values)))

    def license_group(self, group: Group, *skus: Sku) -> None:
        """Have a group give licences."""
        licences = [AssignedLicence(sku.sku_id) for sku in skus]
        self.entra.licensing.give_by_group(self.entra.store.get(Group, group.id), licences, ())

    def license(self, user: User, sku: Sku) -> User:
        """Give a user a licence directly."""
        now = self.entra.store.get(User, user.id)
        return self.entra.licensing.give(now, [AssignedLicence(sku.sku_id)], ())

    def has(self, user: User, sku: Sku) -> bool:
        """Whether a user has a licence."""
        now = self.entra.store.get(User, user.id)
        return any(licence.sku_id == sku.sku_id for licence in now.assigned_licenses)

    def advance(self, **span: float) -> None:
        """Let virtual time pass."""
        self.clock.advance_to(self.clock.now + timedelta(**span))


@cache
def mailbox_of(n: int) -> Mailbox:
    """The *n*-th invented mailbox, of a person; always the same one."""
    plain = next(each for each in generate(7).mailboxes if each.recipient_type == "UserMailbox")
    return replace(plain, exchange_guid=str(uuid.UUID(int=(n + 1) << 32)), alias=f"person.{n}")
