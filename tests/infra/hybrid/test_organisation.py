"""What holds for the whole organisation."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from controls.rules_exchange import ADD_IN_ROLES
from infra.exchange.resources import OutboundConnector
from infra.hybrid.organisation import Organisation, OrganisationArgs
from rehearsal.exchange_online.roles import USER_ROLES
from tests.infra.doubles import Clouds, run


def lay() -> Clouds:
    """Set the organisation up, with a connector."""
    clouds = Clouds().install("hybrid-rehearsal")

    def program() -> pulumi.Inputs:
        connector = OutboundConnector("out", name="out", connector_type="OnPremises")
        return {"urn": Organisation("organisation", OrganisationArgs([connector], "modern")).urn}

    run(program)
    return clouds


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "OrganizationConfig",
            {
                "auditDisabled": False,
                "oAuth2ClientProfileEnabled": True,
                "rejectDirectSend": True,
                "customerLockboxEnabled": True,
                "delayedDelicensingEnabled": True,
                "mailTipsLargeAudienceThreshold": 25,
                "defaultAuthenticationPolicy": "modern",
            },
        ),
        ("TransportConfig", {"smtpClientAuthenticationDisabled": True, "allowLegacyTlsClients": False}),
        ("AdminAuditLogConfig", {"unifiedAuditLogIngestionEnabled": True}),
        (
            "OwaMailboxPolicy",
            {"personalAccountsEnabled": False, "additionalStorageProvidersAvailable": False},
        ),
    ],
)
def test_settings_satisfy_the_controls(kind: str, expected: dict[str, Any]) -> None:
    """It should set what the controls 5, 8 to 10, 13, 14, 16, 17 and 27 ask for."""
    assert expected.items() <= lay().only(f"exchange:index:{kind}").inputs.items()


def test_no_protocol_takes_a_password_alone() -> None:
    """It should allow basic authentication by none of the protocols that have a switch."""
    found = lay().only("exchange:index:AuthenticationPolicy").inputs
    allowed = {name: value for name, value in found.items() if name.startswith("allowBasicAuth")}
    assert (12, {False}) == (len(allowed), set(allowed.values()))


def test_direct_sending_is_refused_once_the_connectors_are_there() -> None:
    """It should refuse direct sending after the connectors that mail then needs (control 10)."""
    (request,) = [each for each in lay().monitor.registered if each.name == "settings"]
    assert {"out", "sign-in"} == {urn.rsplit("::", 1)[-1] for urn in request.dependencies}


def test_people_install_no_add_ins() -> None:
    """It should give people the roles of Microsoft's default but for the three of add-ins (control 12)."""
    found = lay().only("exchange:index:RoleAssignmentPolicy").inputs
    assert ("Default Role Assignment Policy", set()) == (found["name"], set(found["roles"]) & ADD_IN_ROLES)
    assert {*USER_ROLES} == {*found["roles"], *ADD_IN_ROLES}
