"""A site read from the exports of its cmdlets: it is found as it is found when it is asked itself."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from exchange_admin.onpremises import OnPremises
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.exported_site import EXPORTS, NEEDED, exported
from mailwave.adapters.source_reading import SourceReading
from mailwave.core.bad_rows import BadRows
from mailwave.core.discovery.found import Found
from mailwave.core.discovery.tables import values
from mailwave.runbooks.discover_estate import DiscoverEstate
from rehearsal.estate import Estate
from tests.mailwave.adapters.test_source_reading import SITES, nested, of, rows
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services, Time, small_estate

Rows = Iterable[Mapping[str, object]]
Write = Callable[[Path, str, Rows], None]
EACH = ("Get-MailboxPermission", "Get-ADPermission")


def as_csv(folder: Path, cmdlet: str, found: Rows) -> None:
    """Write what *cmdlet* showed as people do: text, several values joined by semicolons."""
    export = EXPORTS[cmdlet]
    columns = [*export.required, *export.optional]
    with (folder / f"{cmdlet}.csv").open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in found:
            cells = [row.get(column) for column in columns]
            writer.writerow("" if cell is None else _text(cell) for cell in cells)


def _text(cell: object) -> str:
    return ";".join(map(str, cell)) if isinstance(cell, list) else str(cell)


def as_parquet(folder: Path, cmdlet: str, found: Rows) -> None:
    """The same as a table."""
    export = EXPORTS[cmdlet]
    columns = {
        column: [
            values(row.get(column))
            if column in export.lists
            else None
            if row.get(column) is None
            else str(row[column])
            for row in found
        ]
        for column in (*export.required, *export.optional)
    }
    kinds = {column: pl.List(pl.String) if column in export.lists else pl.String for column in columns}
    pl.DataFrame(columns, schema=kinds).write_parquet(folder / f"{cmdlet}.parquet")


def export(services: Services, folder: Path, write: Write = as_csv) -> None:
    """Export each site of *services* into a folder of its name in *folder*."""
    for site in services.sites:
        (folder / site).mkdir(parents=True)
        accounts = [each.name for each in services.estate.accounts if each.site == site]
        _export(services.premises(site), folder / site, write, accounts)


def _export(shell: OnPremises, folder: Path, write: Write, accounts: Iterable[str]) -> None:
    for cmdlet in sorted({*EXPORTS} - {"Get-Group"}):
        if cmdlet in EACH:
            found = shell.invoke_each("Get-Mailbox", {}, cmdlet).rows
        elif cmdlet == "Get-DistributionGroupMember":
            found = [
                row | {"Group": group["Guid"]}
                for group in shell.invoke("Get-DistributionGroup").rows
                for row in shell.invoke(cmdlet, {"Identity": group["Guid"]}).rows
            ]
        elif cmdlet == "Get-User":
            found = [row for name in accounts for row in shell.invoke(cmdlet, {"Identity": name}).rows]
        elif cmdlet == "Get-MailboxStatistics":
            databases = [row["Name"] for row in shell.invoke("Get-MailboxDatabase").rows]
            found = [row for name in databases for row in shell.invoke(cmdlet, {"Database": name}).rows]
        else:
            found = shell.invoke(cmdlet).rows
        write(folder, cmdlet, found)


def read(services: Services, folder: Path, store: DiscoveryStore) -> Found:
    """What is found of the sites that were exported into *folder*."""
    runbook = DiscoverEstate(Time(services.clock, Boundary()), store, tuple(services.sites))
    sites = {site: [exported(folder / site)] for site in services.sites}
    with SourceReading(sites, SITES, store, lambda *_: None) as source:
        return runbook.run(runbook.prepare(), [source.read])


def grouped() -> Estate:
    """The small estate, with a group in a group that holds a right."""
    people = [each.alias for each in small_estate().mailboxes[1:3]]
    return nested([("ring", ("inner", people[0])), ("inner", (people[1],))])


@pytest.fixture(scope="module")
def estate() -> Estate:
    """The same for every test."""
    return grouped()


@pytest.fixture(scope="module")
def kept(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was exported of it, as text."""
    folder = tmp_path_factory.mktemp("exported") / "files"
    export(Services(estate), folder)
    return folder


@pytest.fixture
def files(kept: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "files"))


@pytest.mark.parametrize("write", [as_csv, as_parquet])
def test_what_was_exported_is_found_as_if_it_were_asked(write: Write, estate: Estate, tmp_path: Path) -> None:
    """It should find the same mailboxes, rights, findings and lanes from files as from the site itself."""
    asked = of(estate, tmp_path / "asked")
    export(asked.services, tmp_path / "files", write)
    store = DiscoveryStore(tmp_path / "exported", "rehearsal")
    mine, theirs = read(asked.services, tmp_path / "files", store), asked()

    assert rows(theirs) == rows(mine)
    assert theirs.findings.equals(mine.findings)
    assert theirs.lanes.equals(mine.lanes)


def test_a_later_export_says_who_changed_and_who_is_gone(estate: Estate, files: Path, tmp_path: Path) -> None:
    """It should ask a second export for changes only, and find who is in it no more."""
    services = Services(estate)
    store = DiscoveryStore(tmp_path / "store", "rehearsal")
    before = read(services, files, store)
    gone = estate.mailboxes[0].exchange_guid
    for name in ("Get-Mailbox", "Get-MailboxStatistics"):
        file = files / "leeds" / f"{name}.csv"
        left = [line for line in file.read_text(encoding="utf-8-sig").splitlines() if gone not in line]
        file.write_text("\n".join(left), encoding="utf-8")
    services.clock.advance_to(services.clock.now + timedelta(days=1))

    after = read(services, files, store)
    assert set(before.estate["guid"]) - {gone} == set(after.estate["guid"])


def test_members_that_nobody_exported_are_not_known(estate: Estate, files: Path, tmp_path: Path) -> None:
    """It should call a right unclear whose group it cannot look into, and never absent."""
    (files / "leeds" / "Get-DistributionGroupMember.csv").unlink()
    found = read(Services(estate), files, DiscoveryStore(tmp_path / "store", "rehearsal"))
    assert "rights-unclear" in found.findings["code"]


@pytest.mark.parametrize("cmdlet", NEEDED)
def test_a_site_is_not_told_by_half_an_export(cmdlet: str, files: Path) -> None:
    """It should name the file that is missing."""
    (files / "leeds" / f"{cmdlet}.csv").unlink()
    with pytest.raises(BadRows, match=rf"{cmdlet}\.csv: is missing"):
        exported(files / "leeds")


ENTRIES = b"Identity,User,IsInherited,Deny,AccessRights\r\n"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("Get-MailboxPermission.csv", b"Identity,User\r\n", "has no column IsInherited, Deny, AccessRights"),
        (
            "Get-MailboxPermission.csv",
            ENTRIES + b"a,b,F,F,System.Object[]\r\n",
            "name of a type in its AccessRights",
        ),
        ("Get-MailboxPermission.csv", ENTRIES + b"a,\x92,F,F,x\r\n", "Windows-1252"),
        ("Get-MailboxPermission.csv", ENTRIES + b"a,\0,F,F,x\r\n", "NUL"),
        ("Get-MobileDevice.parquet", b"PAR1", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(name: str, content: bytes, reason: str, files: Path) -> None:
    """It should name file and reason, and read nothing of the site then."""
    (files / "leeds" / Path(name).with_suffix(".csv")).unlink()
    (files / "leeds" / name).write_bytes(content)
    with pytest.raises(BadRows, match=reason) as refused:
        exported(files / "leeds")
    assert str(files / "leeds" / name) == refused.value.rows[0].file
