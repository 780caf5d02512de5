"""The directory's objects as values, with the names that Graph gives their properties.

Every value is frozen: a write makes a new one, so that a replica which lags can go on showing the old one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

EXCHANGE_FIELDS = "exchange"
"""The one field of a user that Graph never shows: what only Exchange Online reads (fact D26)."""


class ExchangeAttributes(msgspec.Struct, frozen=True):
    """What the synchronisation carries for Exchange Online alone (fact D26).

    *recipient_type_details* and *remote_recipient_type* are Exchange's numbers; *target_address* is where mail goes
    (the source until the move, the tenant's routing domain after it).
    """

    mailbox_guid: str | None = None
    archive_guid: str | None = None
    legacy_exchange_dn: str | None = None
    recipient_type_details: int = 1
    recipient_display_type: int = 1073741824
    remote_recipient_type: int | None = None
    target_address: str | None = None
    hidden: bool = False


class AssignedLicence(msgspec.Struct, frozen=True, rename="camel"):
    """One licence without some of its plans; both are GUIDs."""

    sku_id: str
    disabled_plans: tuple[str, ...] = ()


class LicenceState(msgspec.Struct, frozen=True, rename="camel"):
    """What became of one assignment (fact E6); *assigned_by_group* is None for a direct one."""

    sku_id: str
    disabled_plans: tuple[str, ...]
    assigned_by_group: str | None
    state: str
    error: str
    last_updated_date_time: datetime


class DirectoryObject(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What every object has."""

    id: str
    display_name: str
    created_date_time: datetime
    deleted_date_time: datetime | None = None


class User(DirectoryObject, frozen=True, rename="camel", kw_only=True):
    """A person, a team or a service account."""

    user_principal_name: str
    mail_nickname: str
    account_enabled: bool = True
    user_type: str = "Member"
    given_name: str | None = None
    surname: str | None = None
    mail: str | None = None
    proxy_addresses: tuple[str, ...] = ()
    department: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    mobile_phone: str | None = None
    office_location: str | None = None
    preferred_language: str | None = None
    business_phones: tuple[str, ...] = ()
    usage_location: str | None = None
    extension_attribute1: str | None = None
    on_premises_sync_enabled: bool | None = None
    on_premises_immutable_id: str | None = None
    on_premises_last_sync_date_time: datetime | None = None
    on_premises_domain_name: str | None = None
    on_premises_distinguished_name: str | None = None
    on_premises_sam_account_name: str | None = None
    on_premises_user_principal_name: str | None = None
    assigned_licenses: tuple[AssignedLicence, ...] = ()
    license_assignment_states: tuple[LicenceState, ...] = ()
    exchange: ExchangeAttributes = ExchangeAttributes()

    @property
    def on_premises_extension_attributes(self) -> dict[str, str | None]:
        """The 15 attributes on loan to administrators; the first holds the ODS code."""
        given = {"extensionAttribute1": self.extension_attribute1}
        return {name: given.get(name) for name in _EXTENSIONS}


_EXTENSIONS = tuple(f"extensionAttribute{n}" for n in range(1, 16))


class Group(DirectoryObject, frozen=True, rename="camel", kw_only=True):
    """A group; with a *membership_rule* its members follow that (fact C20)."""

    mail_nickname: str
    description: str | None = None
    mail: str | None = None
    mail_enabled: bool = False
    security_enabled: bool = True
    group_types: tuple[str, ...] = ()
    membership_rule: str | None = None
    membership_rule_processing_state: str | None = None
    visibility: str | None = None
    proxy_addresses: tuple[str, ...] = ()
    on_premises_sync_enabled: bool | None = None
    assigned_licenses: tuple[AssignedLicence, ...] = ()

    @property
    def dynamic(self) -> bool:
        """Whether its members follow a rule."""
        return "DynamicMembership" in self.group_types


class AdministrativeUnit(DirectoryObject, frozen=True, rename="camel", kw_only=True):
    """A part of the tenant that somebody administers."""

    description: str | None = None
    visibility: str | None = None


class Domain(msgspec.Struct, frozen=True, rename="camel"):
    """A domain of the tenant; its id is its name (fact E8)."""

    id: str
    is_default: bool = False
    is_initial: bool = False
    is_verified: bool = True
    authentication_type: str = "Managed"
    supported_services: tuple[str, ...] = ("Email",)
    is_admin_managed: bool = True
    is_root: bool = True


class ServicePlan(msgspec.Struct, frozen=True, rename="camel"):
    """A part of a licence."""

    service_plan_id: str
    service_plan_name: str
    provisioning_status: str = "Success"
    applies_to: str = "User"


class Sku(msgspec.Struct, frozen=True, rename="camel"):
    """A licence that the tenant has bought: *enabled*, *suspended* and *warning* are prepaid units (fact E7)."""

    sku_id: str
    sku_part_number: str
    service_plans: tuple[ServicePlan, ...]
    enabled: int
    suspended: int = 0
    warning: int = 0
    capability_status: str = "Enabled"
    applies_to: str = "User"


EXCHANGE_PLANS = ("EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS")
"""Plans of which a user can have only one, as Microsoft's licensing reference names them."""


def exchange_plans(sku: Sku, disabled: tuple[str, ...]) -> Iterator[str]:
    """The names of the plans of *sku* that give a mailbox and are not among the *disabled* ids."""
    for plan in sku.service_plans:
        if plan.service_plan_name in EXCHANGE_PLANS and plan.service_plan_id not in disabled:
            yield plan.service_plan_name


OFFICE_E3 = Sku(
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "ENTERPRISEPACK",
    (
        ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
        ServicePlan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1"),
        ServicePlan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE"),
    ),
    enabled=0,
)
EXCHANGE_PLAN_1 = Sku(
    "4b9405b0-7788-4568-add1-99614e613b69",
    "EXCHANGESTANDARD",
    (ServicePlan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD"),),
    enabled=0,
)
"""The ids are Microsoft's own, from its published list of product names and service plan identifiers."""
