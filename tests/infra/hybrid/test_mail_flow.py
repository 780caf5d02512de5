"""Mail flow while the estate is on both sides."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from infra.hybrid.mail_flow import MailFlow, MailFlowArgs
from tests.infra.doubles import Clouds, run

KEPT = pulumi.ResourceOptions(protect=True, retain_on_delete=True)


def lay(*certificates: str) -> tuple[Clouds, dict[str, Any]]:
    """Both ways, with these certificates."""
    clouds = Clouds().install("hybrid-rehearsal")
    args = MailFlowArgs(
        mail_domain="nhsmail.example",
        domain_type="InternalRelay",
        inbound_name="Inbound from 1",
        next_name="the next",
        certificates=certificates or ("mail.nhsmail.example",),
        outbound_name="Outbound to 1",
        smart_hosts=["edge.nhsmail.example"],
        tls_domain="mail.nhsmail.example",
    )

    def program() -> pulumi.Inputs:
        flow = MailFlow("mail-flow", args, KEPT)
        return {"out": flow.connector_name, "in": flow.inbound_name, "domain": flow.mail_domain}

    return clouds, run(program)


def test_outputs() -> None:
    """It should return the names of both connectors and the domain."""
    assert {"out": "Outbound to 1", "in": "Inbound from 1", "domain": "nhsmail.example"} == lay()[1]


def test_mail_goes_out_by_tls_with_the_right_name() -> None:
    """It should send only the shared domain's mail to the edge, over TLS with a certificate of the edge's name."""
    assert {
        "name": "Outbound to 1",
        "connectorType": "OnPremises",
        "recipientDomains": ["nhsmail.example"],
        "smartHosts": ["edge.nhsmail.example"],
        "useMxRecord": False,
        "tlsSettings": "DomainValidation",
        "tlsDomain": "mail.nhsmail.example",
        "cloudServicesMailEnabled": True,
        "routeAllMessagesViaOnPremises": False,
        "enabled": True,
    } == lay()[0].only("exchange:index:OutboundConnector").inputs


def test_mail_comes_in_by_tls_with_a_known_certificate() -> None:
    """It should believe servers that present the certificate, over TLS, from whatever domain."""
    assert {
        "name": "Inbound from 1",
        "connectorType": "OnPremises",
        "senderDomains": ["*"],
        "requireTls": True,
        "tlsSenderCertificateName": "mail.nhsmail.example",
        "cloudServicesMailEnabled": True,
        "enabled": True,
    } == lay()[0].only("exchange:index:InboundConnector").inputs


def test_domain_relays_once_the_connector_is_there() -> None:
    """It should set the domain's type after the connector that its mail needs."""
    clouds, _ = lay()
    domain = clouds.only("exchange:index:AcceptedDomain")
    assert {"domainName": "nhsmail.example", "domainType": "InternalRelay"} == domain.inputs
    (request,) = [request for request in clouds.monitor.registered if request.name == "mail"]
    assert ["on-premises"] == [urn.rsplit("::", 1)[-1] for urn in request.dependencies]


def test_nothing_is_forwarded_outside() -> None:
    """It should forbid forwarding by itself to every domain (control 1)."""
    expected = {"name": "Default", "domainName": "*", "autoForwardEnabled": False}
    assert expected == lay()[0].only("exchange:index:RemoteDomain").inputs


@pytest.mark.parametrize(
    ("certificates", "expected"),
    [
        (("old",), {"Inbound from 1": "old"}),
        (("old", "new"), {"Inbound from 1": "old", "the next": "new"}),
        (("new",), {"Inbound from 1": "new"}),
    ],
)
def test_the_next_certificate_is_accepted_beside_the_first(
    certificates: tuple[str, ...], expected: dict[str, str]
) -> None:
    """It should have a second connector while two certificates are in use, and the first keeps its name throughout."""
    clouds, _ = lay(*certificates)
    made = clouds.of_type("exchange:index:InboundConnector")
    assert expected == {each.inputs["name"]: each.inputs["tlsSenderCertificateName"] for each in made}


def test_only_the_passing_connector_may_go() -> None:
    """It should protect and retain all but the connector of the next certificate."""
    clouds, _ = lay("old", "new")
    kept = {"from-on-premises", "on-premises", "mail", "everywhere"}
    assert (kept, kept) == (clouds.monitor.names("protect"), clouds.monitor.names("retainOnDelete"))
