"""The files of the rings: what they take, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from estate_schema.rings import RINGS, load_rings

FOLDER = Path(__file__).parents[2] / "environments"
FILE = FOLDER / "rings.production.yaml"


@pytest.mark.parametrize("environment", ["dev", "pilot", "production", "rehearsal"])
def test_every_environments_rings_are_taken(environment: str) -> None:
    """It should have the four rings in their order, the last up to the whole estate."""
    found = load_rings(FOLDER / f"rings.{environment}.yaml").rings

    assert RINGS == tuple(ring.name for ring in found)
    assert 1 == found[-1].until


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("name: canary", "name: pilot", "must be canary, pilot, percentage, full"),
        ("until: 0.01", "until: 0.0001", "must each end at a greater share"),
        ("until: 1\n", "until: 0.9\n", "the last at 1"),
        ("share: 0.05", "share: 5", "share"),
        ("least: 2", "least: -1", "least"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    """It should say in one sentence what is wrong with it."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "rings.production.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_rings(file)
