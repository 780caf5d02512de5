"""Groups, nested ones too, and the contacts beside them in the address book of one site's domain."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rehearsal.estate import Contact, Estate, Group, Organisation
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.offer import Offer, offered
from rehearsal.site.replication import Replicated
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

_KEYS = ("Alias", "PrimarySmtpAddress", "DisplayName", "SamAccountName")
_SHARED: Mapping[str, Any] = {
    "Alias": None,
    "DisplayName": None,
    "PrimarySmtpAddress": None,
    "EmailAddresses": [],
    "EmailAddressPolicyEnabled": True,
    "HiddenFromAddressListsEnabled": False,
    "RequireSenderAuthenticationEnabled": True,
    "GrantSendOnBehalfTo": [],
    "CustomAttribute1": "",
    "RecipientType": None,
    "RecipientTypeDetails": None,
}


class Groups:
    """The groups and contacts of *estate*'s one site."""

    def __init__(self, estate: Estate, directory: Directory, around: Surroundings) -> None:
        self._directory = directory
        self._around = around
        domain, completed = estate.site.domain, partial(_completed, estate.tenant.mail_domain)
        folder = f"{domain}/NHSmail/Groups"
        self._groups = Objects(_group(folder, completed), around, [_born(each) for each in estate.groups])
        contacts = [_outside(each) for each in estate.contacts]
        self.contacts = Objects(_contact(f"{domain}/NHSmail/Contacts", completed), around, contacts)
        staff = [_staff(each) for each in estate.organisations]
        self.dynamic = Objects(_dynamic(folder, completed), around, staff)
        self._members: Replicated[tuple[str, ...]] = Replicated(around.clock, around.controllers)
        for group in estate.groups:
            row = self._groups.find(group.alias, around.controllers.names[0])
            self._members.born(str(row["Identity"]), group.members)
        self.objects = [self._groups, self.contacts, self.dynamic]
        self.cmdlets: Offer = {
            "Get-DistributionGroupMember": offered("Identity ResultSize", self._get_members),
            "Add-DistributionGroupMember": offered(
                "BypassSecurityGroupManagerCheck Identity Member", self._add
            ),
            "Remove-DistributionGroupMember": offered(
                "BypassSecurityGroupManagerCheck Identity Member", self._remove
            ),
        }

    def _group_meant(self, bound: Bound) -> tuple[str, str]:
        """The identity of the group that a call means, and the controller that answers."""
        controller = self._around.controller(bound)
        return str(self._groups.find(bound.get("Identity"), controller)["Identity"]), controller

    def _get_members(self, bound: Bound) -> CmdletResult:
        """The direct members; a nested group is one row, as its own members are asked for by themselves."""
        identity, controller = self._group_meant(bound)
        members = self._members.read(identity, controller) or ()
        return limited((self._member_row(each, controller) for each in members), bound)

    def _member_row(self, alias: str, controller: str) -> Row:
        found = self._groups.matching(alias, controller) or self.contacts.matching(alias, controller)
        if found:
            return dict(found[0])
        mailbox = self._directory.person(alias)
        return {
            "Name": mailbox.alias,
            "Identity": self._directory.identity(mailbox),
            "DistinguishedName": self._directory.distinguished_name(mailbox),
            "Guid": uuid.UUID(self._directory.guid(mailbox)),
            "Alias": mailbox.alias,
            "DisplayName": mailbox.display_name,
            "PrimarySmtpAddress": mailbox.address,
            "RecipientType": "UserMailbox",
            "RecipientTypeDetails": mailbox.recipient_type,
        }

    def _add(self, bound: Bound) -> CmdletResult:
        identity, controller = self._group_meant(bound)
        member = self._resolved(bound.get("Member"), controller)
        now = self._members.read(identity, controller) or ()
        if member in now:
            raise failures.member_already(bound.get("Member"), identity)
        if bound.changes:
            self._members.write(identity, (*now, member), controller)
        return CmdletResult()

    def _remove(self, bound: Bound) -> CmdletResult:
        identity, controller = self._group_meant(bound)
        member = self._resolved(bound.get("Member"), controller)
        now = self._members.read(identity, controller) or ()
        if member not in now:
            raise failures.member_missing(bound.get("Member"), identity)
        quiet = bound.get("Confirm") is False or bound.get("WhatIf")
        if self._around.options.writes_ask and not quiet:
            raise failures.no_confirmation(f'Removing distribution group member "{member}" of "{identity}".')
        if bound.changes:
            self._members.write(identity, tuple(each for each in now if each != member), controller)
        return CmdletResult()

    def _resolved(self, asked: str | None, controller: str) -> str:
        """The alias of a mailbox, group or contact; raise a `failures.CmdletFailure`."""
        if not asked:
            raise failures.missing_parameters(["Member"])
        found = self._groups.matching(asked, controller) or self.contacts.matching(asked, controller)
        alias = str(found[0]["Alias"]) if found else self._directory.trustee(asked)
        if alias is None:
            raise failures.not_found(asked, controller)
        return alias


def _completed(mail_domain: str, row: Row) -> Row:
    """What a new recipient has by its name: alias, display name, addresses, and a group its kind."""
    name = str(row.get("Alias") or row.get("Name")).replace(" ", "")
    address = str(row.get("PrimarySmtpAddress") or f"{name}@{mail_domain}")
    made = {
        "Alias": name,
        "DisplayName": row.get("DisplayName") or row.get("Name"),
        "PrimarySmtpAddress": address,
        "EmailAddresses": row.get("EmailAddresses") or [f"SMTP:{address}"],
    }
    return made | (_group_type(security=row["GroupType"] == "Security") if "GroupType" in row else {})


def _outside(contact: Contact) -> Row:
    return {
        "Name": contact.alias,
        "Alias": contact.alias,
        "DisplayName": contact.display_name,
        "ExternalEmailAddress": f"SMTP:{contact.external_address}",
        "PrimarySmtpAddress": contact.external_address,
    }


def _staff(organisation: Organisation) -> Row:
    return {
        "Name": f"all-staff-{organisation.code.lower()}",
        "DisplayName": f"All staff of {organisation.name.title()}",
        "RecipientFilter": f"CustomAttribute1 -eq '{organisation.code}'",
    }


def _group_type(*, security: bool) -> Row:
    kind = "MailUniversalSecurityGroup" if security else "MailUniversalDistributionGroup"
    return {
        "GroupType": "Universal, SecurityEnabled" if security else "Universal",
        "RecipientType": kind,
        "RecipientTypeDetails": kind,
    }


def _born(group: Group) -> Row:
    return {
        "Name": group.alias,
        "Alias": group.alias,
        "SamAccountName": group.alias,
        "DisplayName": group.display_name,
        "CustomAttribute1": group.organisation,
        "PrimarySmtpAddress": group.address,
        "GroupType": "Security" if group.security else "Distribution",
    }


def _group(folder: str, completed: Callable[[Row], Row]) -> Kind:
    return Kind(
        noun="DistributionGroup",
        container="",
        folder=folder,
        keys=_KEYS,
        complete=completed,
        looks=frozenset({"ResultSize"}),
        ignored=frozenset({"BypassSecurityGroupManagerCheck"}),
        parameters={"Type": "GroupType"},
        defaults={
            **_SHARED,
            "GroupType": "Distribution",
            "SamAccountName": None,
            "ManagedBy": [],
            "MemberJoinRestriction": "Closed",
            "MemberDepartRestriction": "Open",
            "ReportToManagerEnabled": False,
            "ReportToOriginatorEnabled": True,
            "SendOofMessageToOriginatorEnabled": False,
            "Notes": None,
        },
    )


def _contact(folder: str, completed: Callable[[Row], Row]) -> Kind:
    return Kind(
        noun="MailContact",
        container="",
        folder=folder,
        keys=(*_KEYS, "ExternalEmailAddress"),
        complete=completed,
        looks=frozenset({"ResultSize"}),
        defaults={
            **_SHARED,
            "ExternalEmailAddress": None,
            "FirstName": None,
            "LastName": None,
            "MessageFormat": "Mime",
            "MessageBodyFormat": "TextAndHtml",
            "UsePreferMessageFormat": False,
            "RecipientType": "MailContact",
            "RecipientTypeDetails": "MailContact",
        },
    )


def _dynamic(folder: str, completed: Callable[[Row], Row]) -> Kind:
    return Kind(
        noun="DynamicDistributionGroup",
        container="",
        folder=folder,
        keys=_KEYS,
        verbs=("Get",),
        complete=completed,
        looks=frozenset({"ResultSize"}),
        defaults={
            **_SHARED,
            "RecipientFilter": None,
            "RecipientContainer": folder.rpartition("/")[0],
            "IncludedRecipients": "MailboxUsers",
            "ManagedBy": None,
            "RecipientType": "DynamicDistributionGroup",
            "RecipientTypeDetails": "DynamicDistributionGroup",
        },
    )
