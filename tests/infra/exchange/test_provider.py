"""Pulumi's hooks, called as the engine calls them."""

from typing import Any

import pytest

from exchange_admin import Result, Unauthorised
from infra.exchange.provider import Exchange, NotOpened, WrongTenant
from infra.servicer import UNKNOWN, CheckFailure, Live, ProviderError, Subject
from tests.infra.exchange.tenant import Tenant

TENANT = "9b424469-06f1-47ec-8522-46de505d3489"
OTHER = "11111111-2222-4333-8444-555555555555"
DOMAIN = Subject(
    "exchange:index:AcceptedDomain", "mail", "urn:pulumi:s::p::exchange:index:AcceptedDomain::mail"
)
CONNECTOR = Subject(
    "exchange:index:OutboundConnector", "out", "urn:pulumi:s::p::exchange:index:OutboundConnector::out"
)
ENDPOINT = Subject(
    "exchange:index:MigrationEndpoint", "in", "urn:pulumi:s::p::exchange:index:MigrationEndpoint::in"
)
TO_LEEDS: dict[str, Any] = {"name": "To Leeds", "connectorType": "OnPremises"}


def configured(exchange: Tenant) -> Exchange:
    """A provider for that tenant."""
    provider = Exchange(lambda: (TENANT, exchange))
    provider.configure({"tenantId": TENANT.upper()})
    return provider


@pytest.fixture
def exchange() -> Tenant:
    """A tenant with one accepted domain."""
    return Tenant(
        AcceptedDomain=[{"Identity": "a.example", "Guid": "g", "DomainType": "Authoritative"}],
        OutboundConnector=[],
        MigrationEndpoint=[],
        OrganizationConfig=[{"Identity": "a", "ExternalDirectoryOrganizationId": TENANT}],
    )


def test_another_tenant_is_refused(exchange: Tenant) -> None:
    """It should refuse to start when stack and endpoints are of different tenants."""
    with pytest.raises(WrongTenant) as caught:
        Exchange(lambda: (TENANT, exchange)).configure({"tenantId": OTHER})
    assert (TENANT, "the endpoints file") == (caught.value.found, caught.value.where)
    assert "mailwave:tenant_id" in str(caught.value)


@pytest.mark.parametrize("answer", [OTHER, None])
def test_a_credential_that_opens_another_tenant_is_refused(answer: str | None, exchange: Tenant) -> None:
    """It should believe no endpoints file, and ask the tenant that answers who it is."""
    exchange.objects["OrganizationConfig"]["a"]["ExternalDirectoryOrganizationId"] = answer
    with pytest.raises(WrongTenant) as caught:
        configured(exchange)
    assert (answer or "") == caught.value.found


def test_a_credential_that_the_tenant_refuses_is_named(
    exchange: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should say which key and which file contradict one another, with what the sign-in said."""

    def refuse(cmdlet: str, *_: object) -> Result:
        raise Unauthorised(cmdlet=cmdlet, status=400, text="AADSTS90002: Tenant not found.")

    monkeypatch.setattr(exchange, "invoke", refuse)
    with pytest.raises(NotOpened, match=r"mailwave:tenant_id is .*AADSTS90002.*MAILWAVE_ENDPOINTS") as caught:
        configured(exchange)
    assert TENANT.upper() == caught.value.asked


def test_a_tenant_that_does_not_answer_is_not_planned_on(exchange: Tenant) -> None:
    """It should not start where nobody can be asked whose tenant it is."""
    exchange.outage = True
    with pytest.raises(ProviderError, match="timed out"):
        configured(exchange)


@pytest.mark.parametrize("config", [{}, {"tenantId": ""}, {"tenantId": TENANT, "endpoint": "https://x"}])
def test_the_configuration_is_the_tenant_and_nothing_else(config: dict[str, str], exchange: Tenant) -> None:
    """It should want a tenant, and refuse a setting that could point elsewhere."""
    with pytest.raises(CheckFailure):
        Exchange(lambda: (TENANT, exchange)).check_config(config)


def test_no_tenant_is_no_tenant_of_choice(exchange: Tenant) -> None:
    """It should refuse resources without a tenant, whichever way the engine gets there."""
    provider = Exchange(lambda: (TENANT, exchange))
    with pytest.raises(ProviderError):
        provider.configure({})
    with pytest.raises(ProviderError):
        provider.read(DOMAIN, "a.example", {}, {})


@pytest.mark.parametrize(
    ("subject", "inputs", "wrong"),
    [
        (DOMAIN, {}, "domainName"),
        (DOMAIN, {"domainName": "a.example", "domainType": "Odd"}, "domainType"),
        (DOMAIN, {"domainName": "a.example", "colour": "red"}, "colour"),
        (CONNECTOR, {"name": "x"}, "connectorType"),
        (ENDPOINT, {"name": "x", "migrations": {"minimum": 2, "maximum": 1}}, "migrations"),
        (
            ENDPOINT,
            {
                "name": "x",
                "migrations": {"minimum": 2, "maximum": 9},
                "incrementalSyncs": {"minimum": 3, "maximum": 9},
            },
            "incrementalSyncs",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(
    subject: Subject, inputs: dict[str, Any], wrong: str, exchange: Tenant
) -> None:
    """It should name the property that cannot be right, before anything is asked of Exchange."""
    with pytest.raises(CheckFailure) as caught:
        configured(exchange).check(subject, {}, inputs, b"")
    assert [wrong] == [name for name, _ in caught.value.failures]


def test_what_is_not_known_yet_is_not_judged(exchange: Tenant) -> None:
    """It should let pass what a preview does not know yet."""
    inputs = {"domainName": UNKNOWN, "domainType": UNKNOWN, "matchSubDomains": None}
    expected = {"domainName": UNKNOWN, "domainType": UNKNOWN}
    assert expected == configured(exchange).check(DOMAIN, {}, inputs, b"")


def test_a_preview_touches_nothing(exchange: Tenant) -> None:
    """It should send nothing in a preview, not even a read."""
    provider = configured(exchange)
    exchange.outage = True
    assert ("To Leeds", TO_LEEDS) == provider.create(CONNECTOR, TO_LEEDS, preview=True)
    updated = provider.update(CONNECTOR, "To Leeds", TO_LEEDS, TO_LEEDS, {"guid": "g"}, preview=True)
    assert TO_LEEDS | {"guid": "g"} == updated


def test_the_life_of_a_connector(exchange: Tenant) -> None:
    """It should make, read, change, import and remove a connector."""
    provider = configured(exchange)
    object_id, state = provider.create(CONNECTOR, TO_LEEDS, preview=False)
    assert ("To Leeds", TO_LEEDS | {"guid": "guid-of-To Leeds"}) == (object_id, state)
    assert Live(TO_LEEDS, state, "To Leeds") == provider.read(CONNECTOR, object_id, TO_LEEDS, state)
    changed = TO_LEEDS | {"comment": "hello"}
    provider.update(CONNECTOR, object_id, TO_LEEDS, changed, state, preview=False)
    imported = provider.read(CONNECTOR, object_id, {}, {})
    assert imported is not None
    assert changed.items() <= imported.inputs.items()
    provider.delete(CONNECTOR, object_id, changed, state)
    assert provider.read(CONNECTOR, object_id, changed, state) is None


def test_a_failed_read_is_an_error_and_never_gone(exchange: Tenant) -> None:
    """It should raise on a read that failed, so that the engine neither deletes nor creates."""
    provider = configured(exchange)
    exchange.outage = True
    with pytest.raises(ProviderError, match="no usable answer"):
        provider.read(DOMAIN, "a.example", {"domainName": "a.example"}, {})
    with pytest.raises(ProviderError):
        provider.create(CONNECTOR, TO_LEEDS, preview=False)
    assert [] == exchange.sent


def test_another_name_is_another_object(exchange: Tenant) -> None:
    """It should replace on a new name and update on anything else."""
    provider = configured(exchange)
    renamed = provider.diff(CONNECTOR, "To Leeds", TO_LEEDS, TO_LEEDS | {"name": "x"}, {})
    commented = provider.diff(CONNECTOR, "To Leeds", TO_LEEDS, TO_LEEDS | {"comment": "x"}, {})
    assert [("name", True)] == [(change.path, change.replace) for change in renamed.changes]
    assert [("comment", False)] == [(change.path, change.replace) for change in commented.changes]


def test_the_order_of_names_is_no_difference(exchange: Tenant) -> None:
    """It should see no change in a list of the same names in another order."""
    old, new = ({"name": "x", "smartHosts": hosts} for hosts in (["a", "b"], ["b", "a"]))
    assert [] == list(configured(exchange).diff(CONNECTOR, "x", old, new, {}).changes)


def test_an_unknown_type_is_not_implemented(exchange: Tenant) -> None:
    """It should not know a type that is not in the table."""
    with pytest.raises(NotImplementedError):
        configured(exchange).read(Subject("exchange:index:Nothing", "x", "urn"), "x", {}, {})
