"""`mailwave estate show --discovered`, `export` and `import --discovered`, typed, on what a reading has left."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from mailwave import wiring
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.source_reading import Progress
from mailwave.exits import Exit
from mailwave.runbooks.discover_estate import DiscoverEstate, Read
from mailwave.wiring.discovery import discovery_store
from tests.mailwave.adapters.test_exported_site import export, grouped
from tests.mailwave.cli.conftest import ODS, WHY, Run
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services, Time, small_estate

HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture
def read(tmp_path: Path) -> Services:
    """The small estate as a reading left it beside the ledger; a spreadsheet would run the name of one person."""
    estate = small_estate()
    first, *others = estate.mailboxes
    services = Services(replace(estate, mailboxes=(replace(first, display_name=HOSTILE), *others)))
    _read(services, tmp_path)
    return services


def _read(services: Services, tmp_path: Path) -> None:
    store = DiscoveryStore(tmp_path / "a ?%b" / "discovery", "rehearsal")
    runbook = DiscoverEstate(Time(services.clock, Boundary()), store, tuple(services.sites))
    with services.reading(store) as source:
        runbook.run(runbook.prepare(), [source.read])


def test_what_was_found_is_shown_worst_first(run: Run, read: Services) -> None:
    """It should name each finding with its organisation, number, owner, remedy and fact, and what stands around."""
    code, said = run("estate", "show", "--discovered")

    assert Exit.OK == code
    assert "over-largest" in said
    assert f"{len(read.estate.mailboxes)} mailboxes were found, with 0 findings that block a move" in said
    assert "dynamic groups" in said


def test_a_program_reads_the_same(run: Run, read: Services) -> None:
    """It should print JSON, lanes after what blocks, each with its number."""
    code, said = run("estate", "show", "--discovered", "--json")

    found = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert (Exit.OK, len(read.estate.mailboxes)) == (code, found["mailboxes"])
    shared = sum(each.recipient_type == "SharedMailbox" for each in read.estate.mailboxes)
    assert shared == sum(line["mailboxes"] for line in found["found"] if line["code"] == "shared")


@pytest.mark.usefixtures("read")
def test_an_export_is_shown_and_not_run(run: Run, tmp_path: Path) -> None:
    """It should write every table, with no cell that a spreadsheet would take for a formula."""
    code, said = run("estate", "export", "--to", str(tmp_path / "out"))

    assert Exit.OK == code
    files = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert [
        "around.csv",
        "findings.csv",
        "lanes.csv",
        "mailboxes.csv",
        "other-rights.csv",
        "rights.csv",
    ] == files
    assert all(name in said for name in files)
    with (tmp_path / "out" / "mailboxes.csv").open(encoding="utf-8-sig", newline="") as text:
        names = [row["display_name"] for row in csv.DictReader(text)]
    assert [f"'{HOSTILE}"] == [name for name in names if "cmd" in name]


def test_an_export_is_parquet_on_demand(run: Run, read: Services, tmp_path: Path) -> None:
    """It should write the same rows as Parquet."""
    assert Exit.OK == run("estate", "export", "--to", str(tmp_path / "out"), "--as", "parquet")[0]
    assert len(read.estate.mailboxes) == len(pl.read_parquet(tmp_path / "out" / "mailboxes.parquet"))


@pytest.mark.usefixtures("read")
def test_a_hostile_name_is_not_imported(run: Run) -> None:
    """It should refuse what was discovered by the same rules as what was exported by hand, whole."""
    code, said = run("estate", "import", "--discovered", "--ods", str(ODS), *WHY)

    assert Exit.INPUT_REJECTED == code
    assert "mailboxes-leeds.csv:" in said
    assert "a spreadsheet would run" in said
    assert Exit.NO_PLAN == run("wave", "plan", *WHY)[0]


def test_what_was_discovered_is_imported(run: Run, tmp_path: Path) -> None:
    """It should freeze the scope with what the last reading found."""
    services = Services()
    _read(services, tmp_path)
    code, said = run("estate", "import", "--discovered", "--ods", str(ODS), *WHY)
    assert Exit.OK == code
    assert any(
        str(len(services.estate.mailboxes)) in line for line in said.splitlines() if "mailboxes" in line
    )


@pytest.mark.parametrize("command", [("show", "--discovered"), ("export", "--to", "out")])
def test_nothing_can_be_said_before_a_reading_has_ended(run: Run, command: tuple[str, ...]) -> None:
    """It should end with its own code, and say what to do."""
    code, said = run("estate", *command)
    assert Exit.NOT_DISCOVERED == code
    assert "no discovery of this environment has ended yet" in said


@pytest.mark.usefixtures("read")
def test_a_damaged_store_is_refused(run: Run, tmp_path: Path) -> None:
    """It should name the folder, and never show a part of an estate for the whole."""
    (tmp_path / "a ?%b" / "discovery" / "state.json").write_text("[]", encoding="utf-8")
    code, said = run("estate", "show", "--discovered")
    assert Exit.DISCOVERY_BROKEN == code
    assert "state.json is damaged" in said


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> Services:
    """The small estate, read without a network by whatever command is typed."""
    services = Services()

    def readers(
        found: wiring.Settings,
        stack: ExitStack,
        asked: wiring.Asked,
        progress: Progress,
    ) -> list[Read]:
        assert wiring.Asked() == asked
        store = discovery_store(found)
        return [stack.enter_context(services.reading(store, progress=progress)).read]

    monkeypatch.setattr(wiring, "readers", readers)
    return services


def test_discovery_is_typed_twice(run: Run, in_memory: Services, tmp_path: Path) -> None:
    """It should ask for everything, then for what changed, and leave tables, evidence and lanes beside the ledger."""
    code, said = run("estate", "discover")
    assert Exit.OK == code
    assert "reading 1 asks for everything" in said
    assert f"{len(in_memory.estate.mailboxes)} mailboxes were found" in said
    assert "reading 2 asks for what changed since" in run("estate", "discover", "--json")[1]

    folder = tmp_path / "a ?%b" / "discovery"
    names = {str(file.relative_to(folder)) for file in folder.rglob("*") if "readings" not in file.parts}
    assert {
        "lanes.csv",
        "evidence/mailboxes.parquet",
        "found/findings.parquet",
        "mailboxes-leeds.csv",
    } <= names
    handed_in = read_evidence(folder / "evidence").mailboxes
    assert handed_in is not None
    assert len(in_memory.estate.mailboxes) == len(handed_in)


def test_discovery_imports_at_once_and_only_once(run: Run, in_memory: Services) -> None:
    """It should freeze the scope with --ods, and read nothing once it is frozen."""
    code, said = run("estate", "discover", "--ods", str(ODS), *WHY)
    assert Exit.OK == code
    assert any(
        str(len(in_memory.estate.mailboxes)) in line for line in said.splitlines() if "mailboxes" in line
    )
    assert (
        "the scope is frozen already; nothing was read"
        in run("estate", "discover", "--ods", str(ODS), *WHY)[1]
    )
    assert Exit.CONFIGURATION == run("estate", "discover", "--ods", str(ODS))[0]


def test_exports_are_read_in_the_place_of_sites(run: Run, tmp_path: Path) -> None:
    """It should need no address of any service where every site was exported, and say what a later show says."""
    services = Services(grouped())
    export(services, tmp_path / "files")
    folders = [
        word for site in services.sites for word in ("--exports", f"{site}={tmp_path / 'files' / site}")
    ]
    code, said = run("estate", "discover", *folders)
    assert Exit.OK == code
    assert f"{len(services.estate.mailboxes)} mailboxes were found" in said
    assert (
        f"{len(services.estate.mailboxes)} mailboxes were found" in run("estate", "show", "--discovered")[1]
    )


@pytest.mark.parametrize("given", ["leeds", "leeds=nowhere", "york=.", "=."])
def test_an_export_belongs_to_a_site(run: Run, given: str) -> None:
    """It should name what is no site with a folder, and the sites that there are."""
    code, said = run("estate", "discover", "--exports", given)
    assert Exit.CONFIGURATION == code
    assert repr(given) in said
    assert "a site of bristol, leeds" in said
