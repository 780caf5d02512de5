"""Groups, contacts, accounts, telephones, and the list of all recipients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.estate import generate
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options


@pytest.fixture(scope="module")
def lab() -> Lab:
    """The full estate, only read."""
    return Lab(Options(), generate(1, "full"))


@pytest.fixture
def fresh() -> Lab:
    """Two sites of one organisation, to be changed."""
    return Lab(Options())


def test_groups_of_groups_are_listed_level_by_level(lab: Lab) -> None:
    """It should give a nested group as one member, whose own members are asked for by themselves."""
    names = {group.alias for group in lab.estate.groups}
    outer = next(each for each in lab.estate.at("leeds").groups if names & set(each.members))
    rows = lab.rows("Get-DistributionGroupMember", Identity=outer.alias)
    assert list(outer.members) == [row["Alias"] for row in rows]
    inner = next(row for row in rows if row["Alias"] in names)
    assert str(inner["RecipientType"]).startswith("MailUniversal")
    assert lab.rows("Get-DistributionGroupMember", Identity=str(inner["Alias"]))


def test_members_come_and_go(fresh: Lab) -> None:
    """It should add a member once, remove it once, and refuse both a second time."""
    who = fresh.estate.at("leeds").mailboxes[0]
    fresh.rows("New-DistributionGroup", Name="Night shift")
    asked = {"Identity": "Night shift", "Member": who.address}
    fresh.rows("Add-DistributionGroupMember", **asked)
    assert "already a member" in fresh.refused("Add-DistributionGroupMember", **asked)
    (row,) = fresh.rows("Get-DistributionGroupMember", Identity="Night shift")
    assert who.address == row["PrimarySmtpAddress"]
    assert "prompts the user" in fresh.refused("Remove-DistributionGroupMember", **asked)
    fresh.rows("Remove-DistributionGroupMember", Confirm=False, **asked)
    assert "isn't a member" in fresh.refused("Remove-DistributionGroupMember", Confirm=False, **asked)


def test_a_new_group_is_one_of_its_kind(fresh: Lab) -> None:
    """It should make a mail or a security group as the call says, with an address of its own."""
    (plain,) = fresh.rows("New-DistributionGroup", Name="Plain")
    (secure,) = fresh.rows("New-DistributionGroup", Name="Secure", Type="Security")
    assert ["Universal", "Universal, SecurityEnabled"] == [plain["GroupType"], secure["GroupType"]]
    assert "Plain@nhsmail.example" == plain["PrimarySmtpAddress"]


def test_every_recipient_is_in_the_list(lab: Lab) -> None:
    """It should list mailboxes of all types, groups and contacts, and find one by any name."""
    rows = lab.rows("Get-Recipient", ResultSize="Unlimited")
    part = lab.estate.at("leeds")
    expected = len(part.mailboxes) + len(part.groups) + len(part.contacts) + len(part.organisations)
    assert expected == len(rows)
    kinds = {"UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox", "MailContact"}
    assert kinds <= {str(row["RecipientTypeDetails"]) for row in rows}
    contact = part.contacts[0]
    (row,) = lab.rows("Get-Recipient", Identity=contact.alias)
    assert contact.external_address == row["PrimarySmtpAddress"]
    assert "couldn't be found" in lab.refused("Get-Recipient", Identity="nobody")


def test_kinds_of_recipients_can_be_chosen(lab: Lab) -> None:
    """It should list the recipients of the kinds named, or that a filter lets through."""
    rows = lab.rows(
        "Get-Recipient", RecipientTypeDetails=["RoomMailbox", "MailContact"], ResultSize="Unlimited"
    )
    assert {"RoomMailbox", "MailContact"} == {row["RecipientTypeDetails"] for row in rows}
    filtered = lab.rows(
        "Get-Recipient", Filter="RecipientTypeDetails -eq 'RoomMailbox'", ResultSize="Unlimited"
    )
    assert {"RoomMailbox"} == {row["RecipientTypeDetails"] for row in filtered}


def test_mailboxes_are_found_by_guid(lab: Lab) -> None:
    """It should find several mailboxes by one filter of ExchangeGuids, and nobody without an error."""
    first, second = lab.estate.at("leeds").mailboxes[5:7]
    text = f"ExchangeGuid -eq '{first.exchange_guid}' -or ExchangeGuid -eq '{second.exchange_guid}'"
    assert [first.alias, second.alias] == [row["Alias"] for row in lab.rows("Get-Mailbox", Filter=text)]
    assert [] == lab.rows("Get-Mailbox", Filter="ExchangeGuid -eq '00000000-0000-0000-0000-000000000001'")
    assert "Not modelled" in lab.refused(
        "Get-Mailbox", Filter="Alias -eq 'a' -and (Name -eq 'b' -or Name -eq 'c')"
    )


def test_archives_are_mailboxes_properties(lab: Lab) -> None:
    """It should show which mailboxes have an archive, and measure it by itself."""
    with_archive = [each for each in lab.estate.at("leeds").mailboxes if each.archive_guid]
    rows = lab.rows("Get-Mailbox", Archive=None, ResultSize="Unlimited")
    assert [each.archive_guid for each in with_archive] == [str(row["ArchiveGuid"]) for row in rows]
    (row,) = lab.rows("Get-MailboxStatistics", Identity=with_archive[0].alias, Archive=None)
    assert (True, with_archive[0].archive_items) == (row["IsArchiveMailbox"], row["ItemCount"])
    without = next(each for each in lab.estate.at("leeds").mailboxes if not each.archive_guid)
    assert "doesn't have an archive" in lab.refused(
        "Get-MailboxStatistics", Identity=without.alias, Archive=None
    )


def test_some_people_have_a_telephone(lab: Lab) -> None:
    """It should know the telephones of some people, and when each was last seen."""
    rows = lab.rows("Get-MobileDevice", ResultSize="Unlimited")
    people = [each for each in lab.estate.at("leeds").mailboxes if each.recipient_type == "UserMailbox"]
    assert 0.25 < len(rows) / len(people) < 0.45
    owner = str(rows[0]["UserDisplayName"])
    (seen,) = lab.rows("Get-MobileDeviceStatistics", Mailbox=owner)
    assert rows[0]["DeviceId"] == seen["DeviceId"]
    assert seen["LastSuccessSync"]


def test_telephones_are_as_many_as_they_are_told() -> None:
    """It should show each telephone of somebody whose are told, by its version, and none where that is told."""
    whole = generate(1, "pair")
    one = replace(whole.mailboxes[0], phones=("16.1", "12.1"))
    other = replace(whole.mailboxes[1], phones=())
    lab = Lab(Options(), replace(whole, mailboxes=(one, other, *whole.mailboxes[2:])))

    rows = lab.rows("Get-MobileDevice", Mailbox=one.alias)

    assert ["16.1", "12.1"] == [row["ClientVersion"] for row in rows]
    assert 2 == len({str(row["Identity"]) for row in rows})
    assert [] == lab.rows("Get-MobileDevice", Mailbox=other.alias)


def test_an_account_is_in_a_role_group(fresh: Lab) -> None:
    """It should put the migration account into a role group and list it there, once."""
    asked = {"Identity": "Recipient Management", "Member": "svc-migration"}
    fresh.rows("Add-RoleGroupMember", **asked)
    (row,) = fresh.rows("Get-RoleGroupMember", Identity="Recipient Management")
    assert ("svc-migration", "User") == (row["Name"], row["RecipientTypeDetails"])
    assert "already a member" in fresh.refused("Add-RoleGroupMember", **asked)
    fresh.rows("Remove-RoleGroupMember", Confirm=False, **asked)
    assert [] == fresh.rows("Get-RoleGroupMember", Identity="Recipient Management")


def test_an_account_has_a_throttling_policy(fresh: Lab) -> None:
    """It should associate a policy that exists with an account, and refuse another."""
    fresh.rows("New-ThrottlingPolicy", Name="Migration", ThrottlingPolicyScope="Regular")
    fresh.rows("Set-ThrottlingPolicyAssociation", Identity="svc-migration", ThrottlingPolicy="Migration")
    rows = fresh.rows("Get-ThrottlingPolicyAssociation", ThrottlingPolicy="migration")
    assert ["svc-migration"] == [row["Name"] for row in rows]
    asked = {"Identity": "svc-migration", "ThrottlingPolicy": "None such"}
    assert "couldn't be found" in fresh.refused("Set-ThrottlingPolicyAssociation", **asked)


def test_addresses_are_changed_with_their_primary(fresh: Lab) -> None:
    """It should keep exactly one primary address, and leave it to the address policy while that is on."""
    box = fresh.estate.at("leeds").mailboxes[0]
    other = f"new.{box.address}"
    off: dict[str, Any] = {"Identity": box.alias, "EmailAddressPolicyEnabled": False}
    assert "address policy" in fresh.refused("Set-Mailbox", Identity=box.alias, PrimarySmtpAddress=other)
    fresh.rows("Set-Mailbox", PrimarySmtpAddress=other, **off)
    (row,) = fresh.rows("Get-Mailbox", Identity=box.exchange_guid)
    assert (other, f"SMTP:{other}", f"smtp:{box.address}") == (
        row["PrimarySmtpAddress"],
        *row["EmailAddresses"][:2],
    )
    assert "exactly one primary" in fresh.refused(
        "Set-Mailbox", Identity=box.exchange_guid, EmailAddresses=["smtp:a@b.c"]
    )


def test_a_remote_mailbox_can_be_stamped(fresh: Lab) -> None:
    """It should take an ExchangeGuid for a remote mailbox (fact B49)."""
    box = fresh.estate.at("leeds").mailboxes[0]
    fresh.sites["leeds"].directory.convert_to_remote(box.exchange_guid)
    zero = "00000000-0000-0000-0000-000000000000"
    fresh.rows("Set-RemoteMailbox", Identity=box.alias, ExchangeGuid=zero, ACLableSyncedObjectEnabled=None)
    (row,) = fresh.rows("Get-RemoteMailbox", Identity=box.alias)
    assert (zero, True) == (str(row["ExchangeGuid"]), row["ACLableSyncedObjectEnabled"])


def test_protocols_are_switched_by_person(fresh: Lab) -> None:
    """It should switch a protocol of one mailbox on and leave the others."""
    box = fresh.estate.at("leeds").mailboxes[0]
    fresh.rows("Set-CASMailbox", Identity=box.alias, PopEnabled=True)
    (row,) = fresh.rows("Get-CASMailbox", Identity=box.alias)
    assert (True, False) == (row["PopEnabled"], row["ImapEnabled"])
