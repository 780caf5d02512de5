"""The page of what the policy pack looks at."""

from __future__ import annotations

from pathlib import Path

from controls.catalogue import controls
from infra.policy.coverage import page

PAGE = Path(__file__).parents[3] / "docs" / "policy-coverage.md"


def test_the_page_is_current() -> None:
    """It should be what the generator writes now."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_the_page_says_what_is_not_looked_at() -> None:
    """It should mark exactly the controls that have no check."""
    marked = [int(line.split("|")[1]) for line in page().splitlines() if "**not yet**" in line]

    assert [control.id for control in controls() if not control.checks] == marked
