"""Refusing input as a whole, with every bad row named by file, physical line and reason."""

from __future__ import annotations

import msgspec

from mailwave.core.refusals import Refusal

CEILING = 50
"""How many bad rows are kept with their reasons; the rest are counted."""


class BadRow(msgspec.Struct, frozen=True, order=True):
    """One row that cannot be taken. *line* counts the file's physical lines from 1; 0 means the file as a whole."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.reason}"


class BadRows(Refusal):
    """Input that was refused: *rows* holds up to `CEILING` bad rows, *more* counts the others."""

    def __init__(self, *, rows: tuple[BadRow, ...], more: int) -> None:
        self.rows = rows
        self.more = more
        count = len(rows) + more
        lines = [f"nothing was imported: {count} bad {'row' if count == 1 else 'rows'}", *map(str, rows)]
        super().__init__("\n".join([*lines, f"and {more} more"] if more else lines))


class Faults:
    """Collects bad rows of any number of files, so that one reading finds them all."""

    def __init__(self) -> None:
        self._rows: list[BadRow] = []
        self._more = 0

    def add(self, file: str, line: int, reason: str) -> None:
        """Note one bad row."""
        if len(self._rows) < CEILING:
            self._rows.append(BadRow(file, line, reason))
        else:
            self._more += 1

    def refuse_if_any(self) -> None:
        """Raise `BadRows` when anything was noted."""
        if self._rows:
            raise BadRows(rows=tuple(self._rows), more=self._more)
