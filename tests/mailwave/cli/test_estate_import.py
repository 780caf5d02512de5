"""`mailwave estate import --from`, typed, on what the generator of the national estate writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailwave.exits import Exit
from rehearsal.national import files
from rehearsal.national.estate import NationalEstate, generate
from tests.mailwave.cli.conftest import ODS, WHY, Run

COUNT = 1_000


@pytest.fixture(scope="module")
def made() -> NationalEstate:
    """The least estate that there is."""
    return generate(7, COUNT)


def test_a_generated_estate_is_imported_as_it_is(run: Run, made: NationalEstate, tmp_path: Path) -> None:
    """It should take every organisation, mailbox and right of the files, and freeze the scope with them."""
    files.write(made, tmp_path / "national")
    code, said = run("estate", "import", "--from", str(tmp_path / "national"), "--json", *WHY)

    taken = json.loads(said[said.index("{") : said.rindex("}") + 1])
    rights = made.permissions.select("mailbox", "trustee", "kind").unique().height
    expected = {
        "organisations": made.organisations.height,
        "mailboxes": COUNT,
        "rights": rights,
        "dry_run": False,
    }
    assert Exit.OK == code
    assert expected == {name: taken[name] for name in expected}
    assert taken["organisations"] == sum(taken["kinds"].values())
    assert "1,000" in run("wave", "account")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("--from", ".", "--ods", str(ODS)),
        ("--from", ".", "--discovered"),
        ("--discovered", "--ods", str(ODS), "--mailboxes", __file__),
    ],
)
def test_an_estate_comes_from_one_place(run: Run, words: tuple[str, ...]) -> None:
    """It should refuse two sources at once, of which it would pass over one."""
    code, said = run("estate", "import", *words, *WHY)
    assert Exit.CONFIGURATION == code
    assert "give one of --from, --discovered and --mailboxes" in said
