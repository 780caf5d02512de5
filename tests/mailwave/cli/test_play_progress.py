"""Plays under way: a table on a terminal, plain lines in a log."""

from __future__ import annotations

import io

from rich.console import Console

from mailwave.cli.play_progress import SHOWN, Board, showing
from mailwave.core.plays import Beat, BeatStatus

BEATS = (
    Beat("Roll", "EX01", "Work [hard]", BeatStatus.STARTED),
    Beat("Roll", "EX01", "Work [hard]", BeatStatus.CHANGED),
    Beat("Roll", "EX02", "Work [hard]", BeatStatus.SKIPPED),
    Beat("Roll", "EX03", "Work [hard]", BeatStatus.FAILED),
)


def test_lines_without_a_terminal() -> None:
    """It should write a line for each end of a task, and nothing for what only began or was skipped."""
    said = io.StringIO()

    with showing(Console(file=said, force_terminal=False, width=200)) as on_beat:
        for beat in BEATS:
            on_beat(beat)

    assert said.getvalue().splitlines() == ["EX01: Work [hard]: changed", "EX03: Work [hard]: failed"]


def test_table_on_a_terminal() -> None:
    """It should draw a row for each server with its task, its status and its counts, and leave none behind."""
    said = io.StringIO()

    with showing(Console(file=said, force_terminal=True, width=100)) as on_beat:
        for beat in BEATS:
            on_beat(beat)

    drawn = said.getvalue()
    assert all(server in drawn for server in ("EX01", "EX02", "EX03"))
    assert "Work [hard]" in drawn


def test_board_keeps_the_latest() -> None:
    """It should count what ended, show the servers that moved last, and begin anew with another play."""
    board = Board()
    for n in range(SHOWN + 5):
        board.take(Beat("Roll", f"EX{n:02}", "Work", BeatStatus.OK))
    many = board.table()
    board.take(Beat("Look", "EX00", "Look", BeatStatus.OK))

    assert (many.row_count, many.caption) == (SHOWN, "and 5 servers more")
    assert board.table().row_count == 1
