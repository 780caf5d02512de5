"""`mailwave report`, as typed: on a terminal, as JSON, as a page and as a workbook."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mailwave import wiring
from mailwave.core.states import MailboxState, Transition
from mailwave.exits import Exit
from tests.mailwave.builders import REASON, a_mailbox, an_organisation, guid
from tests.mailwave.cli.conftest import WHY, Run

CAMPAIGN = {
    "profile": "test",
    "seed": 1,
    "weeks": 30,
    "slots": 0.5,
    "begins": "2020-08-03",
    "mailboxes": 10,
    "bytes": 100,
    "nights": [["2020-08-17", 6, 4, 40]],
    "binding": ["initial slots"],
    "failed": {"poor": 1},
    "left": {"initial slots": 4, "approval": 1},
    "limits": ["initial slots"],
    "hands": 2,
    "assumes": [["endpoints", "7", "assumption"]],
}


@pytest.fixture
def planned(run: Run) -> Run:
    """The command line over a ledger with a plan of thirty mailboxes."""
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(30)], [], REASON)
    code, said = run("wave", "plan", *WHY)
    assert Exit.OK == code, said
    return run


def told(said: str) -> dict[str, Any]:
    """The JSON in what was printed."""
    found: dict[str, Any] = json.loads(said[said.index("{") : said.rindex("}") + 1])
    return found


@pytest.mark.parametrize(
    ("what", "title"),
    [
        (("programme",), "The programme"),
        (("organisation", "--organisation", "RR8"), "LEEDS TEACHING HOSPITALS NHS TRUST"),
    ],
)
def test_page_workbook_and_json_are_the_same_report(
    planned: Run, tmp_path: Path, what: tuple[str, ...], title: str
) -> None:
    """It should write the page and the workbook that are asked for, and print the same values as JSON."""
    html, xlsx = tmp_path / "r.html", tmp_path / "r.xlsx"
    code, said = planned("report", *what, "--json", "--html", str(html), "--xlsx", str(xlsx))
    assert Exit.OK == code, said
    found = told(said)
    book = openpyxl.load_workbook(io.BytesIO(xlsx.read_bytes()))

    assert title == found["title"]
    assert f"<h1>{title}</h1>" in html.read_text(encoding="utf-8")
    assert ["Report", *(each["title"] for each in found["sections"])] == book.sheetnames
    for section in found["sections"]:
        rows = list(book[section["title"]].iter_rows(min_row=2, values_only=True))
        assert len(section["rows"]) == len(rows)


def test_a_long_list_of_what_is_open_is_cut_for_people_alone(run: Run, tmp_path: Path) -> None:
    """It should show twenty reasons of a kind on the page and on a terminal, and all in the workbook and the JSON."""
    out = [Transition(guid(n), MailboxState.EXCLUDED, f"cause {n}") for n in range(50)]
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(50)], [], REASON)
        ledger.move_state(out, REASON)
    html, xlsx = tmp_path / "r.html", tmp_path / "r.xlsx"
    code, said = run("report", "programme", "--json", "--html", str(html), "--xlsx", str(xlsx))
    assert Exit.OK == code, said
    (whole,) = [each["rows"] for each in told(said)["sections"] if each["title"] == "Open"]
    book = openpyxl.load_workbook(io.BytesIO(xlsx.read_bytes()))
    page = html.read_text(encoding="utf-8")
    code, terminal = run("report", "programme")

    assert 50 == len(whole) == len(list(book["Open"].iter_rows(min_row=2)))
    assert 20 == page.count("<td>cause ") == terminal.count("cause ")
    assert all("and 30 more, all of them" in " ".join(each.split()) for each in (page, terminal))


def test_a_wave_is_reported(planned: Run) -> None:
    """It should say of a planned wave that it is ahead, and name the waves there are when another is asked for."""
    code, said = planned("report", "wave", "--wave", "nowhere")
    assert Exit.CONFIGURATION == code
    wave = said.partition("it has ")[2].split()[0].rstrip(",")
    code, said = planned("report", "wave", "--wave", wave)
    assert Exit.OK == code, said
    assert "Ahead: 0 of 30 mailboxes have moved." in said


def test_a_campaign_is_reported(run: Run, tmp_path: Path) -> None:
    """It should report on a campaign in place of the ledger, which need not be there."""
    file = tmp_path / "figures.json"
    file.write_text(json.dumps(CAMPAIGN), encoding="utf-8")
    code, said = run("report", "programme", "--campaign", str(file))
    assert Exit.OK == code, said
    assert "Missed: By 01 March 2021 4 mailboxes, 40.0%, had not moved" in said
    assert "What held it: weeks held by initial slots (1)" in said
    assert "What the model assumes" in said


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("programme",), Exit.NO_PLAN, "the ledger holds no estate"),
        (("organisation", "--organisation", "RR8"), Exit.CONFIGURATION, "no organisation of the estate has"),
        (
            ("programme", "--campaign", "pyproject.toml"),
            Exit.INPUT_REJECTED,
            "holds no figures of a campaign",
        ),
    ],
)
def test_what_cannot_be_reported_is_named(
    run: Run, arguments: tuple[str, ...], code: Exit, sentence: str
) -> None:
    """It should end with a named code and one sentence, and no traceback."""
    ended, said = run("report", *arguments)
    assert (code, True, False) == (ended, sentence in said, "Traceback" in said)
