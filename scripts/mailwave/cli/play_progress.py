"""Plays under way, by server and task: a table that is redrawn on a terminal, and plain lines elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mailwave.core.plays import Beat, BeatStatus

OnBeat = Callable[[Beat], None]

SHOWN = 20
"""Servers in the table; those that moved last are shown."""

STYLES = {
    BeatStatus.STARTED: "cyan",
    BeatStatus.OK: "green",
    BeatStatus.CHANGED: "yellow",
    BeatStatus.SKIPPED: "dim",
    BeatStatus.FAILED: "red",
    BeatStatus.UNREACHABLE: "red",
}


@dataclass
class Board:
    """Where each server stands: its last beat and how many of its tasks ended in each way."""

    play: str = ""
    last: dict[str, Beat] = field(default_factory=dict)
    ended: dict[str, Counter[BeatStatus]] = field(default_factory=dict)

    def take(self, beat: Beat) -> None:
        """Note *beat*; the first of another play clears the board."""
        if beat.play != self.play:
            self.play, self.last, self.ended = beat.play, {}, {}
        self.last.pop(beat.server, None)
        self.last[beat.server] = beat
        if beat.status is not BeatStatus.STARTED:
            self.ended.setdefault(beat.server, Counter())[beat.status] += 1

    def table(self) -> Table:
        """The board as a table, the servers in the order of their names."""
        table = Table(
            "server", "task", "now", "ok", "changed", "failed", title=Text(self.play), title_justify="left"
        )
        shown = dict(list(self.last.items())[-SHOWN:])
        for server, beat in sorted(shown.items()):
            ended = self.ended.get(server, Counter())
            table.add_row(
                Text(server),
                Text(beat.task),
                f"[{STYLES[beat.status]}]{beat.status.value}[/]",
                str(ended[BeatStatus.OK] + ended[BeatStatus.CHANGED]),
                str(ended[BeatStatus.CHANGED]),
                str(ended[BeatStatus.FAILED] + ended[BeatStatus.UNREACHABLE]),
            )
        if len(self.last) > len(shown):
            table.caption = f"and {len(self.last) - len(shown)} servers more"
        return table


@contextmanager
def showing(console: Console) -> Iterator[OnBeat]:
    """What is to be told of each beat while the block runs; it shows them on *console*."""
    if not console.is_terminal:
        yield lambda beat: _line(console, beat)
        return
    board = Board()
    with Live(console=console, refresh_per_second=8, transient=True) as live:

        def show(beat: Beat) -> None:
            board.take(beat)
            live.update(board.table())

        yield show


def _line(console: Console, beat: Beat) -> None:
    """One line an end of a task; what was skipped and what only began says nothing to a log."""
    if beat.status not in {BeatStatus.STARTED, BeatStatus.SKIPPED}:
        console.print(f"{beat.server}: {beat.task}: {beat.status.value}", markup=False)
