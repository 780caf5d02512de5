"""`mailwave wave plan --from`, `show`, `diff` and `explain` over plan files, typed as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from mailwave.adapters import estate_parquet
from mailwave.core.delegates.held import Held
from mailwave.core.population import Population
from mailwave.core.strategies import STRATEGIES
from mailwave.exits import Exit
from mailwave.wiring.settings import ROOT
from tests.mailwave.builders import guid
from tests.mailwave.cli.conftest import WHY, Run


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Ten mailboxes at Leeds, two of which share."""
    folder = tmp_path / "estate"
    folder.mkdir()
    count = 10
    pl.DataFrame(
        {
            "number": range(count),
            "guid": [guid(n) for n in range(count)],
            "organisation": ["RR8"] * count,
            "site": ["leeds"] * count,
            "database": ["DB1"] * count,
            "size_bytes": [10**9] * count,
        }
    ).write_parquet(folder / "mailboxes.parquet")
    pl.DataFrame({"mailbox": [0], "trustee": [1], "kind": ["SendAs"]}).write_parquet(
        folder / "permissions.parquet"
    )
    pl.DataFrame(
        {name: [value] for name, value in zip(_COLUMNS, ("RR8", "LEEDS", "trust", "", "", ""), strict=True)}
    ).write_parquet(folder / "organisations.parquet")
    return folder


_COLUMNS = ("code", "name", "kind", "region", "icb", "postcode")


def data(said: str) -> dict[str, object]:
    """The JSON in what a command printed."""
    found: dict[str, object] = json.loads(said[said.index("{") : said.rindex("}") + 1])
    return found


def test_an_estate_is_planned_into_a_file(run: Run, estate: Path, tmp_path: Path) -> None:
    """It should write the plan, change nothing when run again, and show and explain what it wrote."""
    file = tmp_path / "plan.parquet"
    arguments = ("wave", "plan", "--from", str(estate), "--to", str(file))

    code, said = run(*arguments, "--json")
    assert (Exit.OK, True) == (code, data(said)["is_new"])
    written = file.stat()
    code, said = run(*arguments, "--json")
    assert (Exit.OK, False) == (code, data(said)["is_new"])
    assert (written.st_ino, written.st_mtime_ns) == (file.stat().st_ino, file.stat().st_mtime_ns)

    _, said = run("wave", "show", "--plan", str(file), "--json")
    assert (10, 0, "rehearsal") == tuple(data(said)[name] for name in ("mailboxes", "unplanned", "profile"))
    _, said = run("wave", "explain", guid(0), "--plan", str(file), "--json")
    assert [guid(1)] == data(said)["group"]
    code, said = run("wave", "explain", guid(0), "--plan", str(file))
    assert (Exit.OK, True) == (code, f"{guid(0)} moves on" in said)


def test_an_estate_that_is_as_it_was_is_not_read_again(
    run: Run, estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should plan from the plan file alone while no byte of the estate has changed, and read it when one has."""
    file, fresh = tmp_path / "plan", tmp_path / "fresh"
    arguments = ("wave", "plan", "--from", str(estate), "--json")
    run(*arguments, "--to", str(file))
    reads: list[Path] = []
    read = estate_parquet.read_estate

    def counted(folder: Path) -> tuple[Population, Held]:
        reads.append(folder)
        return read(folder)

    monkeypatch.setattr(estate_parquet, "read_estate", counted)
    assert (Exit.OK, []) == (run(*arguments, "--to", str(file))[0], reads)

    table = estate / "permissions.parquet"
    pl.DataFrame({"mailbox": [0, 2], "trustee": [1, 3], "kind": ["SendAs"] * 2}).write_parquet(table)
    code, said = run(*arguments, "--to", str(file))
    assert (Exit.OK, [estate]) == (code, reads)
    _, explained = run("wave", "explain", guid(2), "--plan", str(file), "--json")
    assert [guid(3)] == data(explained)["group"]
    assert data(said)["digest"] == data(run(*arguments, "--to", str(fresh))[1])["digest"]


def test_an_estate_that_changes_while_it_is_read_is_refused(
    run: Run, estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should write no plan of an estate that another wrote at meanwhile, and say so."""
    file, read = tmp_path / "plan", estate_parquet.read_estate

    def meanwhile(folder: Path) -> tuple[Population, Held]:
        found = read(folder)
        table = folder / "mailboxes.parquet"
        table.write_bytes(table.read_bytes() + b" ")
        return found

    monkeypatch.setattr(estate_parquet, "read_estate", meanwhile)
    code, said = run("wave", "plan", "--from", str(estate), "--to", str(file))

    assert (Exit.INPUT_REJECTED, False) == (code, file.exists())
    assert "was changed while it was read" in " ".join(said.split())


def test_a_dry_run_writes_nothing(run: Run, estate: Path, tmp_path: Path) -> None:
    """It should say what the plan would be and write no file."""
    file = tmp_path / "plan.parquet"
    code, said = run("wave", "plan", "--from", str(estate), "--to", str(file), "-n")

    assert (Exit.OK, False) == (code, file.exists())
    assert "would hold sha256:" in said


def test_two_plans_are_compared(run: Run, estate: Path, tmp_path: Path) -> None:
    """It should say who is in one plan only."""
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    run("wave", "plan", "--from", str(estate), "--to", str(old))
    table = estate / "mailboxes.parquet"
    pl.read_parquet(table).head(9).write_parquet(table)
    run("wave", "plan", "--from", str(estate), "--to", str(new))

    code, said = run("wave", "diff", str(old), str(new), "--json")
    assert Exit.OK == code
    assert [guid(9)] == [row["mailbox"] for row in data(said)["moved"]]  # type: ignore[attr-defined, index]
    _, said = run("wave", "diff", str(old), str(new))
    assert "is in the old plan only" in said
    assert "9 mailboxes stay" in said


def test_bad_input_is_named(run: Run, estate: Path, tmp_path: Path) -> None:
    """It should end with its own code for a right that leads nowhere, a file that is no plan, and a stranger."""
    file = tmp_path / "plan.parquet"
    run("wave", "plan", "--from", str(estate), "--to", str(file))

    assert Exit.PLAN_REFUSED == run("wave", "explain", guid(77), "--plan", str(file))[0]
    assert Exit.INPUT_REJECTED == run("wave", "explain", "somebody", "--plan", str(file))[0]
    file.write_bytes(file.read_bytes()[:-1])
    code, said = run("wave", "show", "--plan", str(file))
    assert (Exit.PLAN_REFUSED, True) == (code, "plan.parquet" in said)
    assert Exit.PLAN_REFUSED == run("wave", "plan", "--from", str(estate), "--to", str(file))[0]

    pl.DataFrame({"mailbox": [0], "trustee": [99], "kind": ["SendAs"]}).write_parquet(
        estate / "permissions.parquet"
    )
    code, said = run("wave", "plan", "--from", str(estate), "--to", str(tmp_path / "other.parquet"))
    assert (Exit.INPUT_REJECTED, True) == (code, "99 on 0" in said)
    assert not (tmp_path / "other.parquet").exists()


def test_strategies_are_costed_in_one_table(run: Run, estate: Path) -> None:
    """It should put a share of everybody, hard rights, small groups and groups as planned side by side."""
    code, said = run("wave", "strategies", "--from", str(estate), "--json")
    found = json.loads(said[said.index("[\n") : said.rindex("]") + 1])

    assert Exit.OK == code
    assert [strategy.name for strategy in STRATEGIES] == [cost["strategy"] for cost in found]
    assert {0} == {cost["unplaced"] for cost in found}
    code, said = run("wave", "strategies", "--from", str(estate))
    assert (Exit.OK, True) == (code, "groups as planned" in said)


def test_an_estate_is_planned_by_rules_beside_it(run: Run, estate: Path, tmp_path: Path) -> None:
    """It should plan by the limits of the folder that is named, say whose they are, and refuse a folder without."""
    arguments = (
        "wave",
        "plan",
        "--from",
        str(estate),
        "--to",
        str(tmp_path / "plan"),
        "--rules",
        str(tmp_path),
    )
    assert Exit.CONFIGURATION == run(*arguments)[0]
    for kind in ("estate", "limits"):
        text = (ROOT / "environments" / f"{kind}.rehearsal.yaml").read_text(encoding="utf-8")
        drawn = text.replace("profile: rehearsal", "profile: drawn")
        (tmp_path / f"{kind}.rehearsal.yaml").write_text(drawn, encoding="utf-8")

    code, said = run(*arguments, "--json")
    assert (Exit.OK, "drawn") == (code, data(said)["profile"])
    assert Exit.CONFIGURATION == run("wave", "plan", "--rules", str(tmp_path))[0]


def test_options_that_belong_together_are_asked_for(run: Run, estate: Path) -> None:
    """It should end with 2 when a folder is given without a file, or a plan of the ledger without its reason."""
    code, said = run("wave", "plan", "--from", str(estate))
    assert (Exit.CONFIGURATION, True) == (code, "belong together" in said)
    code, said = run("wave", "plan")
    assert (Exit.CONFIGURATION, True) == (code, "--ticket" in said)


def test_no_plan_is_saved_yet(run: Run) -> None:
    """It should end with 13 when there is no plan to show, and 32 for a mailbox that the ledger has not got."""
    assert Exit.NO_PLAN == run("wave", "show")[0]
    assert Exit.PLAN_REFUSED == run("wave", "explain", "nobody@nhsmail.example")[0]
    assert Exit.NO_PLAN == run("wave", "plan", *WHY)[0]
