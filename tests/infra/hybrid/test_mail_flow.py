"""Mail flow while the estate is on both sides."""

from __future__ import annotations

import pulumi
import pytest

from infra.hybrid.mail_flow import MailFlow, MailFlowArgs
from tests.infra.doubles import Clouds


def some_mail_flow(*, retain: bool = False) -> MailFlow:
    args = MailFlowArgs(
        mail_domain="nhsmail.example",
        domain_type="InternalRelay",
        connector_name="mailwave to on-premises",
        smart_hosts=["edge.nhsmail.example"],
        tls_domain="mail.nhsmail.example",
        retain=retain,
    )
    return MailFlow("mail-flow", args)


@pulumi.runtime.test
def test_connector_requires_tls_with_the_right_name() -> pulumi.Output[None]:
    """It should send only the shared domain's mail to the edge, over TLS with a certificate of the edge's name."""
    clouds = Clouds().install("hybrid-rehearsal")

    flow = some_mail_flow()

    def check(_: object) -> None:
        inputs = clouds.only("exchange:index:OutboundConnector").inputs
        assert {
            "name": "mailwave to on-premises",
            "connectorType": "OnPremises",
            "recipientDomains": ["nhsmail.example"],
            "smartHosts": ["edge.nhsmail.example"],
            "useMxRecord": False,
            "tlsSettings": "DomainValidation",
            "tlsDomain": "mail.nhsmail.example",
            "cloudServicesMailEnabled": True,
            "routeAllMessagesViaOnPremises": False,
            "enabled": True,
        }.items() <= inputs.items()

    return flow.connector.id.apply(check)


@pulumi.runtime.test
def test_domain_relays_once_the_connector_is_there() -> pulumi.Output[None]:
    """It should set the domain's type after the connector that its mail needs."""
    clouds = Clouds().install("hybrid-rehearsal")

    flow = some_mail_flow()

    def check(_: object) -> None:
        inputs = clouds.only("exchange:index:AcceptedDomain").inputs
        assert {"domainName": "nhsmail.example", "domainType": "InternalRelay"} == inputs
        (request,) = [request for request in clouds.monitor.registered if request.name == "mail"]
        assert ["on-premises"] == [urn.rsplit("::", 1)[-1] for urn in request.dependencies]

    return flow.domain.id.apply(check)


@pytest.mark.parametrize(("retain", "expected"), [(True, {"on-premises", "mail"}), (False, set())])
def test_retains_what_mail_depends_on(*, retain: bool, expected: set[str]) -> None:
    """It should leave connector and domain in the tenant if it is told to."""
    clouds = Clouds().install("hybrid-rehearsal")

    @pulumi.runtime.test
    def declare() -> pulumi.Output[str]:
        return some_mail_flow(retain=retain).mail_domain

    declare()

    assert expected == clouds.monitor.names("retainOnDelete")
