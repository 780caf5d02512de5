"""The file of the services: what it takes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from estate_schema.services import load_services

FILE = Path(__file__).parents[2] / "environments" / "services.yaml"


def test_the_services_are_taken() -> None:
    """It should have those that people were promised, each after what it needs."""
    names = [each.name for each in load_services(FILE).services]

    assert {"teams", "onedrive", "archive", "bookings", "sharepoint", "virtual-visits"} <= set(names)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("profiles: [person]", "profiles: [nobody]", "names the profile nobody"),
        (
            "needs: [archive]",
            "needs: [virtual-visits]",
            "needs virtual-visits, which does not come before it",
        ),
        ("name: onedrive", "name: teams", "more than one service called teams"),
        ("by: group", "by: magic", "step"),
        ("groups: [office]", "groups: []", "groups"),
        ("days: 180", "days: 400", "days"),
        ("side: site", "side: moon", "side"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    """It should say in one sentence what is wrong with it."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "services.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_services(file)
