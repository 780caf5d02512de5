"""Whose recipients a site shows: those of its own domain, and of the whole forest to whoever asks for that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.estate import Estate, Mailbox, generate
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options

AT_ONCE = Options(replication_seconds=0, site_replication_minutes=0)
FOREST = {"IgnoreDefaultScope": None}
LEEDS, BRISTOL = "DB01", "DB11"


def names(rows: list[dict[str, Any]]) -> list[str]:
    """Who they are."""
    return [str(row["PrimarySmtpAddress"]) for row in rows]


def people(estate: Estate, site: str, database: str) -> list[Mailbox]:
    """The people of a domain whose mailboxes are in *database*."""
    return [each for each in estate.mailboxes if (each.site, each.database) == (site, database)]


@pytest.fixture(scope="module")
def estate() -> Estate:
    """Two sites; of leeds' domain one has a mailbox at bristol, and two have an archive, in another database."""
    made = generate(1, "pair")
    mailboxes = [replace(each, archive_guid=None, archive_bytes=None) for each in made.mailboxes]
    here = [n for n, each in enumerate(mailboxes) if each.database == LEEDS]
    away, far, near = here[:3]
    mailboxes[away] = replace(mailboxes[away], server="EX11", database=BRISTOL)
    for n, database in ((far, BRISTOL), (near, "DB03")):
        guid = f"a{mailboxes[n].exchange_guid[1:]}"
        mailboxes[n] = replace(
            mailboxes[n], archive_guid=guid, archive_bytes=9, archive_items=1, archive_database=database
        )
    return replace(made, mailboxes=tuple(mailboxes))


@pytest.fixture
def lab(estate: Estate) -> Lab:
    """Both sites, whose controllers know everything at once."""
    return Lab(AT_ONCE, estate)


def archived(lab: Lab, database: str, **more: Any) -> list[str]:
    """Whose archive is in *database*, by a filter of Get-Recipient."""
    (row,) = lab.rows("Get-MailboxDatabase", Identity=database)
    asked = f"ArchiveDatabase -eq '{row['DistinguishedName']}'"
    return names(lab.rows("Get-Recipient", Filter=asked, ResultSize="Unlimited", **more))


@pytest.mark.parametrize("cmdlet", ["Get-Mailbox", "Get-Recipient", "Get-RemoteMailbox"])
def test_a_site_shows_its_own_domain(lab: Lab, cmdlet: str) -> None:
    """It should show nobody of another domain until the whole forest is asked for, and then everybody once."""
    for mailbox in lab.estate.mailboxes[::3]:
        lab.sites[mailbox.site].directory.convert_to_remote(mailbox.exchange_guid)
    every = {"ResultSize": "Unlimited"}
    own = {site: lab.rows(cmdlet, site=site, **every) for site in lab.sites}
    for site, rows in own.items():
        units = [str(row.get("OrganizationalUnit") or "") for row in rows]
        assert rows
        assert all(unit.startswith(f"{site}.") for unit in units if unit)
        whole = lab.rows(cmdlet, site=site, **every, **FOREST)
        assert sorted(names(whole)) == sorted(names([*own["leeds"], *own["bristol"]]))


def test_a_database_of_another_site_shows_who_is_in_scope(lab: Lab) -> None:
    """It should show of a database those of the own domain alone, and with IgnoreDefaultScope all who live there."""
    (visitor,) = people(lab.estate, "leeds", BRISTOL)
    locals_ = [each.address for each in people(lab.estate, "bristol", BRISTOL)]
    asked = {"Database": BRISTOL, "ResultSize": "Unlimited"}
    assert [visitor.address] == names(lab.rows("Get-Mailbox", site="leeds", **asked))
    assert locals_ == names(lab.rows("Get-Mailbox", site="bristol", **asked))
    for site in lab.sites:
        assert [visitor.address, *locals_] == names(lab.rows("Get-Mailbox", site=site, **asked, **FOREST))
    server = {"Server": "EX11", "ResultSize": "Unlimited"}
    assert visitor.address not in names(lab.rows("Get-Mailbox", site="bristol", **server))
    assert visitor.address in names(lab.rows("Get-Mailbox", site="bristol", **server, **FOREST))


def test_the_whole_forest_is_cut_too(lab: Lab) -> None:
    """It should give as many as were asked for, with the warning that there are more."""
    result = lab.call("Get-Mailbox", ResultSize=7, **FOREST)
    assert (7, True) == (len(result.rows), "There are more results" in result.warnings[0])


def test_another_domains_mailbox_is_as_its_own_site_shows_it(lab: Lab) -> None:
    """It should show what was set there, by a domain controller that has heard of it."""
    late = Lab(Options(), lab.estate)
    mailbox = late.estate.at("bristol").mailboxes[0]
    late.rows("Set-Mailbox", site="bristol", Identity=mailbox.alias, LitigationHoldEnabled=True)
    late.wait(minutes=1)

    def held(**asked: Any) -> list[object]:
        filtered = f"ExchangeGuid -eq '{mailbox.exchange_guid}'"
        return [row["LitigationHoldEnabled"] for row in late.rows("Get-Mailbox", Filter=filtered, **asked)]

    assert ([True], [], [False]) == (held(site="bristol"), held(), held(**FOREST))
    late.wait(minutes=15)
    assert [True] == held(**FOREST)


def test_the_forest_is_asked_by_distinguished_names(lab: Lab) -> None:
    """It should find somebody of another domain by that alone, and refuse other names and a domain controller."""
    mailbox = lab.estate.at("bristol").mailboxes[0]
    name = lab.sites["bristol"].directory.distinguished_name(mailbox)
    assert [mailbox.address] == names(lab.rows("Get-Mailbox", Identity=name, **FOREST))
    assert "couldn't be found" in lab.refused("Get-Mailbox", Identity=name)
    assert "couldn't be found" in lab.refused("Get-Mailbox", Identity=f"CN=x{name}", **FOREST)
    assert "distinguished name" in lab.refused("Get-Mailbox", Identity=mailbox.alias, **FOREST)
    controller = {"DomainController": "dc01.leeds.nhsmail.example"}
    assert "can't be used together" in lab.refused("Get-Mailbox", **controller, **FOREST)
    assert "Not modelled" in lab.refused("Get-CASMailbox", **FOREST)


@pytest.mark.parametrize(("kind", "own"), [("Arbitration", 0), ("AuditLog", 0), ("PublicFolder", 1)])
def test_the_organisations_own_mailboxes_are_in_the_root_domain(lab: Lab, kind: str, own: int) -> None:
    """It should show those of arbitration and of the audit log to nobody who does not ask for the whole forest."""
    assert own == len(lab.rows("Get-Mailbox", **{kind: None}))
    assert [] == lab.rows("Get-Mailbox", site="bristol", **{kind: None})
    for site in lab.sites:
        assert lab.rows("Get-Mailbox", site=site, **{kind: None}, **FOREST)
    assert lab.rows("Get-Mailbox", Database=LEEDS, **{kind: None}, **FOREST)
    assert [] == lab.rows("Get-Mailbox", Database=BRISTOL, **{kind: None}, **FOREST)


def test_an_archive_is_found_by_its_own_database(lab: Lab) -> None:
    """It should find whose archive is in a database wherever their mailbox is, which -Archive -Database does not."""
    far = next(each for each in lab.estate.mailboxes if each.archive_database == BRISTOL)
    asked = {"Archive": None, "Database": BRISTOL, "ResultSize": "Unlimited"}
    assert far.address not in names(lab.rows("Get-Mailbox", **asked, **FOREST))
    assert [far.address] == archived(lab, BRISTOL)
    assert [] == archived(lab, BRISTOL, site="bristol")
    assert [far.address] == archived(lab, BRISTOL, site="bristol", **FOREST)
    (row,) = lab.rows("Get-Mailbox", Identity=far.alias)
    assert (LEEDS, BRISTOL, "Local") == (row["Database"], row["ArchiveDatabase"], row["ArchiveState"])
    assert "Not modelled" in lab.refused("Get-Recipient", Filter=f"ArchiveDatabase -eq '{BRISTOL}'")


def test_an_archive_may_stay_when_its_mailbox_goes(lab: Lab) -> None:
    """It should be where it was after a move of the primary alone, and come back with its mailbox after another."""
    directory = lab.sites["leeds"].directory
    far, near = (each for each in lab.estate.mailboxes if each.archive_database)
    directory.convert_to_remote(far.exchange_guid, archive_stays=True)
    directory.convert_to_remote(near.exchange_guid)
    shown = {row["PrimarySmtpAddress"]: row for row in lab.rows("Get-RemoteMailbox")}
    places = [
        (shown[each.address]["ArchiveState"], shown[each.address]["ArchiveDatabase"]) for each in (far, near)
    ]
    assert [("Local", BRISTOL), ("HostedProvisioned", None)] == places
    assert ([far.address], []) == (archived(lab, BRISTOL), archived(lab, "DB03"))
    directory.convert_to_local(far.exchange_guid, "DB03")
    directory.convert_to_local(near.exchange_guid, "DB02")
    assert [(BRISTOL, [far.address]), ("DB02", [near.address])] == [
        (directory.archive_of(each), archived(lab, place)) for each, place in ((far, BRISTOL), (near, "DB02"))
    ]


def test_a_store_counts_what_it_has(lab: Lab) -> None:
    """It should list in a database's statistics the archives that are there, of whichever domain and site."""
    far = next(each for each in lab.estate.mailboxes if each.archive_database == BRISTOL)
    for site in lab.sites:
        rows = lab.rows("Get-MailboxStatistics", site=site, Database=BRISTOL)
        guids = {str(row["MailboxGuid"]): row for row in rows}
        assert {str(far.archive_guid)} <= set(guids)
        assert far.exchange_guid not in guids
        archive = guids[str(far.archive_guid)]
        assert (True, BRISTOL, "EX11") == (
            archive["IsArchiveMailbox"],
            archive["Database"],
            archive["ServerName"],
        )
        assert {each.exchange_guid for each in people(lab.estate, "bristol", BRISTOL)} < set(guids)
    (row,) = lab.rows("Get-MailboxStatistics", Identity=far.alias, Archive=None)
    assert BRISTOL == row["Database"]


def test_a_database_with_an_archive_is_not_removed(lab: Lab) -> None:
    """It should be refused for the archive of a mailbox that lives elsewhere, in the tenant too."""
    for site in lab.sites.values():
        for mailbox in site.directory.mailboxes():
            stays = mailbox.archive_database == BRISTOL
            site.directory.convert_to_remote(mailbox.exchange_guid, archive_stays=stays)
    for copy in lab.rows("Get-MailboxDatabaseCopyStatus", Identity=BRISTOL):
        if not copy["ActiveCopy"]:
            lab.rows("Remove-MailboxDatabaseCopy", Identity=copy["Identity"], Confirm=False)
    removed = {"Identity": BRISTOL, "Confirm": False}
    assert "archive mailboxes" in lab.refused("Remove-MailboxDatabase", **removed)
    far = next(each for each in lab.estate.mailboxes if each.archive_database == BRISTOL)
    lab.sites["leeds"].directory.forget_remote(far.exchange_guid)
    assert "" == lab.refused("Remove-MailboxDatabase", **removed)
