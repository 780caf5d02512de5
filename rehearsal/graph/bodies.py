"""What may stand in the body of a write; a property that is not here is refused, not ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from rehearsal.directory.errors import Invalid
from rehearsal.directory.objects import AssignedLicence, DirectoryObject

MOST_BOUND = 20
"""Members that one write can bind."""


class PasswordProfile(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A first password, which is checked to be there and then forgotten."""

    password: str
    force_change_password_next_sign_in: bool = True
    force_change_password_next_sign_in_with_mfa: bool = False


class UserBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a client may say of a user."""

    display_name: str | UnsetType = UNSET
    user_principal_name: str | UnsetType = UNSET
    mail_nickname: str | UnsetType = UNSET
    account_enabled: bool | UnsetType = UNSET
    given_name: str | UnsetType | None = UNSET
    surname: str | UnsetType | None = UNSET
    department: str | UnsetType | None = UNSET
    company_name: str | UnsetType | None = UNSET
    job_title: str | UnsetType | None = UNSET
    mobile_phone: str | UnsetType | None = UNSET
    office_location: str | UnsetType | None = UNSET
    preferred_language: str | UnsetType | None = UNSET
    business_phones: tuple[str, ...] | UnsetType = UNSET
    usage_location: str | UnsetType | None = UNSET
    on_premises_immutable_id: str | UnsetType | None = UNSET
    password_profile: PasswordProfile | UnsetType = UNSET


class GroupBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a client may say of a group."""

    display_name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    mail_enabled: bool | UnsetType = UNSET
    mail_nickname: str | UnsetType = UNSET
    security_enabled: bool | UnsetType = UNSET
    group_types: tuple[str, ...] | UnsetType = UNSET
    membership_rule: str | UnsetType | None = UNSET
    membership_rule_processing_state: str | UnsetType | None = UNSET
    visibility: str | UnsetType | None = UNSET
    members: tuple[str, ...] | UnsetType = msgspec.field(default=UNSET, name="members@odata.bind")


class UnitBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a client may say of an administrative unit."""

    display_name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    visibility: str | UnsetType | None = UNSET


class LicencesBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Licences to give and to take; both lists must be there (fact E5)."""

    add_licenses: tuple[AssignedLicence, ...]
    remove_licenses: tuple[str, ...]


class ReferenceBody(msgspec.Struct, forbid_unknown_fields=True):
    """A reference to an object by its address."""

    address: str = msgspec.field(name="@odata.id")


class MailBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A message, of which recipients, subject and Message-ID are read."""

    message: dict[str, Any]
    save_to_sent_items: bool = True


class ScheduleBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Whose calendars are asked for, by address, and in which stretch; a slot has so many minutes."""

    schedules: list[str]
    start_time: dict[str, Any]
    end_time: dict[str, Any]
    availability_view_interval: int = 30


def given(body: msgspec.Struct, *left_out: str) -> dict[str, Any]:
    """What a body says, by field."""
    found = ((name, getattr(body, name)) for name in body.__struct_fields__ if name not in left_out)
    return {name: value for name, value in found if value is not UNSET}


def require(values: Mapping[str, Any], kind: type[DirectoryObject], names: Iterable[str]) -> None:
    """Raise `Invalid` for the first of *names* that the *values* of a new object of *kind* lack."""
    for name in names:
        if name not in values:
            said = _camel(name)
            raise Invalid(f"A value is required for property '{said}' of resource '{kind.__name__}'.")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
