"""Rules of which no plan can keep all, met through the command: named, ended with 31, and nothing written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from mailwave.exits import Exit
from mailwave.wiring import plan_files, planning, settings
from tests.mailwave.builders import guid
from tests.mailwave.cli.conftest import Run

TODAY = datetime.now(UTC).date()
COUNT = 6

Refused = Callable[[], str]


class Files:
    """A copy of the environments' files, to be spoilt, and an estate of six mailboxes of two organisations."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(settings.ROOT / "environments", root / "environments")
        self.estate = root / "estate"
        self.estate.mkdir()
        pl.DataFrame(
            {
                "number": range(COUNT),
                "guid": [guid(n) for n in range(COUNT)],
                "organisation": ["RAA", "RBB"] * (COUNT // 2),
                "site": ["leeds"] * COUNT,
                "database": ["DB1"] * COUNT,
                "size_bytes": [10**9] * COUNT,
            }
        ).write_parquet(self.estate / "mailboxes.parquet")
        pl.DataFrame({"mailbox": [0], "trustee": [1], "kind": ["SendAs"]}).write_parquet(
            self.estate / "permissions.parquet"
        )
        empty = {name: ["", ""] for name in ("name", "kind", "region", "icb", "postcode")}
        pl.DataFrame({"code": ["RAA", "RBB"], **empty}).write_parquet(self.estate / "organisations.parquet")

    def change(self, name: str, old: str, new: str) -> None:
        """Put *new* in the place of the pattern *old*, which stands once in the file *name*."""
        file = self.root / "environments" / name
        text, count = re.subn(old, new, file.read_text())
        assert 1 == count
        file.write_text(text)

    def deadline(self, days: int, more: str = "") -> None:
        """Give the season a deadline in so many *days*, and what *more* its file shall say."""
        self.change(
            "estate.rehearsal.yaml", "  deadline: null", f"  deadline: {TODAY + timedelta(days)}{more}"
        )

    def dates(self, *rows: str) -> None:
        """Give organisations their own dates."""
        table = self.root / "environments" / "dates.csv"
        table.write_text("\n".join(["Organisation,Kind,First,Last,Why", *rows, ""]))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The files, which the command takes for its own."""
    found = Files(tmp_path / "root")
    for module in (settings, planning, plan_files):
        monkeypatch.setattr(module, "ROOT", found.root)
    return found


@pytest.fixture
def refused(run: Run, files: Files) -> Refused:
    """Plan the estate, see that it ends with 31 and writes nothing, and give what was said."""

    def plan() -> str:
        plan_file = files.root / "plan"
        code, said = run("wave", "plan", "--from", str(files.estate), "--to", str(plan_file))
        assert (Exit.CONTRADICTION, False) == (code, plan_file.exists())
        return said

    return plan


def test_an_organisation_without_a_window_before_the_deadline(files: Files, refused: Refused) -> None:
    """It should name the organisation, its own rule and the deadline, and no other rule."""
    files.deadline(90, "\n  dates: dates.csv")
    files.dates(f"RAA,ready,{TODAY + timedelta(91)},,new system", f"RBB,postponed,{TODAY},{TODAY},audit")

    said = refused()

    assert "organisation RAA" in said
    assert "new system" in said
    assert "deadline" in said
    assert "audit" not in said
    assert "Christmas" not in said


def test_a_limit_of_zero(files: Files, refused: Refused) -> None:
    """It should name the limit that leaves nothing."""
    files.change("limits.rehearsal.yaml", r"(?s)(concurrent_moves_tenant:.*?granted: )300", r"\g<1>0")

    assert "concurrent_moves_tenant" in refused()


def test_freezes_against_the_deadline(files: Files, refused: Refused) -> None:
    """It should name the freeze and the deadline that leave no night between them."""
    files.deadline(60)
    files.change(
        "estate.rehearsal.yaml",
        "freezes:.*\n",
        f"freezes:\n  - {{first: {TODAY}, last: {TODAY + timedelta(61)}, why: a long freeze}}\n",
    )

    said = refused()

    assert "a long freeze" in said
    assert "Christmas" not in said


def test_an_edge_to_an_unknown_mailbox(files: Files, run: Run) -> None:
    """It should name the right that leads nowhere, end with 10, and write nothing."""
    pl.DataFrame({"mailbox": [0], "trustee": [99], "kind": ["SendAs"]}).write_parquet(
        files.estate / "permissions.parquet"
    )
    plan_file = files.root / "plan"
    code, said = run("wave", "plan", "--from", str(files.estate), "--to", str(plan_file))

    assert (Exit.INPUT_REJECTED, False, True) == (code, plan_file.exists(), "99 on 0" in said)
