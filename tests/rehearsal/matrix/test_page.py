"""The page of rules."""

from __future__ import annotations

from pathlib import Path

from rehearsal.matrix.page import page
from rehearsal.matrix.subjects import SUBJECTS

PAGE = Path(__file__).parents[3] / "docs" / "simulated-rules.md"


def listed(text: str) -> list[str]:
    return [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]


def test_the_page_is_current() -> None:
    """It should be what the generator writes now."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_the_page_names_what_was_never_confirmed() -> None:
    """It should list first exactly the rules that rest on an inference or a question mark."""
    first, _, _ = page().partition("## Every rule")

    assert [
        rule.name for subject in SUBJECTS for rule in subject.rules if {"inf", "?"} & set(rule.marks)
    ] == listed(first)
    assert {"warned_group", "removed_active_user", "rate_headers"} <= set(listed(first))
    assert "prompts" not in listed(first)


def test_the_page_lists_every_rule_of_every_service() -> None:
    """It should have a line for each rule, under its service."""
    _, _, whole = page().partition("## Every rule")

    assert [rule.name for subject in SUBJECTS for rule in subject.rules] == listed(whole)
    assert [subject.name for subject in SUBJECTS] == [
        line[4:] for line in whole.splitlines() if line.startswith("### ")
    ]
