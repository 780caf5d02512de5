"""Read, compare, set, read back: against a tenant in memory."""

from typing import Any

import pytest

from exchange_admin import Ambiguous, OutcomeUnknown, Unreachable
from infra.exchange import engine
from infra.exchange.objects.administration import ROLE_GROUP
from infra.exchange.objects.mail_flow import ACCEPTED_DOMAIN, OUTBOUND_CONNECTOR, TRANSPORT_RULE
from infra.exchange.objects.migration import MIGRATION_ENDPOINT
from infra.exchange.objects.organisation import ORGANIZATION_CONFIG
from tests.infra.exchange.tenant import Tenant

CONNECTOR: dict[str, Any] = {
    "name": "To Leeds",
    "connectorType": "OnPremises",
    "recipientDomains": ["nhsmail.example"],
    "smartHosts": ["mail.leeds.nhsmail.example"],
    "useMxRecord": False,
}
ENDPOINT: dict[str, Any] = {
    "name": "leeds",
    "remoteServer": "mail.leeds.nhsmail.example",
    "migrations": {"minimum": 10, "maximum": 100},
    "incrementalSyncs": {"minimum": 5, "maximum": 40},
}


def tenant(migrations: Any = 100, increments: Any = 20) -> Tenant:
    """The tenant as the Hybrid Configuration Wizard leaves it."""
    return Tenant(
        AcceptedDomain=[
            {"Identity": "nhsmail.example", "DomainType": "Authoritative", "MatchSubDomains": False}
        ],
        MigrationEndpoint=[
            {
                "Identity": "leeds",
                "RemoteServer": "mail.leeds.nhsmail.example",
                "MaxConcurrentMigrations": migrations,
                "MaxConcurrentIncrementalSyncs": increments,
            }
        ],
        OutboundConnector=[],
    )


def test_an_owned_object_is_made() -> None:
    """It should make what is not there, with just what the program says."""
    exchange = tenant()
    made = engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    assert "guid-of-To Leeds" == made["Guid"]
    assert [
        (
            "New-OutboundConnector",
            {
                "Name": "To Leeds",
                "ConnectorType": "OnPremises",
                "RecipientDomains": ["nhsmail.example"],
                "SmartHosts": ["mail.leeds.nhsmail.example"],
                "UseMXRecord": False,
            },
        )
    ] == exchange.sent


def test_an_object_of_the_same_name_is_adopted() -> None:
    """It should adopt an existing object and set only what differs, so that a second create is harmless."""
    exchange = tenant()
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    exchange.sent.clear()
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    assert [] == exchange.sent
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR | {"useMxRecord": True})
    assert [("Set-OutboundConnector", {"Identity": "To Leeds", "UseMXRecord": True})] == exchange.sent


def test_a_lost_creation_is_read_back() -> None:
    """It should adopt an object whose creation was lost but took place, and never create twice."""
    exchange = tenant()
    exchange.lose = {"New-OutboundConnector": "after"}
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    assert ["New-OutboundConnector"] == [cmdlet for cmdlet, _ in exchange.sent]


def test_a_lost_creation_that_does_not_show_stays_unknown() -> None:
    """It should not try again in the same run when a lost creation does not show."""
    exchange = tenant()
    exchange.lose = {"New-OutboundConnector": "before"}
    with pytest.raises(OutcomeUnknown):
        engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    assert 1 == len(exchange.sent)


def test_an_adopted_kind_is_never_made() -> None:
    """It should refuse to make what a person or the wizard makes."""
    exchange = tenant()
    with pytest.raises(engine.Absent):
        engine.ensure(exchange, ACCEPTED_DOMAIN, {"domainName": "other.example"})
    with pytest.raises(engine.Absent):
        engine.ensure(exchange, MIGRATION_ENDPOINT, ENDPOINT | {"name": "york"})
    assert [] == exchange.sent


def test_a_change_is_set_and_read_back() -> None:
    """It should set what differs and return the object as it then is."""
    exchange = tenant()
    after = engine.bring(
        exchange, ACCEPTED_DOMAIN, {"domainName": "nhsmail.example", "domainType": "InternalRelay"}
    )
    assert "InternalRelay" == after["DomainType"]


def test_a_change_that_does_not_take_is_an_error() -> None:
    """It should not believe a success that a read back does not show."""
    exchange = tenant()
    exchange.deaf = {"Set-AcceptedDomain"}
    with pytest.raises(engine.NotTaken) as caught:
        engine.bring(
            exchange, ACCEPTED_DOMAIN, {"domainName": "nhsmail.example", "domainType": "InternalRelay"}
        )
    assert ["DomainType"] == caught.value.parameters


@pytest.mark.parametrize("when", ["after", "before"])
def test_a_lost_change_is_judged_by_what_is_there(when: str) -> None:
    """It should be content with a lost change that took, and report one that did not as unknown."""
    exchange = tenant()
    exchange.lose = {"Set-AcceptedDomain": when}
    inputs = {"domainName": "nhsmail.example", "domainType": "InternalRelay"}
    if when == "after":
        assert "InternalRelay" == engine.bring(exchange, ACCEPTED_DOMAIN, inputs)["DomainType"]
    else:
        with pytest.raises(OutcomeUnknown):
            engine.bring(exchange, ACCEPTED_DOMAIN, inputs)


@pytest.mark.parametrize("migrations", [10, 60, 100])
def test_a_live_value_inside_its_bounds_is_left_alone(migrations: int) -> None:
    """It should leave the governor's value alone between the bounds."""
    exchange = tenant(migrations=migrations, increments=8)
    live = engine.bring(exchange, MIGRATION_ENDPOINT, ENDPOINT)
    assert [] == exchange.sent
    assert ENDPOINT == engine.reported(MIGRATION_ENDPOINT, ENDPOINT, live)


@pytest.mark.parametrize(
    ("migrations", "increments", "expected"),
    [
        (300, 20, {"MaxConcurrentMigrations": 100}),
        (3, 2, {"MaxConcurrentMigrations": 10, "MaxConcurrentIncrementalSyncs": 5}),
        (20, 90, {"MaxConcurrentIncrementalSyncs": 20}),
        ("Unlimited", 20, {"MaxConcurrentMigrations": 100}),
    ],
)
def test_a_live_value_outside_is_brought_to_the_nearer_bound(
    migrations: Any, increments: int, expected: dict[str, int]
) -> None:
    """It should set the nearer bound, and keep incremental syncs within migrations (fact B2)."""
    exchange = tenant(migrations, increments)
    engine.bring(exchange, MIGRATION_ENDPOINT, ENDPOINT)
    assert [("Set-MigrationEndpoint", {"Identity": "leeds"} | expected)] == exchange.sent


def test_an_endpoint_that_points_elsewhere_is_refused() -> None:
    """It should refuse an endpoint of another source rather than re-point it."""
    exchange = tenant(migrations=300)
    with pytest.raises(engine.NotOurs):
        engine.bring(exchange, MIGRATION_ENDPOINT, ENDPOINT | {"remoteServer": "mail.york.nhsmail.example"})
    assert [] == exchange.sent


def test_an_adopted_object_is_released_and_an_owned_one_removed() -> None:
    """It should remove only what the stack owns; that it is gone already is no error."""
    exchange = tenant()
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    for _ in range(2):
        engine.release(exchange, OUTBOUND_CONNECTOR, "To Leeds")
    engine.release(exchange, MIGRATION_ENDPOINT, "leeds")
    engine.release(exchange, ACCEPTED_DOMAIN, "nhsmail.example")
    assert {} == exchange.objects["OutboundConnector"]
    assert ["leeds"] == list(exchange.objects["MigrationEndpoint"])


@pytest.mark.parametrize("when", ["after", "before"])
def test_a_lost_removal_is_read_back(when: str) -> None:
    """It should be content with a lost removal that took, and report one that did not as unknown."""
    exchange = tenant()
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    exchange.lose = {"Remove-OutboundConnector": when}
    if when == "after":
        engine.release(exchange, OUTBOUND_CONNECTOR, "To Leeds")
    else:
        with pytest.raises(OutcomeUnknown):
            engine.release(exchange, OUTBOUND_CONNECTOR, "To Leeds")


def test_a_failed_read_is_never_absent() -> None:
    """It should let a failed read fail: no create, no "gone"."""
    exchange = tenant()
    exchange.outage = True
    with pytest.raises(Unreachable):
        engine.find(exchange, MIGRATION_ENDPOINT, "leeds")
    with pytest.raises(Unreachable):
        engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    assert [] == exchange.sent


def test_only_what_the_program_said_is_reported() -> None:
    """It should report the properties that the program set, and all of them on an import."""
    exchange = tenant(migrations=300)
    live = engine.find(exchange, MIGRATION_ENDPOINT, "leeds")
    assert live is not None
    said = {"name": "leeds", "migrations": {"minimum": 10, "maximum": 100}}
    assert {"name": "leeds", "migrations": {"minimum": 10, "maximum": 300}} == engine.reported(
        MIGRATION_ENDPOINT, said, live
    )
    expected = {
        "name": "leeds",
        "remoteServer": "mail.leeds.nhsmail.example",
        "migrations": {"minimum": 300, "maximum": 300},
        "incrementalSyncs": {"minimum": 20, "maximum": 20},
    }
    assert expected == engine.reported(MIGRATION_ENDPOINT, {}, live)


def test_a_name_that_is_taken_is_not_given_again() -> None:
    """It should refuse to call an object as another one is called."""
    exchange = tenant()
    for name in ("To Leeds", "To York"):
        engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR | {"name": name})
    exchange.sent.clear()
    with pytest.raises(engine.BothThere):
        engine.rename(exchange, OUTBOUND_CONNECTOR, "To Leeds", "To York")
    assert [] == exchange.sent


@pytest.mark.parametrize("when", ["after", "before"])
def test_a_lost_renaming_is_read_back(when: str) -> None:
    """It should be content with a lost renaming that took, and report one that did not as unknown."""
    exchange = tenant()
    engine.ensure(exchange, OUTBOUND_CONNECTOR, CONNECTOR)
    exchange.lose = {"Set-OutboundConnector": when}
    if when == "after":
        engine.rename(exchange, OUTBOUND_CONNECTOR, "To Leeds", "To York")
    else:
        with pytest.raises(OutcomeUnknown):
            engine.rename(exchange, OUTBOUND_CONNECTOR, "To Leeds", "To York")


def test_one_of_its_kind_is_the_only_one() -> None:
    """It should take the one object of a tenant by its kind, and refuse to guess among several."""
    rows = [{"Identity": "a", "AuditDisabled": True}]
    exchange = Tenant(OrganizationConfig=rows)
    after = engine.bring(exchange, ORGANIZATION_CONFIG, {"auditDisabled": False})
    assert after["AuditDisabled"] is False
    assert [("Set-OrganizationConfig", {"AuditDisabled": False})] == exchange.sent
    with pytest.raises(Ambiguous):
        engine.find(Tenant(OrganizationConfig=[*rows, {"Identity": "b"}]), ORGANIZATION_CONFIG, "x")
    assert engine.find(Tenant(OrganizationConfig=[]), ORGANIZATION_CONFIG, "x") is None


def test_a_rule_is_switched_by_cmdlets_of_its_own() -> None:
    """It should switch a rule on and off by Enable- and Disable-, and set the rest by Set-."""
    exchange = Tenant(TransportRule=[])
    rule = {"name": "r", "prependSubject": "x", "enabled": True}
    engine.ensure(exchange, TRANSPORT_RULE, rule)
    exchange.sent.clear()
    engine.bring(exchange, TRANSPORT_RULE, rule | {"enabled": False, "prependSubject": "y"})
    assert [
        ("Set-TransportRule", {"Identity": "r", "PrependSubject": "y"}),
        ("Disable-TransportRule", {"Identity": "r"}),
    ] == exchange.sent


def test_members_are_set_whole_and_read_by_any_of_their_names() -> None:
    """It should replace a group's members by one cmdlet, and know a member by whatever the service shows of it."""
    exchange = Tenant(RoleGroup=[])
    group: dict[str, Any] = {"name": "g", "members": ["a"]}
    engine.ensure(exchange, ROLE_GROUP, group)
    exchange.sent.clear()
    engine.bring(exchange, ROLE_GROUP, group | {"members": ["a", "b"]})
    assert [("Update-RoleGroupMember", {"Identity": "g", "Members": ["a", "b"]})] == exchange.sent
