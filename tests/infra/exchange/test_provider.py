"""Pulumi's hooks, called as the engine calls them."""

from typing import Any

import pytest

from exchange_admin import Result, Unauthorised
from infra.exchange.engine import Absent
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


def test_a_preview_sends_no_write(exchange: Tenant) -> None:
    """It should only read in a preview."""
    provider = configured(exchange)
    assert ("To Leeds", TO_LEEDS) == provider.create(CONNECTOR, TO_LEEDS, preview=True)
    provider.create(CONNECTOR, TO_LEEDS, preview=False)
    exchange.sent.clear()
    updated = provider.update(
        CONNECTOR, "To Leeds", TO_LEEDS, TO_LEEDS | {"comment": "x"}, {"guid": "g"}, preview=True
    )
    assert TO_LEEDS | {"comment": "x", "guid": "g"} == updated
    assert [] == exchange.sent


def test_a_preview_does_not_guess(exchange: Tenant) -> None:
    """It should not announce a creation where nobody can say what is there."""
    provider = configured(exchange)
    exchange.outage = True
    with pytest.raises(ProviderError, match="no usable answer"):
        provider.create(CONNECTOR, TO_LEEDS, preview=True)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Authoritative", ["adopts AcceptedDomain 'a.example', which is there, as it is"]),
        ("InternalRelay", ["adopts AcceptedDomain 'a.example', which is there, and sets DomainType"]),
    ],
)
def test_a_preview_says_what_is_adopted(kind: str, expected: list[str], exchange: Tenant) -> None:
    """It should say beside a creation that the object is there, and what would be set."""
    provider = configured(exchange)
    told: list[str] = []
    provider.tell = lambda _, text: told.append(text)
    provider.create(DOMAIN, {"domainName": "a.example", "domainType": kind}, preview=True)
    provider.create(CONNECTOR, TO_LEEDS, preview=True)
    assert expected == told


def test_a_domain_that_the_tenant_lacks_is_refused_in_the_preview(exchange: Tenant) -> None:
    """It should name the domain, say that a person verifies it, and list those that are there."""
    with pytest.raises(Absent, match=r"'b\.example'.*mailwave:mail_domain.*verified.*there are: a\.example"):
        configured(exchange).create(DOMAIN, {"domainName": "b.example"}, preview=True)


def test_an_endpoint_that_nobody_made_is_refused_in_the_preview(exchange: Tenant) -> None:
    """It should say who makes an endpoint, because its credentials cannot travel this way (fact A19)."""
    with pytest.raises(Absent, match=r"32_migration_account.*a person.*PowerShell 7"):
        configured(exchange).create(ENDPOINT, {"name": "leeds"}, preview=True)


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


def test_another_name_is_the_same_object_where_set_takes_it(exchange: Tenant) -> None:
    """It should rename a connector in place, keep its id in the engine, and find it again by its new name."""
    provider = configured(exchange)
    provider.create(CONNECTOR, TO_LEEDS, preview=False)
    renamed = TO_LEEDS | {"name": "To York"}
    difference = provider.diff(CONNECTOR, "To Leeds", TO_LEEDS, renamed, {})
    assert [("name", False)] == [(change.path, change.replace) for change in difference.changes]
    provider.update(CONNECTOR, "To Leeds", TO_LEEDS, renamed, {}, preview=True)
    exchange.sent.clear()
    for _ in range(2):  # the second finds the new name already there, as after a crash
        provider.update(CONNECTOR, "To Leeds", TO_LEEDS, renamed, {}, preview=False)
    assert [("Set-OutboundConnector", {"Identity": "To Leeds", "Name": "To York"})] == exchange.sent
    live = provider.read(CONNECTOR, "To Leeds", renamed, {})
    assert live is not None
    provider.delete(CONNECTOR, "To Leeds", renamed, {})
    assert {} == exchange.objects["OutboundConnector"]


@pytest.mark.parametrize(
    ("noun", "olds", "news", "expected"),
    [
        ("AcceptedDomain", {"domainName": "a"}, {"domainName": "b"}, ["domainName"]),
        ("MigrationEndpoint", {"name": "a"}, {"name": "b"}, ["name"]),
        ("SafeLinksPolicy", {"name": "a"}, {"name": "b"}, ["name"]),
        ("RemoteDomain", {"name": "a"}, {"name": "b"}, []),
        ("RemoteDomain", {"name": "Default"}, {"name": "b"}, ["name"]),
        ("RemoteDomain", {"name": "a", "domainName": "x"}, {"name": "a", "domainName": "y"}, ["domainName"]),
        (
            "OnPremisesOrganization",
            {"organizationGuid": "1"},
            {"organizationGuid": "2"},
            ["organizationGuid"],
        ),
        ("OnPremisesOrganization", {"organizationGuid": "1"}, {}, []),
        ("DkimSigningConfig", {"keySize": 1024}, {"keySize": 2048}, []),
        ("OrganizationConfig", {"auditDisabled": True}, {"auditDisabled": False}, []),
    ],
)
def test_only_what_exchange_cannot_change_replaces(
    noun: str, olds: dict[str, Any], news: dict[str, Any], expected: list[str], exchange: Tenant
) -> None:
    """It should replace an object only where no Set- takes the new value, and never one that must stay."""
    subject = Subject(f"exchange:index:{noun}", "x", "urn")
    difference = configured(exchange).diff(subject, "x", olds, news, {})
    assert expected == [change.path for change in difference.changes if change.replace]


def test_what_is_no_longer_said_is_no_change(exchange: Tenant) -> None:
    """It should see no change where the program stops to own a property, as after an import of them all."""
    everything = TO_LEEDS | {"comment": "x", "smartHosts": ["a"], "enabled": True}
    assert [] == list(configured(exchange).diff(CONNECTOR, "To Leeds", everything, TO_LEEDS, {}).changes)


def test_one_of_the_same_name_goes_before_it_comes_again(exchange: Tenant) -> None:
    """It should remove the old object first where the new one has its name, and only there."""
    provider = configured(exchange)
    subject = Subject("exchange:index:RemoteDomain", "x", "urn")
    old = {"name": "a", "domainName": "x"}
    assert provider.diff(subject, "a", old, {"name": "a", "domainName": "y"}, {}).delete_first
    assert not provider.diff(subject, "a", old, {"name": "b", "domainName": "y"}, {}).delete_first


def test_the_order_of_names_is_no_difference(exchange: Tenant) -> None:
    """It should see no change in a list of the same names in another order."""
    old, new = ({"name": "x", "smartHosts": hosts} for hosts in (["a", "b"], ["b", "a"]))
    assert [] == list(configured(exchange).diff(CONNECTOR, "x", old, new, {}).changes)


@pytest.mark.parametrize(
    ("noun", "name", "old", "new"),
    [
        ("InboundConnector", "senderDomains", ["smtp:*;1"], ["*"]),
        ("OrganizationRelationship", "targetOwaUrl", "https://A.example/owa/", "https://a.example/owa"),
        ("ManagementScope", "recipientRestrictionFilter", '((Alias -eq "a"))', "Alias -eq 'a'"),
        ("SharingPolicy", "domains", ["*: ContactsSharing"], ["*:ContactsSharing"]),
        ("AcceptedDomain", "domainType", "internalrelay", "InternalRelay"),
    ],
)
def test_two_ways_of_writing_the_same_are_no_difference(
    noun: str, name: str, old: Any, new: Any, exchange: Tenant
) -> None:
    """It should see no change where Exchange writes what was said in another way."""
    subject = Subject(f"exchange:index:{noun}", "x", "urn")
    assert [] == list(configured(exchange).diff(subject, "x", {name: old}, {name: new}, {}).changes)


def test_an_unknown_type_is_not_implemented(exchange: Tenant) -> None:
    """It should not know a type that is not in the table."""
    with pytest.raises(NotImplementedError):
        configured(exchange).read(Subject("exchange:index:Nothing", "x", "urn"), "x", {}, {})
