"""The file of the rules of readiness: what it takes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_schema import ConfigurationError, load_readiness

FILE = Path(__file__).parents[2] / "environments" / "readiness.yaml"


def test_the_shipped_rules_are_taken() -> None:
    """It should hold a rule for each thing that must be true, each with an owner and a remedy."""
    found = load_readiness(FILE)

    assert 22 == len(found.rules)
    assert {"recipient-type", "size"} == {rule.name for rule in found.rules if rule.effect == "excluded"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("name: tls", "name: size", "more than one rule called size"),
        ("failed: tls-old", "failed: too-large", "more than one code called too-large"),
        ("age_days: 180", "age_days: 0", "age_days"),
        ('tls_minimum: "1.2"', "tls_minimum: 1.2", "tls_minimum"),
        ("effect: deferred", "effect: forgiven", "effect"),
        ("\nfigures:", "\nwaivers: []\n\nfigures:", "waivers: is not a key of this file"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    """It should say in one sentence what is wrong with it."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "readiness.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_readiness(file)
