"""The file of the causes of failures: what it takes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from estate_schema.causes import load_causes

FILE = Path(__file__).parents[2] / "environments" / "causes.yaml"


def test_the_shipped_causes_are_taken() -> None:
    """It should hold each of the 27 errors of section B.10, and more."""
    found = load_causes(FILE).causes

    assert [*range(1, 28)] == sorted(row.error for row in found if row.error)
    assert len(found) > 27


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("name: access-denied", "name: mrsproxy-off", "more than one cause called mrsproxy-off"),
        ("retries: 8", "retries: 0", "a transient cause has retries"),
        ("error: 19", "error: 28", "error"),
        ("nature: needs-a-person", "nature: hopeless", "nature"),
        ('[[""]]', "[[x]]", "must end with the only cause"),
        ("[[RemoteTransientException, Access is denied]]", "[[]]", "signs"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    """It should say in one sentence what is wrong with it."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "causes.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_causes(file)
