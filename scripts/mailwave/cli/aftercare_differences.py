"""Differences that a look after a wave has found, as people are shown them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from mailwave.cli.context import out
from mailwave.core.aftercare.differences import Difference, first
from mailwave.core.aftercare.kinds import KINDS


def show(title: str, differences: Sequence[Difference]) -> None:
    """Print the first of each kind of *differences*, and how many more there are, under *title*; nothing for none."""
    if not differences:
        return
    table = Table("of", "kind", "what", "mended by", title=title)
    shown, more = first(differences)
    for each in shown:
        by = "aftercare repair" if each.remedy else KINDS[each.kind].owner
        table.add_row(each.address, each.kind, each.what, by)
    for kind, number in more.items():
        table.add_row("", kind, f"and {number:,} more, all of them in the artifact", "")
    out.print(table)
