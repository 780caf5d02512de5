"""What a mailbox in the cloud is set to, what of it came along, and where it is changed."""

from __future__ import annotations

from dataclasses import replace

from tests.rehearsal.exchange_online.driver import Driver, moved


def test_a_mailbox_in_the_cloud_begins_with_the_plan_and_the_defaults() -> None:
    """It should be audited, have the quotas of its licence and the tenant's retention policy, and forward nothing."""
    tenant = moved(None)

    (row,) = tenant.rows("Get-Mailbox", Identity=tenant.addresses[0])

    assert (True, "Default MRM Policy", None) == (
        row["AuditEnabled"],
        row["RetentionPolicy"],
        row["ForwardingSmtpAddress"],
    )
    assert "100 GB (107,374,182,400 bytes)" == row["ProhibitSendReceiveQuota"]


def test_what_is_set_is_shown() -> None:
    """It should show what was set, in Exchange's own form, and refuse a retention policy that the tenant lacks."""
    tenant = moved(None)
    address = tenant.addresses[0]
    tenant.rows(
        "Set-Mailbox", Identity=address, LitigationHoldEnabled=True, ProhibitSendReceiveQuota=2 * 1024**3
    )
    tenant.rows("Set-Mailbox", Identity=address, Type="Shared")

    (row,) = tenant.rows("Get-Mailbox", Identity=address)

    assert (True, "2 GB (2,147,483,648 bytes)", "SharedMailbox") == (
        row["LitigationHoldEnabled"],
        row["ProhibitSendReceiveQuota"],
        row["RecipientTypeDetails"],
    )
    assert (
        "ManagementObjectNotFoundException"
        == tenant.refusal("Set-Mailbox", Identity=address, RetentionPolicy="nobody's")[1]
    )


def test_only_premises_change_what_is_synchronised() -> None:
    """It should refuse a change of addresses in the cloud, and show what was changed at home (fact D26)."""
    tenant = moved(None)
    (only,) = tenant.estate.mailboxes

    refused = tenant.refusal("Set-Mailbox", Identity=only.address, EmailAddresses=[f"SMTP:{only.address}"])
    tenant.source.set[only.exchange_guid] = {
        "EmailAddresses": [f"SMTP:{only.address}", "smtp:old@nhsmail.example"]
    }

    assert "being synchronized" in refused[2]
    assert (
        "smtp:old@nhsmail.example" in tenant.rows("Get-Mailbox", Identity=only.address)[0]["EmailAddresses"]
    )


def test_who_sends_on_behalf_is_edited_by_names_that_are_known() -> None:
    """It should add and remove who sends on behalf, and refuse a stranger."""
    tenant = moved(None, None)
    owner, other = tenant.estate.mailboxes
    table = {"@odata.type": "#Exchange.GenericHashTable"}

    tenant.rows("Set-Mailbox", Identity=owner.address, GrantSendOnBehalfTo=table | {"Add": [other.address]})
    given = tenant.rows("Get-Mailbox", Identity=owner.address)[0]["GrantSendOnBehalfTo"]
    tenant.rows(
        "Set-Mailbox", Identity=owner.address, GrantSendOnBehalfTo=table | {"Remove": [other.address]}
    )
    left = tenant.rows("Get-Mailbox", Identity=owner.address)[0]["GrantSendOnBehalfTo"]

    assert (True, False) == (other.alias in given, other.alias in left)
    assert (
        400
        == tenant.refusal(
            "Set-Mailbox", Identity=owner.address, GrantSendOnBehalfTo=table | {"Add": ["nobody"]}
        )[0]
    )


def test_an_archive_that_is_there_is_activated_once() -> None:
    """It should make an archive active whose GUID is there, and refuse a second."""
    tenant = moved(None)
    recipient = tenant.service.tenant.recipients[0]
    recipient.mailbox = replace(recipient.mailbox, archive_guid="a0c1b2d3-0000-4000-8000-000000000001")
    tenant.service.tenant.values.change(recipient.guid, {"ArchiveStatus": "None"})
    address = tenant.addresses[0]
    tenant.rows("Enable-Mailbox", Identity=address, Archive=True)

    (row,) = tenant.rows("Get-Mailbox", Identity=address)

    assert "Active" == row["ArchiveStatus"]
    assert "already has an archive" in tenant.refusal("Enable-Mailbox", Identity=address, Archive=True)[2]


def test_an_archive_is_given_on_premises_and_shows_in_the_cloud() -> None:
    """It should refuse one to whoever is synchronised, and show the one that their site has enabled (fact D26)."""
    tenant = moved(None)
    (only,) = tenant.estate.mailboxes
    guid = "a0c1b2d3-0000-4000-8000-000000000002"

    refused = tenant.refusal("Enable-Mailbox", Identity=only.address, Archive=True)
    tenant.source.set[only.exchange_guid] = {"ArchiveGuid": guid}
    (row,) = tenant.rows("Get-Mailbox", Identity=only.address)

    assert "being synchronized" in refused[2]
    assert (guid, "Active") == (row["ArchiveGuid"], row["ArchiveStatus"])


def test_rules_of_an_inbox_are_the_mailboxs() -> None:
    """It should make, turn off and remove rules of whoever has a mailbox, and know no others."""
    tenant = moved(None)
    box = {"Mailbox": tenant.addresses[0]}
    tenant.rows("New-InboxRule", **box, Name="Rota", MoveToFolder="Rota")
    tenant.rows("New-InboxRule", **box, Name="News", DeleteMessage=True)
    tenant.rows("Disable-InboxRule", **box, Identity="Rota", Confirm=False)
    tenant.rows("Remove-InboxRule", **box, Identity="News", Confirm=False)

    (row,) = tenant.rows("Get-InboxRule", **box)

    assert ("Rota", False, "Rota") == (row["Name"], row["Enabled"], row["MoveToFolder"])
    assert 400 == tenant.refusal("Enable-InboxRule", **box, Identity="News")[0]
    assert 400 == tenant.refusal("Get-InboxRule", Mailbox="nobody@nhsmail.example")[0]


def test_a_mail_user_has_no_settings() -> None:
    """It should know nothing of the mailbox of somebody who has not moved."""
    tenant = Driver()

    assert 400 == tenant.refusal("Set-Mailbox", Identity=tenant.addresses[0], AuditEnabled=True)[0]
    assert "AuditEnabled" not in tenant.rows("Get-MailUser", Identity=tenant.addresses[0])[0]
