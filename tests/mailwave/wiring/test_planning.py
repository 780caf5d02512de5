"""The season of an environment: its files, and the tables beside them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from mailwave.core.bad_rows import BadRows
from mailwave.core.estate import Organisation
from mailwave.core.placement.season import Kind, Season
from mailwave.wiring import Settings, planning

BODIES = [(Organisation(f"RA{n}", "", "trust", "Y56"), 100) for n in range(9)]
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which tables are looked for."""
    monkeypatch.setattr(planning, "ROOT", tmp_path)
    folder = tmp_path / "environments"
    folder.mkdir()
    return folder


def season(environment: str) -> Season:
    return planning.season_of(Settings.load(environment), BODIES)(NOW)


def test_organisations_dates_and_pilots_are_in_the_season(environments: Path) -> None:
    """It should read the table of dates, and draw as many pilots as the estate file asks for."""
    (environments / "dates.pilot.csv").write_text(
        "Organisation,Kind,First,Last,Why\nRA1,chosen,2026-10-12,2026-10-13,x\n"
    )
    found = season("pilot")

    assert [("RA1", date(2026, 10, 12))] == [
        (rule.of, rule.first) for rule in found.rules if rule.kind is Kind.CHOSEN
    ]
    assert 4 == len(found.pilots & {body.code for body, _ in BODIES})
    assert found.deadline == found.nights[-1].night


def test_a_table_that_is_not_there_is_named(environments: Path) -> None:
    """It should name the key and the file, not plan without the dates."""
    with pytest.raises(ConfigurationError) as caught:
        season("pilot")

    assert "season.dates" == caught.value.key
    assert "dates.pilot.csv" in caught.value.problem


def test_a_bad_table_is_refused(environments: Path) -> None:
    """It should refuse dates of an organisation that the estate has not got."""
    (environments / "dates.pilot.csv").write_text(
        "Organisation,Kind,First,Last,Why\nRXX,ready,2026-10-12,,x\n"
    )

    with pytest.raises(BadRows, match=r"dates\.pilot\.csv:2"):
        season("pilot")


def test_an_environment_may_have_neither_tables_nor_an_end() -> None:
    """It should look a year ahead where there is no deadline."""
    found = season("rehearsal")

    assert planning.HORIZON_DAYS + 1 == len(found.nights)
    assert found.deadline is None
    assert not found.pilots
