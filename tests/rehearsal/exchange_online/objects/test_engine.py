"""The engine of configuration objects: what every kind has in common."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.exchange_online.objects.kind import kinds
from tests.rehearsal.exchange_online.driver import Driver

TABLE = "#Exchange.GenericHashTable"
RELATION = "OrganizationRelationship"
RELATIONSHIP: dict[str, Any] = {"Name": "Partner", "DomainNames": ["a.example", "b.example"]}


@pytest.fixture
def tenant() -> Driver:
    """A tenant on which the wizard was run."""
    return Driver()


def only(tenant: Driver, noun: str, identity: object) -> dict[str, Any]:
    """Return the one object of this identity."""
    (row,) = tenant.rows(f"Get-{noun}", Identity=identity)
    return row


def test_an_object_lives_and_dies(tenant: Driver) -> None:
    """It should be made, changed, renamed and removed, and keep its GUID all the while."""
    made = tenant.rows("New-OrganizationRelationship", **RELATIONSHIP)[0]
    tenant.advance(hours=1)
    tenant.rows("Set-OrganizationRelationship", Identity="partner", Name="Friend", PhotosEnabled=True)
    row = only(tenant, "OrganizationRelationship", "Friend")
    tenant.rows("Remove-OrganizationRelationship", Identity=made["Guid"], Confirm=False)

    assert (made["Guid"], True, True) == (row["Guid"], row["PhotosEnabled"], row["Enabled"])
    assert made["WhenCreated"] == row["WhenCreated"] < row["WhenChanged"]
    assert (
        "ManagementObjectNotFoundException"
        == tenant.refusal("Get-OrganizationRelationship", Identity="Friend")[1]
    )


def test_a_removal_asks_first(tenant: Driver) -> None:
    """It should only ask while Confirm is not false (fact A16)."""
    answer = tenant.answer("Remove-InboundConnector", Identity=only_name(tenant, "InboundConnector"))

    assert answer["@adminapi.confirmationmessage"]
    assert 1 == len(tenant.rows("Get-InboundConnector"))


def only_name(tenant: Driver, noun: str) -> str:
    """Return the name of the only object of a kind."""
    (row,) = tenant.rows(f"Get-{noun}")
    return str(row["Name"])


def test_an_identity_is_a_name_a_guid_or_a_distinguished_name(tenant: Driver) -> None:
    """It should find the same object by each, in any case of letters."""
    row = tenant.rows("New-OrganizationRelationship", **RELATIONSHIP)[0]
    names = ("PARTNER", row["Guid"].upper(), f"{{{row['Guid']}}}", row["DistinguishedName"].lower())

    assert [row["Guid"]] * 4 == [only(tenant, "OrganizationRelationship", name)["Guid"] for name in names]


def test_reads_and_writes_miss_differently(tenant: Driver) -> None:
    """It should say 404 on a read and 400 on a write (fact A22)."""
    read = tenant.refusal("Get-RemoteDomain", Identity="nobody")
    write = tenant.refusal("Set-RemoteDomain", Identity="nobody", AutoForwardEnabled=False)

    assert (404, 400) == (read[0], write[0])
    assert read[1] == write[1] == "ManagementObjectNotFoundException"


def test_a_list_is_edited_as_the_channel_carries_it(tenant: Driver) -> None:
    """It should add and remove in any case of letters, take a whole list, and become empty by null (fact A18)."""
    tenant.rows("New-OrganizationRelationship", **RELATIONSHIP)
    seen = []
    for change in (
        {"@odata.type": TABLE, "Add": ["c.example", "B.example"], "Remove": ["A.example"]},
        ["d.example", "D.example"],
        None,
    ):
        tenant.rows("Set-OrganizationRelationship", Identity="Partner", DomainNames=change)
        seen.append(only(tenant, "OrganizationRelationship", "Partner")["DomainNames"])

    assert [["b.example", "c.example"], ["d.example"], []] == seen


def test_a_plain_list_takes_no_edit(tenant: Driver) -> None:
    """It should refuse additions to what is no multi-valued property."""
    change = {"@odata.type": TABLE, "Add": ["a.example"]}

    status, _, text = tenant.refusal("New-TransportRule", Name="x", DeleteMessage=True, SenderDomainIs=change)

    assert (400, True) == (status, "SenderDomainIs" in text)


def test_values_are_shown_as_exchange_writes_them(tenant: Driver) -> None:
    """It should show spans with their days, sizes with their bytes, and settings of one parameter set together."""
    tenant.rows("Set-TransportConfig", MessageExpiration="2.1:30", MaxRecipientEnvelopeLimit="500")
    tenant.rows(
        "Set-OrganizationConfig", RejectDirectSend=True, ActivityBasedAuthenticationTimeoutInterval="8:00"
    )
    tenant.rows("New-TransportRule", Name="large", DeleteMessage=True, MessageSizeOver="25MB")

    transport, organisation = tenant.rows("Get-TransportConfig")[0], tenant.rows("Get-OrganizationConfig")[0]
    assert ("2.01:30:00", 500) == (transport["MessageExpiration"], transport["MaxRecipientEnvelopeLimit"])
    assert organisation["RejectDirectSend"]
    assert "08:00:00" == organisation["ActivityBasedAuthenticationTimeoutInterval"]
    assert "25 MB (26,214,400 bytes)" == only(tenant, "TransportRule", "large")["MessageSizeOver"]


def test_a_second_object_of_a_name_is_refused(tenant: Driver) -> None:
    """It should refuse to make one, and to rename another to it."""
    for name in ("One", "Two"):
        tenant.rows("New-HostedContentFilterPolicy", Name=name)
        tenant.rows("New-OrganizationRelationship", Name=name, DomainNames=[f"{name}.example"])

    made = tenant.refusal("New-HostedContentFilterPolicy", Name="one")
    renamed = tenant.refusal("Set-OrganizationRelationship", Identity="Two", Name="ONE")

    assert "ADObjectAlreadyExistsException" == made[1] == renamed[1]


def test_nothing_changed_is_said(tenant: Driver) -> None:
    """It should warn where every value is what it was, and leave the time of the last change."""
    before = only(tenant, "RemoteDomain", "Default")
    tenant.advance(hours=1)

    answer = tenant.answer("Set-RemoteDomain", Identity="Default", AutoForwardEnabled=True)

    assert "no settings of 'Default' have been modified" in answer["@adminapi.warnings"][0]
    assert before == only(tenant, "RemoteDomain", "Default")


@pytest.mark.parametrize(
    ("cmdlet", "given"),
    [
        ("Set-TransportConfig", {"SmtpClientAuthenticationDisabled": "yes"}),
        ("Set-TransportConfig", {"MaxReceiveSize": "1MB"}),
        ("Set-TransportConfig", {"MessageExpiration": "1.24:00:00"}),
        ("Set-TransportConfig", {"MessageExpiration": "1."}),
        ("Set-TransportConfig", {"MessageExpiration": ""}),
        ("Set-RemoteDomain", {"Identity": "Default", "AllowedOOFType": "Sometimes"}),
        ("New-RemoteDomain", {"Name": "x", "DomainName": "not a domain"}),
        ("New-RemoteDomain", {"Name": "x"}),
        (
            "New-IntraOrganizationConnector",
            {"Name": "x", "TargetAddressDomains": ["a.example"], "DiscoveryEndpoint": "a"},
        ),
        ("Set-HostedConnectionFilterPolicy", {"Identity": "Default", "IPAllowList": ["10.0.0.0/8"]}),
        ("Set-HostedConnectionFilterPolicy", {"Identity": "Default", "IPAllowList": ["2001:db8::1"]}),
        ("Set-HostedOutboundSpamFilterPolicy", {"Identity": "Default", "RecipientLimitPerDay": 10001}),
        ("Set-SharingPolicy", {"Identity": "Default Sharing Policy", "Domains": ["*:Everything"]}),
        ("New-AntiPhishPolicy", {"Name": "x", "TargetedUsersToProtect": ["the chief executive"]}),
        ("Set-OrganizationConfig", {"DelayedDelicensingEnabled": True, "RejectDirectSend": True}),
        ("New-AntiPhishPolicy", {"Name": "x", "TargetedUserProtectionAction": ["Quarantine", "MoveToJmf"]}),
        ("Set-SharingPolicy", {"Identity": "Default Sharing Policy", "Name": "Ours"}),
        ("New-AuthenticationPolicy", {"Name": "n" * 65}),
        ("New-TransportRule", {"Name": "x", "DeleteMessage": True, "Comments": "c" * 1025}),
        ("Set-ExternalInOutlook", {"AllowList": [f"{n}.example" for n in range(201)]}),
        ("New-OrganizationRelationship", {"Name": "x", "DomainNames": [f"{n}.example" for n in range(239)]}),
        ("Set-IntraOrganizationConnector", {"Identity": "ExchangeHybridOnlineToOnPremises", "Name": "x"}),
    ],
)
def test_what_a_parameter_does_not_take_is_refused(
    tenant: Driver, cmdlet: str, given: dict[str, Any]
) -> None:
    """It should refuse another type, value, form or number, a parameter of another place, and sets that do not join."""
    assert 400 == tenant.post(cmdlet, given).status


def test_what_is_not_modelled_is_no_refusal(tenant: Driver) -> None:
    """It should say in its own name that it does not model a parameter."""
    reply = tenant.post("Set-OrganizationConfig", {"BookingsPaymentsEnabled": True})

    assert 501 == reply.status


@pytest.mark.parametrize("noun", sorted(kinds()))
def test_every_kind_can_be_read(tenant: Driver, noun: str) -> None:
    """It should answer Get- of every kind, with the objects of a new tenant and those of the wizard."""
    rows = tenant.rows(f"Get-{noun}")

    assert len(kinds()[noun].born) <= len(rows)
    assert all(row["Guid"] and row["IsValid"] for row in rows)


def test_a_default_moves_to_another(tenant: Driver) -> None:
    """It should make one policy the default at the cost of the other, which can be removed then."""
    tenant.rows(
        "New-SharingPolicy", Name="Ours", Domains=["a.example:CalendarSharingFreeBusySimple"], Default=True
    )
    flags = {row["Name"]: row["Default"] for row in tenant.rows("Get-SharingPolicy")}
    tenant.rows("Remove-SharingPolicy", Identity="Default Sharing Policy", Confirm=False)

    assert {"Default Sharing Policy": False, "Ours": True} == flags
    assert (
        "TaskInvalidOperationException"
        == tenant.refusal("Remove-SharingPolicy", Identity="Ours", Confirm=False)[1]
    )


def test_a_list_grows_by_as_many_as_a_call_may_carry(tenant: Driver) -> None:
    """It should take in two calls what one may not carry, and no more than a list may have in any number of calls."""
    tenant.rows("New-OrganizationRelationship", Name="x", DomainNames=[f"{n}.example" for n in range(238)])
    more = {"@odata.type": TABLE, "Add": [f"{n}.b.example" for n in range(100)]}
    tenant.rows("Set-OrganizationRelationship", Identity="x", DomainNames=more)
    for _ in range(2):
        tenant.rows("Set-ExternalInOutlook", AllowList=more)

    beyond = {"@odata.type": TABLE, "Add": [f"{n}.c.example" for n in range(101)]}
    assert 338 == len(only(tenant, "OrganizationRelationship", "x")["DomainNames"])
    assert "DataValidationException" == tenant.refusal("Set-ExternalInOutlook", AllowList=beyond)[1]


def test_a_default_is_not_given_up(tenant: Driver) -> None:
    """It should leave the default where it is when only the switch is off."""
    tenant.rows(
        "Set-OwaMailboxPolicy", Identity="OwaMailboxPolicy-Default", IsDefault=False, NotesEnabled=False
    )

    row = only(tenant, "OwaMailboxPolicy", "OwaMailboxPolicy-Default")
    assert (True, False) == (row["IsDefault"], row["NotesEnabled"])


@pytest.mark.parametrize("nothing", ["", None])
def test_an_address_is_cleared(tenant: Driver, nothing: str | None) -> None:
    """It should be what it was in a new tenant, by an empty text or by null."""
    for address in ("soc@nhsmail.example", nothing):
        tenant.rows("Set-MalwareFilterPolicy", Identity="Default", InternalSenderAdminAddress=address)
        tenant.rows(
            "Set-OrganizationRelationship", Identity=only_name(tenant, RELATION), OrganizationContact=address
        )

    assert only(tenant, "MalwareFilterPolicy", "Default")["InternalSenderAdminAddress"] is None
    assert "" == tenant.rows("Get-OrganizationRelationship")[0]["OrganizationContact"]


def test_drift_is_made_by_any_other_client(tenant: Driver) -> None:
    """It should show the change of a client that knows nothing of the stacks."""
    tenant.rows("Set-HostedOutboundSpamFilterPolicy", Identity="Default", AutoForwardingMode="On")

    assert "On" == only(tenant, "HostedOutboundSpamFilterPolicy", "Default")["AutoForwardingMode"]
