"""The two tables of what blocks mailboxes: readable in 80 columns, worst first, and no markup but its own."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from mailwave.cli.estate_lines import SHOWN, Line, say

REMEDY = "remove the request on premises (Remove-MoveRequest)"


def lines(count: int, code: str = "left-over-move", effect: str = "blocks", most: int = 1_000) -> list[Line]:
    """So many lines of one reason, worst first."""
    return [Line(effect, code, f"R{n:04}", most - n, "messaging team", REMEDY) for n in range(count)]


def said(found: list[Line], width: int = 80) -> str:
    """What is printed of *found*."""
    text = io.StringIO()
    say(Console(file=text, width=width), "what was found", found)
    return text.getvalue()


def test_a_reason_is_told_once() -> None:
    """It should sum a reason over all organisations, say who acts and how, and put what has the most first."""
    text = said([*lines(2, "quarantined", most=5), *lines(3), *lines(1, "shared", "lane")], width=140)
    table = [row for row in text.splitlines() if "messaging team" in row]
    assert [("2,997", "3"), ("9", "2"), ("1,000", "1")] == [
        tuple(cell.strip() for cell in row.split("│")[3:5]) for row in table
    ]
    assert REMEDY in table[0]


def test_what_is_not_shown_is_counted() -> None:
    """It should show as many organisations as a screen takes, the worst of them, and count the others."""
    text = said(lines(SHOWN + 3))
    assert "R0000" in text
    assert f"R{SHOWN:04}" not in text
    assert "and 3 more lines like these" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "more lines" not in said(lines(SHOWN))


@pytest.mark.parametrize("name", ["[/]", "[bold]R0A[/bold]", "[link=https://x.example]R0A[/link]"])
def test_a_name_is_shown_as_it_is_written(name: str) -> None:
    """It should take nothing of an organisation's code for its own markup."""
    found = Line("blocks", "quarantined", name, 1, "messaging team", REMEDY)
    assert name in said([found], width=140)
