"""The file by which objects that a tenant has are imported."""

from __future__ import annotations

from typing import Any

from infra.adoption import import_file

STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
PROVIDER = "urn:pulumi:s::p::pulumi:providers:exchange::exchange"
FLOW = "urn:pulumi:s::p::mailwave:hybrid:MailFlow::mail-flow"


def step(op: str, urn: str, parent: str, **more: Any) -> dict[str, Any]:
    """A step of a preview, as the engine writes it."""
    token = urn.rsplit("$", maxsplit=1)[-1].split("::")[-2]
    state = {"urn": urn, "type": token, "parent": parent, "custom": False, "inputs": {}, "provider": ""}
    return {"op": op, "newState": state | more}


def ours(noun: str, name: str, inputs: dict[str, Any], op: str = "create") -> dict[str, Any]:
    """The step of one of our resources."""
    urn = f"urn:pulumi:s::p::mailwave:hybrid:MailFlow$exchange:index:{noun}::{name}"
    return step(op, urn, FLOW, custom=True, inputs=inputs, provider=f"{PROVIDER}::an-id")


PREVIEW = {
    "steps": [
        step("create", STACK, ""),
        step("create", PROVIDER, STACK, custom=True, inputs={"tenantId": "t"}),
        step("create", FLOW, STACK),
        step("create", "urn:pulumi:s::p::mailwave:hybrid:Signing::signing", STACK),
        ours("InboundConnector", "premises", {"name": "Inbound from 1"}),
        ours("OutboundConnector", "premises", {"name": "Outbound to 1"}),
        ours("TransportConfig", "transport", {}),
        ours("AcceptedDomain", "mail", {"domainName": "a.example"}, op="same"),
    ]
}
FLOW_ENTRY = {
    "type": "mailwave:hybrid:MailFlow",
    "name": "mail-flow MailFlow",
    "logicalName": "mail-flow",
    "component": True,
}
PROVIDER_ENTRY = {
    "type": "pulumi:providers:exchange",
    "name": "exchange exchange",
    "logicalName": "exchange",
    "inputs": {"tenantId": "t"},
}


def test_what_the_tenant_has_is_imported_into_its_place() -> None:
    """It should name each object that exists by its id, under its component, with names that differ."""
    there = {
        ("exchange:index:InboundConnector", "Inbound from 1"),
        ("exchange:index:TransportConfig", "TransportConfig"),
        ("exchange:index:AcceptedDomain", "a.example"),  # known to the stack already
    }
    where = {"parent": "mail-flow MailFlow", "provider": "exchange exchange"}
    expected = [
        PROVIDER_ENTRY,
        FLOW_ENTRY,
        {
            "type": "exchange:index:InboundConnector",
            "name": "premises InboundConnector",
            "logicalName": "premises",
            "id": "Inbound from 1",
            **where,
        },
        {
            "type": "exchange:index:TransportConfig",
            "name": "transport TransportConfig",
            "logicalName": "transport",
            "id": "TransportConfig",
            **where,
        },
    ]
    found = import_file(PREVIEW, lambda token, name: (token, name) in there)
    assert expected == found["resources"]


def test_a_tenant_without_any_of_it_gets_an_empty_file() -> None:
    """It should import nothing, not even components, where nothing exists."""
    assert {"resources": []} == import_file(PREVIEW, lambda *_: False)
