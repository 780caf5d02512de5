"""Mail users before the move and mailboxes after it."""

from __future__ import annotations

import pytest

from tests.rehearsal.exchange_online.driver import Driver


def test_every_source_mailbox_is_a_mail_user_with_the_same_guid() -> None:
    """It should hold a mail user with ExchangeGuid, routing address and X500 address (fact D24)."""
    driver = Driver()
    mailbox = driver.estate.mailboxes[0]

    row = driver.rows("Get-MailUser", Identity=mailbox.address)[0]

    assert mailbox.exchange_guid == row["ExchangeGuid"]
    assert mailbox.organisation == row["CustomAttribute1"]
    assert row["EmailAddresses"] == [
        f"SMTP:{mailbox.address}",
        f"smtp:{mailbox.alias}@nhsmail.mail.onmicrosoft.com",
        f"X500:{mailbox.legacy_dn}",
    ]
    assert driver.rows("Get-Mailbox") == []


def test_a_moved_mailbox_is_a_mailbox_and_no_mail_user() -> None:
    """It should show a mailbox of the source's kind once the move is complete."""
    driver = Driver([None])
    driver.start_batch(AutoComplete=True)
    driver.advance(days=1)

    row = driver.rows("Get-Mailbox", Identity=driver.estate.mailboxes[0].exchange_guid)[0]

    assert ("UserMailbox", driver.addresses[0]) == (row["RecipientTypeDetails"], row["PrimarySmtpAddress"])
    assert driver.refusal("Get-MailUser", Identity=driver.addresses[0])[0] == 404


@pytest.mark.parametrize("key", ["alias", "address", "exchange_guid", "legacy_dn"])
def test_a_recipient_has_many_identities(key: str) -> None:
    """It should find a recipient by each of its names, whatever their case."""
    driver = Driver()
    mailbox = driver.estate.mailboxes[1]

    rows = driver.rows("Get-Recipient", Identity=str(getattr(mailbox, key)).upper())

    assert [mailbox.address] == [row["PrimarySmtpAddress"] for row in rows]


def test_a_name_of_two_people_is_ambiguous() -> None:
    """It should refuse a display name that two recipients share."""
    driver = Driver([None] * 150)
    names = [mailbox.display_name for mailbox in driver.estate.mailboxes]
    shared = next(name for name in names if names.count(name) > 1)

    _, exception, text = driver.refusal("Get-MailUser", Identity=shared)

    assert exception == "ManagementObjectAmbiguousException"
    assert "matches multiple entries" in text


def test_a_filter_of_equalities_is_modelled() -> None:
    """It should filter by clauses joined with -and, and not guess at anything else."""
    driver = Driver()
    alias = driver.estate.mailboxes[0].alias

    text = f"Alias -eq '{alias}' -and RecipientTypeDetails -eq 'MailUser'"

    assert len(driver.rows("Get-Recipient", Filter=text)) == 1
    assert driver.rows("Get-Recipient", Filter="CustomAttribute1 -eq 'none'") == []
    assert driver.post("Get-Recipient", {"Filter": "Name -gt 'a' -or Name -eq 'b'"}).status == 501


def test_a_soft_deleted_leftover_explains_multiple_entries() -> None:
    """It should show the leftover behind error 12 when asked for soft-deleted mailboxes."""
    driver = Driver([None, "multiple_entries"])

    rows = driver.rows("Get-Mailbox", SoftDeletedMailbox=True)

    assert [driver.estate.mailboxes[1].exchange_guid] == [row["ExchangeGuid"] for row in rows]
