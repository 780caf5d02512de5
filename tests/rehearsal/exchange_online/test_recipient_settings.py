"""What the tenant keeps for each person beside the directory."""

from __future__ import annotations

from tests.rehearsal.exchange_online.driver import Driver, moved


def test_access_by_protocol_belongs_to_mailboxes() -> None:
    """It should show the settings of a mailbox that is in the cloud, and know nothing of a mail user's."""
    there, here = moved(None), Driver()
    address = there.addresses[0]

    (row,) = there.rows("Get-CASMailbox", Identity=address)

    assert (True, None) == (row["ImapEnabled"], row["SmtpClientAuthenticationDisabled"])
    assert [] == here.rows("Get-CASMailbox")
    assert (404, 400) == (
        here.refusal("Get-CASMailbox", Identity=address)[0],
        here.refusal("Set-CASMailbox", Identity=address, ImapEnabled=False)[0],
    )


def test_an_exception_is_made_for_one() -> None:
    """It should change what was given for one mailbox, and leave the others."""
    tenant = moved(None, None)
    tenant.rows(
        "Set-CASMailbox",
        Identity=tenant.addresses[0],
        SmtpClientAuthenticationDisabled=False,
        PopEnabled=False,
    )

    rows = {row["PrimarySmtpAddress"]: row for row in tenant.rows("Get-CASMailbox")}

    seen = [rows[each]["SmtpClientAuthenticationDisabled"] for each in tenant.addresses]
    assert [False, None] == seen
    assert [False, True] == [rows[each]["PopEnabled"] for each in tenant.addresses]


def test_a_policy_is_one_of_the_policies() -> None:
    """It should take a policy for Outlook on the web that is there, in its own spelling, and refuse another."""
    tenant = moved(None)
    address = tenant.addresses[0]
    tenant.rows("New-OwaMailboxPolicy", Name="Clinics")
    tenant.rows("Set-CASMailbox", Identity=address, OwaMailboxPolicy="CLINICS")

    refused = tenant.refusal("Set-CASMailbox", Identity=address, OwaMailboxPolicy="nobody's")

    assert "Clinics" == tenant.rows("Get-CASMailbox", Identity=address)[0]["OwaMailboxPolicy"]
    assert "ManagementObjectNotFoundException" == refused[1]


def test_audit_can_be_bypassed() -> None:
    """It should tell of everybody, mail users too, whether what they do is left out of the audit."""
    driver = Driver()
    driver.rows("Set-MailboxAuditBypassAssociation", Identity=driver.addresses[1], AuditBypassEnabled=True)

    rows = driver.rows("Get-MailboxAuditBypassAssociation")

    assert [False, True] == [row["AuditBypassEnabled"] for row in rows]
