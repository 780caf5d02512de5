"""What blocks how many mailboxes of which organisations, worst first, as two tables that fit a narrow terminal.

The first says of each reason how many it concerns, who acts and how; the second where the most are. In a nation there
are some hundred thousand lines of the second kind: those that are not shown are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

SHOWN = 40
"""Lines of the second table: about a screen."""


class Line(NamedTuple):
    """*mailboxes* of *organisation* have what *code* names; *owner* acts, and *remedy* says how."""

    effect: str
    code: str
    organisation: str
    mailboxes: int
    owner: str
    remedy: str


def say(out: Console, title: str, lines: Sequence[Line]) -> None:
    """Print *lines*, which are in their order, to *out*."""
    reasons = Table("effect", "reason", title=title)
    for heading in ("mailboxes", "organisations"):
        reasons.add_column(heading, no_wrap=True, justify="right")
    reasons.add_column("who acts, and how", ratio=1)
    for its in _by_reason(lines):
        owners = len({line.organisation for line in its})
        numbers = (f"{_mailboxes(its):,}", f"{owners:,}")
        reasons.add_row(
            *map(escape, (its[0].effect, its[0].code, *numbers, f"{its[0].owner}: {its[0].remedy}"))
        )
    out.print(reasons)
    if lines:
        out.print(_where(lines[:SHOWN]))
    if len(lines) > SHOWN:
        out.print(f"and {len(lines) - SHOWN:,} more lines like these: `--json` gives all")


def _by_reason(lines: Sequence[Line]) -> list[list[Line]]:
    """*lines* by their reason, those with the most mailboxes first, effects in the order in which they come first."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line.effect, line.code), []).append(line)
    effects = list(dict.fromkeys(line.effect for line in lines))
    return sorted(found.values(), key=lambda its: (effects.index(its[0].effect), -_mailboxes(its)))


def _mailboxes(lines: Sequence[Line]) -> int:
    return sum(line.mailboxes for line in lines)


def _where(lines: Sequence[Line]) -> Table:
    table = Table(title="where, worst first")
    for heading in ("reason", "organisation"):
        table.add_column(heading, no_wrap=True)
    table.add_column("mailboxes", no_wrap=True, justify="right")
    for line in lines:
        table.add_row(*map(escape, (line.code, line.organisation, f"{line.mailboxes:,}")))
    return table
