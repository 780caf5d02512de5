"""What joins the two halves, read through the real clients at the simulated sites, tenant and directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from mailwave.core.coexistence import THIRD_PARTY_SECTION, Aspect, Coexistence
from tests.mailwave.rehearsed.calendar_damage import certificate
from tests.mailwave.rehearsed.coexistence import at_cloud, at_sites, both_halves, join
from tests.mailwave.rehearsed.services import Services

ROUTING, MAIL = "nhsmail.mail.onmicrosoft.com", "nhsmail.example"
INTRA, RELATIONSHIP = "ExchangeHybridOnPremisesToOnline", "On-premises to O365"
FREE_BUSY = {Aspect.FREE_BUSY_IN, Aspect.FREE_BUSY_OUT}

Break = Callable[[Services], object]


def _sites(cmdlet: str, **parameters: Any) -> Break:
    return lambda services: at_sites(services, cmdlet, **parameters)


def _cloud(noun: str, **parameters: Any) -> Break:
    """Set the one object of *noun* that leads to the sites."""

    def change(services: Services) -> None:
        (row,) = [row for row in at_cloud(services, f"Get-{noun}") if row["Name"] not in (MAIL, ROUTING)]
        at_cloud(services, f"Set-{noun}", Identity=row["Name"], **parameters)

    return change


def _stopped(services: Services) -> None:
    services.sync.scheduled = False
    services.clock.advance_to(services.clock.now + timedelta(hours=9))


BROKEN: Mapping[str, tuple[Break, set[Aspect]]] = {
    "connector off": (
        _sites("Set-IntraOrganizationConnector", Identity=INTRA, Enabled=False),
        {Aspect.FREE_BUSY_OUT},
    ),
    "asks for none": (
        _sites("Set-OrganizationRelationship", Identity=RELATIONSHIP, FreeBusyAccessEnabled=False),
        {Aspect.FREE_BUSY_OUT},
    ),
    "shows none": (
        _sites("Set-OrganizationRelationship", Identity=RELATIONSHIP, FreeBusyAccessLevel="None"),
        {Aspect.FREE_BUSY_IN},
    ),
    "relationship off": (
        _sites("Set-OrganizationRelationship", Identity=RELATIONSHIP, Enabled=False),
        FREE_BUSY,
    ),
    "no address space": (
        _sites("Remove-AvailabilityAddressSpace", Identity=ROUTING, Confirm=False),
        {Aspect.FREE_BUSY_OUT},
    ),
    "cloud's connector off": (_cloud("IntraOrganizationConnector", Enabled=False), {Aspect.FREE_BUSY_IN}),
    "cloud asks for none": (
        _cloud("OrganizationRelationship", FreeBusyAccessEnabled=False),
        {Aspect.FREE_BUSY_IN},
    ),
    "cloud shows none": (
        _cloud("OrganizationRelationship", FreeBusyAccessLevel="None"),
        {Aspect.FREE_BUSY_OUT},
    ),
    "no send connector": (
        _sites("Set-SendConnector", Identity="Outbound to Office 365", Enabled=False),
        {Aspect.ROUTING},
    ),
    "a stranger's mail": (
        _sites("Set-SendConnector", Identity="Outbound to Office 365", CloudServicesMailEnabled=False),
        {Aspect.ROUTING},
    ),
    "domain not accepted": (
        _sites("Remove-AcceptedDomain", Identity=ROUTING, Confirm=False),
        {Aspect.ROUTING},
    ),
    "no way in": (_cloud("InboundConnector", Enabled=False), {Aspect.ROUTING}),
    "no way back": (_cloud("OutboundConnector", Enabled=False), {Aspect.ROUTING}),
    "sync stopped": (_stopped, {Aspect.ADDRESS_LIST}),
    "no partner": (
        _sites("Set-PartnerApplication", Identity="Exchange Online", Enabled=False),
        {Aspect.OAUTH},
    ),
    "certificate expired": (
        certificate(-1),
        {Aspect.OAUTH},
    ),
    "override off": (
        _sites("Remove-SettingOverride", Identity="EnableExchangeHybrid3PAppFeature", Confirm=False),
        {Aspect.APPLICATION},
    ),
}
"""What somebody breaks, and exactly what is then said to be broken."""


def found(services: Services) -> Coexistence:
    return both_halves(services).read()


def test_joined_halves_have_no_fault() -> None:
    """It should find nothing wrong after the wizard, once the dedicated application is in use (facts D12, D21)."""
    services = Services()
    join(services)

    assert Coexistence(services.clock.now, ()) == found(services)


def test_what_the_wizard_leaves_lacks_the_application() -> None:
    """It should say that calls as the shared application are refused since October 2025 (fact D21)."""
    faults = found(Services()).faults

    assert [Aspect.APPLICATION, Aspect.APPLICATION] == [fault.aspect for fault in faults]
    assert THIRD_PARTY_SECTION in faults[1].why


@pytest.mark.parametrize("fault", BROKEN)
def test_each_break_is_told_by_its_aspect(fault: str) -> None:
    """It should name exactly the aspects that somebody broke, and no other."""
    services = Services()
    join(services)
    harm, aspects = BROKEN[fault]
    harm(services)

    assert aspects == {each.aspect for each in found(services).faults}


def test_what_cannot_be_read_is_a_fault() -> None:
    """It should take a half that does not answer for broken, in every aspect that rests on it."""
    services = Services()
    join(services)

    read = both_halves(services, graph=False).read()

    assert [Aspect.ADDRESS_LIST] == [fault.aspect for fault in read.faults]
    assert "could not be read" in read.faults[0].why
