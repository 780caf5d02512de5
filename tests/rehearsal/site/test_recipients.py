"""The cmdlets that read mailboxes, sizes and rights."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.clock import VirtualClock
from rehearsal.estate import ROUTING_DOMAIN, START, Estate, Mailbox
from rehearsal.site import NotAtSource, Site
from rehearsal.site.directory import account
from rehearsal.wire import CmdletResult

Invoke = Callable[..., CmdletResult]


def shared(estate: Estate) -> Mailbox:
    """A shared mailbox with a team."""
    return next(mailbox for mailbox in estate.mailboxes if mailbox.recipient_type == "SharedMailbox")


def own(result: CmdletResult) -> list[dict[str, Any]]:
    """The entries of a mailbox that it has not inherited."""
    return [row for row in result.rows if not row["IsInherited"]]


def test_a_mailbox_has_exchanges_names(invoke: Invoke, estate: Estate) -> None:
    """It should give a mailbox the properties and kinds of value that Exchange gives it."""
    mailbox = estate.mailboxes[0]
    (row,) = invoke("Get-Mailbox", Identity=mailbox.exchange_guid).rows
    expected = {
        "Alias": mailbox.alias,
        "CustomAttribute1": mailbox.organisation,
        "Database": mailbox.database,
        "DisplayName": mailbox.display_name,
        "EmailAddresses": [f"SMTP:{mailbox.address}", f"smtp:{mailbox.alias}@{ROUTING_DOMAIN}"],
        "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
        "LegacyExchangeDN": mailbox.legacy_dn,
        "PrimarySmtpAddress": mailbox.address,
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": mailbox.recipient_type,
    }
    assert expected == {name: row[name] for name in expected}


@pytest.mark.parametrize(
    "key", ["Alias", "DistinguishedName", "Guid", "Identity", "LegacyExchangeDN", "SamAccountName"]
)
def test_a_mailbox_answers_to_its_names(invoke: Invoke, estate: Estate, key: str) -> None:
    """It should find a mailbox by every name that is its own, in any case of letters."""
    mailbox = estate.mailboxes[3]
    (row,) = invoke("Get-Mailbox", Identity=mailbox.address).rows
    (again,) = invoke("Get-Mailbox", Identity=str(row[key]).upper()).rows
    assert row == again


def test_accounts_fit_the_directory(estate: Estate) -> None:
    """It should keep account names apart and within Active Directory's 20 characters."""
    accounts = [account(mailbox) for mailbox in estate.mailboxes]
    assert len(accounts) == len(set(accounts))
    assert max(map(len, accounts)) <= 20


def test_a_server_has_its_own_mailboxes(invoke: Invoke, estate: Estate) -> None:
    """It should list the mailboxes of one server or one database."""
    server = estate.site.servers[0]
    expected = [mailbox.alias for mailbox in estate.mailboxes if mailbox.server == server.name]
    assert expected == [row["Alias"] for row in invoke("Get-Mailbox", Server=server.fqdn).rows]
    rows = invoke("Get-Mailbox", Database=server.databases[0]).rows
    assert {server.databases[0]} == {row["Database"] for row in rows}


def test_kinds_can_be_chosen(invoke: Invoke) -> None:
    """It should list one kind of mailbox and refuse a kind that does not exist."""
    rows = invoke("Get-Mailbox", RecipientTypeDetails="sharedmailbox").rows
    assert {"SharedMailbox"} == {row["RecipientTypeDetails"] for row in rows}
    assert invoke("Get-Mailbox", RecipientTypeDetails="Teapot").errors


def test_a_thousand_is_the_default(estate: Estate, invoke: Invoke) -> None:
    """It should return all of 500 without a warning, because 1,000 are returned where nothing is asked."""
    result = invoke("Get-Mailbox")
    assert len(result.rows) == len(estate.mailboxes)
    assert result.warnings == []


def test_a_name_of_several_is_ambiguous(invoke: Invoke, estate: Estate) -> None:
    """It should refuse a display name that several people have where one mailbox is meant."""
    names = [mailbox.display_name for mailbox in estate.mailboxes]
    name = next(name for name in names if names.count(name) > 1)
    (error,) = invoke("Get-MailboxStatistics", Identity=name).errors
    assert error.exception.endswith("ManagementObjectAmbiguousException")


def test_statistics_need_a_place(invoke: Invoke) -> None:
    """It should refuse statistics of nothing in particular, and of two things at once."""
    assert "missing mandatory parameters: Identity" in invoke("Get-MailboxStatistics").errors[0].text
    assert "Parameter set" in invoke("Get-MailboxStatistics", Server="EX01", Database="DB01").errors[0].text


def test_a_moved_mailbox_leaves_a_rest(
    invoke: Invoke, site: Site, clock: VirtualClock, estate: Estate
) -> None:
    """It should keep the soft-deleted rest of a moved mailbox in its database's statistics (fact B50)."""
    mailbox = estate.mailboxes[0]
    site.directory.convert_to_remote(mailbox.exchange_guid)
    rows = invoke("Get-MailboxStatistics", Database=mailbox.database).rows
    (rest,) = [row for row in rows if row["DisconnectDate"] is not None]
    assert (mailbox.exchange_guid, "SoftDeleted") == (str(rest["MailboxGuid"]), rest["DisconnectReason"])
    assert invoke("Get-MailboxStatistics", Identity=mailbox.address).errors
    assert invoke("Get-Mailbox", Identity=mailbox.address).errors


def test_a_moved_mailbox_is_remote(invoke: Invoke, site: Site, estate: Estate) -> None:
    """It should route a remote mailbox to the tenant and keep its ExchangeGuid (facts B49, D24)."""
    mailbox = shared(estate)
    site.directory.convert_to_remote(mailbox.exchange_guid)
    (row,) = invoke("Get-RemoteMailbox", Identity=mailbox.alias).rows
    expected = {
        "ExchangeGuid": uuid.UUID(mailbox.exchange_guid),
        "RecipientType": "MailUser",
        "RecipientTypeDetails": "RemoteSharedMailbox",
        "RemoteRoutingAddress": f"SMTP:{mailbox.alias}@{ROUTING_DOMAIN}",
    }
    assert expected == {name: row[name] for name in expected}
    assert row["WhenChanged"] == START


def test_a_mailbox_moves_once(site: Site, estate: Estate) -> None:
    """It should refuse to convert what is not, or no longer, at the source."""
    guid = estate.mailboxes[0].exchange_guid
    site.directory.convert_to_remote(guid)
    with pytest.raises(NotAtSource):
        site.directory.convert_to_remote(guid)
    assert guid not in {mailbox.exchange_guid for mailbox in site.directory.mailboxes()}


def test_rights_name_accounts(invoke: Invoke, site: Site, estate: Estate) -> None:
    """It should give full access and Send-As as two lists of accounts, the mailbox's own first."""
    mailbox = shared(estate)
    team = {right.trustee for right in mailbox.rights}
    expected = {site.directory.logon(alias) for alias in team}
    access = own(invoke("Get-MailboxPermission", Identity=mailbox.alias))
    send_as = own(invoke("Get-ADPermission", Identity=mailbox.alias))
    assert "NT AUTHORITY\\SELF" == access[0]["User"] == send_as[0]["User"]
    assert expected == {row["User"] for row in access[1:]} == {row["User"] for row in send_as[1:]}
    assert [["FullAccess"]] == [access[1]["AccessRights"]]
    assert [["Send-As"]] == [send_as[1]["ExtendedRights"]]


def test_the_rights_of_one_user_can_be_read(invoke: Invoke, estate: Estate) -> None:
    """It should give only the rights of the user named."""
    alias = shared(estate).alias
    someone = own(invoke("Get-MailboxPermission", Identity=alias))[1]
    assert [someone] == invoke(
        "Get-MailboxPermission", Identity=alias, User=str(someone["User"]).lower()
    ).rows


def test_sending_on_behalf_is_the_mailboxs_own(invoke: Invoke, site: Site, estate: Estate) -> None:
    """It should list those who send on behalf by their identities."""
    mailbox = next(m for m in estate.mailboxes if any(r.kind == "SendOnBehalf" for r in m.rights))
    delegate = site.directory.person(mailbox.rights[0].trustee)
    (row,) = invoke("Get-Mailbox", Identity=mailbox.alias).rows
    assert [site.directory.identity(delegate)] == row["GrantSendOnBehalfTo"]


def test_recipient_permissions_are_of_the_cloud(invoke: Invoke) -> None:
    """It should not know Get-RecipientPermission, which only Exchange Online has."""
    (error,) = invoke("Get-RecipientPermission", Identity="x").errors
    assert error.exception.endswith("CommandNotFoundException")


def test_a_remote_mailbox_is_given_an_archive_once(invoke: Invoke, site: Site, estate: Estate) -> None:
    """It should enable an archive of a remote mailbox that has none, and refuse a second and a mailbox that is here."""
    mailbox = next(each for each in estate.mailboxes if each.archive_guid is None)
    here = invoke("Enable-RemoteMailbox", Identity=mailbox.exchange_guid, Archive=True)
    site.directory.convert_to_remote(mailbox.exchange_guid)

    first = invoke("Enable-RemoteMailbox", Identity=mailbox.exchange_guid, Archive=True)
    again = invoke("Enable-RemoteMailbox", Identity=mailbox.exchange_guid, Archive=True)
    (row,) = invoke("Get-RemoteMailbox", Identity=mailbox.exchange_guid).rows

    assert ([], "HostedPending") == (first.errors, row["ArchiveState"])
    assert uuid.UUID(int=0) != row["ArchiveGuid"]
    assert here.errors
    assert "already has an archive" in again.errors[0].text


def test_a_rule_is_in_its_mailbox(invoke: Invoke, site: Site, estate: Estate) -> None:
    """It should show a rule of its own mailbox only, and give it along with what the mailbox is set to."""
    mine, other = estate.mailboxes[:2]
    invoke("New-InboxRule", Mailbox=mine.exchange_guid, Name="Rota", MoveToFolder="Rota")

    (row,) = invoke("Get-InboxRule", Mailbox=mine.exchange_guid).rows

    assert ("Rota", True) == (row["Name"], row["Enabled"])
    assert [] == invoke("Get-InboxRule", Mailbox=other.exchange_guid).rows
    assert ["Rota"] == [rule["Name"] for rule in site.settings(mine)["InboxRules"]]  # type: ignore[attr-defined]
