"""The forecast of a saved plan and of the record move, as typed: figures, pictures, and refusals in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from estate_schema import load_estate, load_limits
from mailwave import rules, wiring
from mailwave.adapters.plan_file import write_plan
from mailwave.core.delegates.held import of_permissions
from mailwave.core.forecast import record_table
from mailwave.core.plan_columns import Origin
from mailwave.core.planning import Case
from mailwave.core.planning import planned as solve
from mailwave.core.population import of_mailboxes
from mailwave.exits import Exit
from tests.mailwave.builders import NOW, REASON, a_mailbox, an_organisation
from tests.mailwave.cli.conftest import WHY, Run

SITES = ("leeds", "bristol")
ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs" / "forecast.md"


@pytest.fixture
def planned(run: Run) -> Run:
    """The command line over a ledger with a saved plan of 900 mailboxes at two sites."""
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        mailboxes = [a_mailbox(n, site=SITES[n % 2]) for n in range(900)]
        ledger.import_estate([an_organisation()], mailboxes, [], REASON)
    code, said = run("wave", "plan", *WHY)
    assert Exit.OK == code, said
    return run


def test_a_saved_plan_is_forecast(planned: Run, tmp_path: Path) -> None:
    """It should print the ends, the weeks and the usual what-if cases, and write the picture."""
    code, said = planned("wave", "forecast", "--runs", "50", "--svg", str(tmp_path / "plan.svg"))

    assert Exit.OK == code, said
    assert "900 mailboxes ahead, under the limits rehearsal" in said
    assert all(case in said for case in ("as granted", "slots=800", "delta-slots=100", "sites=+1"))
    root = ET.parse(tmp_path / "plan.svg").getroot()
    assert "900 mailboxes move from" in (root[1].text or "")


def test_a_plan_is_shown_with_its_picture(planned: Run, tmp_path: Path) -> None:
    """It should write calendar and burn-up when a plan is shown, too."""
    code, said = planned("wave", "show", "--svg", str(tmp_path / "plan.svg"))

    assert Exit.OK == code, said
    assert "900 mailboxes move from" in (ET.parse(tmp_path / "plan.svg").getroot()[1].text or "")


def test_programs_get_json(planned: Run, capfd: pytest.CaptureFixture[str]) -> None:
    """It should print the same as JSON, and the same again for the same seed."""
    asked = ("wave", "forecast", "--runs", "20", "--seed", "7", "--what-if", "none", "--json")
    (code, first), (_, again) = planned(*asked), planned(*asked)

    assert Exit.OK == code
    told, other = (json.loads(said[said.index("{") : said.rindex("}") + 1]) for said in (first, again))
    assert told == other
    assert (900, 20, 7, []) == (
        told["forecast"]["mailboxes"],
        told["forecast"]["runs"],
        told["forecast"]["seed"],
        told["gains"],
    )
    assert told["forecast"]["ends"]["planned"] <= told["forecast"]["ends"]["p90"]


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (
            ("--runs", "3"),
            Exit.CONFIGURATION,
            "3 runs were asked for, and between 10 and 20,000 can be reckoned",
        ),
        (("--what-if", "speed=9"), Exit.CONFIGURATION, "the what-if 'speed=9' names no limit 'speed'"),
        (("--svg", "nowhere/plan.svg"), Exit.RESOURCE, "nowhere/plan.svg"),
        (("--plan", "nowhere.parquet"), Exit.CONFIGURATION, "nowhere.parquet"),
    ],
)
def test_bad_input_is_named(planned: Run, options: tuple[str, ...], code: Exit, sentence: str) -> None:
    """It should end with a named code and one sentence, and no traceback."""
    ended, said = planned("wave", "forecast", *options)

    assert code == ended
    assert sentence in said
    assert "Traceback" not in said


def a_plan_file(file: Path, environment: str) -> Path:
    """A plan file of 300 mailboxes at two sites."""
    population = of_mailboxes([a_mailbox(n, site=SITES[n % 2]) for n in range(300)], [an_organisation()])
    estate = load_estate(ROOT / "environments" / "estate.rehearsal.yaml")
    season = rules.season(estate, NOW, 90)
    granted = rules.granted(load_limits(ROOT / "environments" / "limits.rehearsal.yaml"), estate)
    closed = np.zeros(len(season.nights), dtype=np.bool_)
    solved = solve(Case(population, of_permissions(population, []), season, granted, closed))
    write_plan(file, solved.placement, solved.case.held, Origin(environment, 1, granted.profile, {}, "test"))
    return file


def test_a_plan_file_is_forecast(run: Run, tmp_path: Path) -> None:
    """It should take all of a plan from its file, with no plan in the ledger."""
    file = a_plan_file(tmp_path / "plan.parquet", "rehearsal")
    code, said = run("wave", "forecast", "--plan", str(file), "--runs", "20")

    assert Exit.OK == code, said
    assert "300 mailboxes ahead, under the limits rehearsal" in said


def test_a_plan_of_another_environment_is_refused(run: Run, tmp_path: Path) -> None:
    """It should not reckon one environment's plan with another's limits."""
    file = a_plan_file(tmp_path / "plan.parquet", "pilot")
    code, said = run("wave", "forecast", "--plan", str(file))

    assert Exit.CONFIGURATION == code
    assert "is a plan of 'pilot'; allowed: rehearsal" in said


def test_a_file_that_is_no_plan_is_refused(planned: Run, tmp_path: Path) -> None:
    """It should say that a file holds no plan."""
    file = tmp_path / "plan.parquet"
    file.write_bytes(b"PAR1 but nothing else")
    ended, said = planned("wave", "forecast", "--plan", str(file))

    assert Exit.OK != ended
    assert "is no plan file" in said


def test_without_a_plan_there_is_no_forecast(run: Run) -> None:
    """It should end with 13 when nothing is planned."""
    code, said = run("wave", "forecast")

    assert Exit.NO_PLAN == code
    assert "no plan is saved" in said


def test_the_record_move_is_told(run: Run) -> None:
    """It should print each case beside the published figures, and as JSON."""
    code, said = run("wave", "record-move", "--runs", "20")
    assert Exit.OK == code
    for case in ("published limits", "named grants", "peak rates alone", "as published"):
        assert case in said

    code, said = run("wave", "record-move", "--json", "--runs", "20")
    told = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert ["initial-sync slots"] * 3 + ["mailboxes a night"] * 2 == [row["binding"] for row in told["cases"]]


def test_the_page_has_the_measured_table() -> None:
    """It should keep docs/forecast.md at the table that the planner gives now."""
    text = DOCS.read_text(encoding="utf-8")
    assert record_table.markdown(record_table.results()) in text
    ends = record_table.chance()
    assert f"planned {ends.planned}, P50 {ends.p50}, P90 {ends.p90}" in text
