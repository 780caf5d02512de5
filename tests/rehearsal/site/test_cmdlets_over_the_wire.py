"""The site's cmdlets through the unmodified pypsrp client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import RunspacePool

from rehearsal.estate import Estate, accounts
from rehearsal.site import Site
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options
from tests.rehearsal.site.conftest import Served, run, serve

pytestmark = pytest.mark.conformance


@pytest.fixture
def pool(served: Served) -> Iterator[RunspacePool]:
    """An open runspace pool."""
    with served.pool() as pool:
        yield pool


def rows(pool: RunspacePool, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a cmdlet that must not be refused."""
    said = run(pool, cmdlet, **parameters)
    assert not said.failed, [str(error) for error in said.errors]
    return said.rows


def test_a_proxy_is_switched_off_and_on(pool: RunspacePool, site: Site) -> None:
    """It should carry a Boolean to a virtual directory, so that moves meet what was set (fact B44)."""
    identity = "EX01\\EWS (Default Web Site)"
    rows(pool, "Set-WebServicesVirtualDirectory", Identity=identity, MRSProxyEnabled=False)
    refusal = site.door("EX01").refusal()
    assert refusal is not None
    assert "(403) Forbidden" in refusal.text
    (row,) = rows(pool, "Get-WebServicesVirtualDirectory", Identity=identity)
    assert row["MRSProxyEnabled"] is False


def test_rights_travel_with_their_lists(pool: RunspacePool, estate: Estate) -> None:
    """It should give rights as lists, refusals and inheritance as Booleans, and take a right back."""
    box, who = estate.mailboxes[0], estate.mailboxes[1]
    right = {"Identity": box.alias, "User": who.alias, "AccessRights": ["FullAccess"]}
    rows(pool, "Add-MailboxPermission", **right)
    named = [
        (row["AccessRights"], row["Deny"], row["IsInherited"])
        for row in rows(pool, "Get-MailboxPermission", Identity=box.alias, User=who.address)
    ]
    assert [(["FullAccess"], False, False)] == named
    rows(pool, "Remove-MailboxPermission", Confirm=False, **right)
    assert [] == rows(pool, "Get-MailboxPermission", Identity=box.alias, User=who.address)


def test_lists_are_edited_by_hash_tables(pool: RunspacePool) -> None:
    """It should take additions and removals as a hash table, as the shell sends them."""
    identity = "On-premises to O365"
    rows(pool, "Set-OrganizationRelationship", Identity=identity, DomainNames={"Add": ["x.example"]})
    (row,) = rows(pool, "Get-OrganizationRelationship", Identity=identity)
    assert ["nhsmail.mail.onmicrosoft.com", "x.example"] == list(row["DomainNames"])


def test_accounts_are_found_by_their_identifiers(pool: RunspacePool, estate: Estate, site: Site) -> None:
    """It should find a person, also one who has moved, and a computer by identifier, and nobody for a deleted one."""
    box, server = estate.mailboxes[0], estate.site.servers[0]
    person = accounts.sid(estate.seed, "leeds", box.alias)
    computer = accounts.sid(estate.seed, "leeds", f"{server.name}$")
    gone = f"{accounts.domain_sid(estate.seed, 'leeds')}-4711"
    site.directory.convert_to_remote(box.exchange_guid)
    text = " -or ".join(f"Sid -eq '{each}'" for each in (person, computer, gone))
    for cmdlet, found in (
        ("Get-SecurityPrincipal", {person, computer}),
        ("Get-User", {person}),
        ("Get-Group", set()),
    ):
        its = rows(pool, cmdlet, Filter=text, ResultSize="Unlimited")
        assert found == {str(row["Sid"]) for row in its}, cmdlet


def test_what_a_move_leaves_is_kept_for_a_while(pool: RunspacePool, estate: Estate, site: Site) -> None:
    """It should show a moved mailbox as soft-deleted in its database, whose retention is shown beside it (fact B50)."""
    box = estate.mailboxes[0]
    site.directory.convert_to_remote(box.exchange_guid)
    (kept,) = rows(pool, "Get-MailboxDatabase", Identity=box.database)
    shown = [
        row
        for row in rows(pool, "Get-MailboxStatistics", Database=box.database)
        if str(row["MailboxGuid"]) == box.exchange_guid
    ]
    assert ["SoftDeleted"] == [row["DisconnectReason"] for row in shown]
    assert ("30.00:00:00", True) == (str(kept["MailboxRetention"]), shown[0]["DisconnectDate"] is not None)


def test_a_contact_is_found_by_where_it_leads(pool: RunspacePool, estate: Estate) -> None:
    """It should find who leads to a whole address without its prefix, and not the person who has it."""
    box = estate.mailboxes[0]
    leads = {"Name": "partner", "ExternalEmailAddress": f"SMTP:{box.address}"}
    rows(pool, "New-MailContact", Alias="partner", **leads)
    text = f"ExternalEmailAddress -eq '{box.address}'"
    kinds = ["MailUser", "MailContact"]
    found = rows(pool, "Get-Recipient", Filter=text, RecipientTypeDetails=kinds, ResultSize="Unlimited")
    assert ["partner"] == [row["Name"] for row in found]


def test_certificates_tell_their_services(pool: RunspacePool) -> None:
    """It should list the certificates of one server with names, dates and services (fact D18)."""
    listed = rows(pool, "Get-ExchangeCertificate", Server="EX02")
    (public,) = [row for row in listed if not row["IsSelfSigned"]]
    assert ("IIS, SMTP", "Valid") == (public["Services"], public["Status"])
    assert "autodiscover.nhsmail.example" in list(public["CertificateDomains"])


def test_a_pipeline_reads_every_servers_directories(pool: RunspacePool, estate: Estate) -> None:
    """It should answer for every server of the organisation at once, one server's shell being enough."""
    families = ("Mapi", "Oab", "Owa", "Autodiscover")
    counts = [len(rows(pool, f"Get-{family}VirtualDirectory")) for family in families]
    assert [len(estate.site.servers)] * len(families) == counts


def test_refusals_name_their_class(pool: RunspacePool) -> None:
    """It should write Exchange's own refusals to the error stream, with the category that clients look for."""
    said = run(pool, "Get-SendConnector", Identity="nowhere")
    assert ["couldn't be found" in str(error) for error in said.errors] == [True]
    assert "ManagementObjectNotFoundException" in said.errors[0].fq_error


@pytest.fixture
def two_servers() -> Iterator[Served]:
    """A site of two servers: EX12 of Exchange SE, called by its number, and EX11 of 2016, called by a name."""
    hosts = {"127.0.0.1": "EX12", "localhost": "EX11"}
    with serve(Lab(Options()).sites["bristol"].invoke, servers=hosts) as served:
        yield served


def test_each_server_answers_as_its_version_does(two_servers: Served) -> None:
    """It should run a shell's cmdlets on the server in the Host header: 2016 lacks what SE has (fact D16)."""
    cmdlet = "Get-AuthenticationPolicy"
    with two_servers.pool() as newer, two_servers.pool(server="localhost") as older:
        said = run(newer, cmdlet), run(older, cmdlet)
    assert ["EX12", "EX11"] == [call.server for call in two_servers.calls]
    assert ([], True) == (said[0].errors, "not recognized" in str(said[1].errors[0]))


def test_a_shell_lives_on_one_server(two_servers: Served) -> None:
    """It should not find a shell on another server than the one that opened it (fact D8)."""
    with two_servers.pool() as pool, two_servers.wsman(server="localhost") as elsewhere:
        usual, pool.shell.wsman = pool.shell.wsman, elsewhere
        with pytest.raises(WSManFaultError, match="shell was not found"):
            run(pool, "Get-ExchangeServer")
        pool.shell.wsman = usual
