"""The application that mends, as the rehearsal knows it: what the stack hybrid gives it, and nothing beyond."""

from __future__ import annotations

from typing import Any

import pytest

from estate_schema.services import load_services
from exchange_admin import ExchangeError
from exchange_admin.online import ExchangeOnline
from infra.hybrid import duties
from mailwave import rules
from mailwave.core.aftercare.settings import SETTINGS
from mailwave.core.services.table import Sets
from mailwave.wiring.settings import ROOT
from rehearsal import mender
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.mending import as_mender
from tests.mailwave.rehearsed.services import Services, small_estate


@pytest.fixture(scope="module")
def services() -> Services:
    """A tenant in which somebody has moved."""
    made = Services(small_estate(), faults=[])
    made.online.tenant.recipients[0].moved = made.clock.now
    return made


@pytest.fixture(scope="module")
def admin(services: Services) -> ExchangeOnline:
    """Exchange Online as the mender."""
    return as_mender(services, Boundary())


def test_it_stands_as_the_stack_gives_it() -> None:
    """It should have the roles, the cmdlets and the scope of its row in the stack's table."""
    row = duties.DUTIES["mender"]

    assert (row.reads, dict(row.parts), duties.MOVABLE) == (mender.READS, mender.PARTS, mender.MOVABLE)
    assert () == row.writes == row.mailbox


def test_it_has_whatever_cmdlet_a_setting_or_a_service_asks_for() -> None:
    """It should carry each cmdlet of the table of settings, and of the services in the tenant."""
    table = rules.services(load_services(ROOT / "environments" / "services.yaml"))
    steps = [step for each in table if isinstance(each.how, Sets) for step in each.how.changes]
    asked = {each.cmdlet for each in SETTINGS} | {step.cmdlet for step in steps if step.side == "cloud"}

    assert asked <= {cmdlet for some in mender.PARTS.values() for cmdlet in some}


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Set-Mailbox", {"LitigationHoldEnabled": True}),
        ("Set-Mailbox", {"SingleItemRecoveryEnabled": True}),
        ("Set-Mailbox", {"AuditEnabled": True}),
        ("Set-MailboxAuditBypassAssociation", {"AuditBypassEnabled": False}),
        ("Set-CASMailbox", {"OWAEnabled": True}),
    ],
)
def test_it_sets_right_what_a_move_broke(
    admin: ExchangeOnline, services: Services, cmdlet: str, parameters: dict[str, Any]
) -> None:
    """It should reach a mailbox by the part of each role."""
    assert (
        [] == admin.invoke(cmdlet, {"Identity": services.online.tenant.recipients[0].guid, **parameters}).rows
    )


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Set-AdminAuditLogConfig", {"UnifiedAuditLogIngestionEnabled": False}),
        ("Set-MailUser", {"Identity": "x@nhsmail.example", "HiddenFromAddressListsEnabled": True}),
        ("New-MigrationBatch", {"Name": "x"}),
        ("Add-RoleGroupMember", {"Identity": "Organization Management", "Member": mender.MENDER}),
        ("Set-OrganizationConfig", {"AuditDisabled": True}),
    ],
)
def test_it_does_nothing_else(admin: ExchangeOnline, cmdlet: str, parameters: dict[str, Any]) -> None:
    """It should be refused what its roles carry beside their part, and what they do not carry."""
    with pytest.raises(ExchangeError, match="403"):
        admin.invoke(cmdlet, parameters)
