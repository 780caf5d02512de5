"""What Exchange refuses to remove, and what is left of a server that Setup has uninstalled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rehearsal.site.lab import Lab
from rehearsal.site.machine_setup import SETUP, uninstalled
from rehearsal.site.options import Options

AT_ONCE = Options(replication_seconds=0, site_replication_minutes=0)
QUIETLY = {"Confirm": False}


@pytest.fixture
def lab() -> Lab:
    """Two sites of one organisation, whose controllers know everything at once."""
    return Lab(AT_ONCE)


def emptied(lab: Lab) -> None:
    """Move everybody away from leeds, and the organisation's own mailboxes with them."""
    directory = lab.sites["leeds"].directory
    for mailbox in directory.mailboxes():
        directory.convert_to_remote(mailbox.exchange_guid)
    lab.organisation.removal.residents.pop(0)


def without_copies(lab: Lab, database: str) -> None:
    """Remove the passive copies of *database*."""
    for copy in lab.rows("Get-MailboxDatabaseCopyStatus", Identity=database):
        if not copy["ActiveCopy"]:
            lab.rows("Remove-MailboxDatabaseCopy", Identity=copy["Identity"], **QUIETLY)


def test_passive_copies_go_before_their_database(lab: Lab) -> None:
    """It should refuse a database with copies, its active copy, and the last passive one under circular logging."""
    emptied(lab)
    remove, copy = "Remove-MailboxDatabase", "Remove-MailboxDatabaseCopy"
    assert "has passive copies on EX02, EX03" in lab.refused(remove, Identity="DB01", **QUIETLY)
    assert "is the active one" in lab.refused(copy, Identity="DB01\\EX01", **QUIETLY)
    assert "prompts the user" in lab.refused(copy, Identity="DB01\\EX02")
    lab.rows("Set-MailboxDatabase", Identity="DB01", CircularLoggingEnabled=True)
    lab.rows(copy, Identity="DB01\\EX02", **QUIETLY)
    assert "couldn't be found" in lab.refused(copy, Identity="DB01\\EX02", **QUIETLY)
    assert "circular logging enabled" in lab.refused(copy, Identity="DB01\\EX03", **QUIETLY)
    lab.rows("Set-MailboxDatabase", Identity="DB01", CircularLoggingEnabled=False)
    lab.rows(copy, Identity="DB01\\EX03", **QUIETLY)
    (row,) = lab.rows("Get-MailboxDatabase", Identity="DB01")
    assert (["EX01"], ["[EX01, 1]"]) == (row["Servers"], row["ActivationPreference"])
    lab.rows(remove, Identity="DB01", **QUIETLY)


def test_a_database_goes_when_nobody_lives_there(lab: Lab) -> None:
    """It should refuse a database with people, or the organisation's own mailboxes, and remove an empty one."""
    asked = {"Identity": "DB01", **QUIETLY}
    assert "prompts the user" in lab.refused("Remove-MailboxDatabase", Identity="DB01")
    assert "one or more mailboxes" in lab.refused("Remove-MailboxDatabase", **asked)
    directory = lab.sites["leeds"].directory
    for mailbox in directory.mailboxes():
        directory.convert_to_remote(mailbox.exchange_guid)
    assert "one or more mailboxes" in lab.refused("Remove-MailboxDatabase", **asked)
    without_copies(lab, "DB02")
    lab.rows("Remove-MailboxDatabase", Identity="DB02", **QUIETLY)
    assert "couldn't be found" in lab.refused("Get-MailboxDatabase", Identity="DB02")
    everywhere = {"Arbitration": None, "IgnoreDefaultScope": None}
    assert lab.rows("Get-Mailbox", Database="DB01", **everywhere)
    assert [] == lab.rows("Get-Mailbox", Database="DB03", **everywhere)


def test_a_dismounted_database_says_so(lab: Lab) -> None:
    """It should show a database as dismounted until somebody mounts it."""

    def shown() -> tuple[object, object]:
        (row,) = lab.rows("Get-MailboxDatabase", Identity="DB01", Status=None)
        (copy,) = lab.rows("Get-MailboxDatabaseCopyStatus", Identity="DB01\\EX01")
        return row["Mounted"], copy["Status"]

    assert "prompts the user" in lab.refused("Dismount-Database", Identity="DB01")
    lab.rows("Dismount-Database", Identity="DB01", **QUIETLY)
    assert (False, "Dismounted") == shown()
    lab.rows("Mount-Database", Identity="DB01", **QUIETLY)
    assert (True, "Mounted") == shown()


def test_a_group_is_left_and_then_removed(lab: Lab) -> None:
    """It should refuse a member with copies and a group with members, and take both where there are none."""
    emptied(lab)
    member = {"Identity": "DAG-LEEDS", "MailboxServer": "EX01", **QUIETLY}
    assert "hosts mailbox database copies" in lab.refused("Remove-DatabaseAvailabilityGroupServer", **member)
    for row in lab.rows("Get-MailboxDatabase"):
        if str(row["Server"]) in ("EX01", "EX02", "EX03"):
            without_copies(lab, str(row["Name"]))
            lab.rows("Remove-MailboxDatabase", Identity=str(row["Name"]), **QUIETLY)
    assert "still has" in lab.refused("Remove-DatabaseAvailabilityGroup", Identity="DAG-LEEDS", **QUIETLY)
    for server in ("EX01", "EX02", "EX03"):
        lab.rows("Remove-DatabaseAvailabilityGroupServer", **member | {"MailboxServer": server})
        assert lab.organisation.machines[server].cluster_node is None
    assert "isn't a member" in lab.refused("Remove-DatabaseAvailabilityGroupServer", **member)
    lab.rows("Remove-DatabaseAvailabilityGroup", Identity="DAG-LEEDS", **QUIETLY)
    assert [] == lab.rows("Get-DatabaseAvailabilityGroup")


def test_setup_says_what_is_in_its_way(lab: Lab) -> None:
    """It should name connectors, mailboxes and the group, and nothing once they are gone."""
    found = " ".join(lab.organisation.removal.obstacles("EX01"))
    assert all(word in found for word in ("'Internet'", "Database 'DB01'", "availability group"))
    emptied(lab)
    found = " ".join(lab.organisation.removal.obstacles("EX01"))
    assert "Database" not in found
    assert [] == Lab(replace(AT_ONCE, setup_looks_first=False)).organisation.removal.obstacles("EX01")


def test_a_server_without_exchange_is_in_no_list(lab: Lab) -> None:
    """It should take the server out of every list, with its connectors and its own databases, and no other server."""
    lab.organisation.removal.uninstall("EX11")
    for cmdlet in (
        "Get-ExchangeServer",
        "Get-ReceiveConnector",
        "Get-ClientAccessService",
        "Get-MailboxServer",
    ):
        assert "EX12" in {row["Server"] for row in lab.rows(cmdlet)}
        assert "EX11" not in {row["Server"] for row in lab.rows(cmdlet)}
    assert "couldn't be found" in lab.refused("Get-ReceiveConnector", Server="EX11")
    before = lab.organisation.machines["EX11"]
    after = uninstalled(before)
    assert after.registry.value(SETUP, "MsiInstallPath") is None
    assert not any(name.startswith("MSExchange") for name in after.services)
    assert "W3SVC" in after.services


def test_other_sites_hear_of_it_later() -> None:
    """It should list the server at another site until its controllers have heard."""
    lab = Lab(Options())
    lab.organisation.removal.uninstall("EX11")
    assert "EX11" in {row["Server"] for row in lab.rows("Get-ExchangeServer")}
    lab.wait(minutes=16)
    assert "EX11" not in {row["Server"] for row in lab.rows("Get-ExchangeServer")}


def test_a_connector_keeps_a_source(lab: Lab) -> None:
    """It should refuse to leave a send connector without a source, and make one with the server that is asked."""
    assert "at least one source" in lab.refused(
        "Set-SendConnector", Identity="Internet", SourceTransportServers=[]
    )
    removed = {"remove": ["EX01", "EX02", "EX03"]}
    lab.rows("Set-SendConnector", Identity="Internet", SourceTransportServers=["EX03"])
    assert lab.refused("Set-SendConnector", Identity="Internet", SourceTransportServers=removed)
    (made,) = lab.rows("New-SendConnector", Name="New", AddressSpaces=["smtp:x.example;1"], server="EX02")
    assert ["EX02"] == made["SourceTransportServers"]
