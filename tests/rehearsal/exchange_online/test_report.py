"""The page of rules."""

from __future__ import annotations

from pathlib import Path

from rehearsal.exchange_online.options import rules
from rehearsal.exchange_online.report import page

PAGE = Path(__file__).parents[3] / "docs" / "simulated-rules.md"


def test_the_page_is_current() -> None:
    """It should be what the generator writes now."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_the_page_names_what_was_never_confirmed() -> None:
    """It should list first exactly the rules that rest on an inference or a question mark."""
    first, _, _ = page().partition("## Every rule")
    listed = [line.split("`")[1] for line in first.splitlines() if line.startswith("| `")]

    assert [rule.name for rule in rules() if {"inf", "?"} & set(rule.confidence.split(", "))] == listed
    assert {"warned_group", "removed_active_user", "rate_headers"} <= set(listed)
    assert "prompts" not in listed
