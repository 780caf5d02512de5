"""Mail users before the move and mailboxes after it."""

from __future__ import annotations

import pytest

from rehearsal.clock import VirtualClock
from rehearsal.directory import User, synchronised
from rehearsal.directory.objects import OFFICE_E3, AssignedLicence
from rehearsal.directory.options import Options as DirectoryOptions
from rehearsal.estate import START, generate
from rehearsal.site import Site
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


def test_a_filter_may_name_several_guids() -> None:
    """It should return whichever of several ExchangeGuids it has, and nothing else."""
    driver = Driver([None] * 3)
    first, _, last = (mailbox.exchange_guid for mailbox in driver.estate.mailboxes)
    absent = "00000000-0000-4000-8000-000000000001"

    text = " -or ".join(f"ExchangeGuid -eq '{guid}'" for guid in (last, absent, first.upper()))

    assert {first, last} == {row["ExchangeGuid"] for row in driver.rows("Get-Recipient", Filter=text)}
    assert [] == driver.rows("Get-Mailbox", Filter=text)
    mixed = f"{text} -or Alias -eq '{driver.estate.mailboxes[1].alias}'"
    assert len(driver.rows("Get-Recipient", Filter=mixed)) == 3


def test_a_soft_deleted_leftover_explains_multiple_entries() -> None:
    """It should show the leftover behind error 12 when asked for soft-deleted mailboxes."""
    driver = Driver([None, "multiple_entries"])

    rows = driver.rows("Get-Mailbox", SoftDeletedMailbox=True)

    assert [driver.estate.mailboxes[1].exchange_guid] == [row["ExchangeGuid"] for row in rows]


def test_a_licence_that_came_too_early_makes_a_second_mailbox() -> None:
    """It should show a mailbox of another ExchangeGuid, and fail the move of the one on premises (fact D25)."""
    estate = generate(7)
    clock = VirtualClock(START)
    sites = [Site(estate, clock).directory]
    entra, _ = synchronised(estate, clock, sites, DirectoryOptions(guid_carried=False))
    driver = Driver(estate=estate, mail_users=entra)
    mailbox = next(each for each in estate.mailboxes if each.recipient_type == "UserMailbox")
    assert driver.refusal("Get-Recipient", Identity=mailbox.address)[0] == 404

    user = next(each for each in entra.store.every(User) if each.mail_nickname == mailbox.alias)
    user = entra.change_user(user, {"usage_location": "GB"})
    entra.licensing.give(user, [AssignedLicence(OFFICE_E3.sku_id)], ())

    (row,) = driver.rows("Get-Mailbox", Identity=mailbox.address)
    assert ("UserMailbox", True) == (
        row["RecipientTypeDetails"],
        row["ExchangeGuid"] != mailbox.exchange_guid,
    )
    assert driver.refusal("Get-Recipient", Identity=mailbox.exchange_guid)[0] == 404
    driver.start_batch(CSVData=driver.listed([mailbox.address]))
    driver.advance(minutes=10)
    (failed,) = driver.rows("Get-MigrationUser", Identity=mailbox.address)
    text = f"Target user '{mailbox.display_name}' already has a primary mailbox."
    assert ("Failed", f"MigrationPermanentException: {text}") == (failed["Status"], failed["ErrorSummary"])
