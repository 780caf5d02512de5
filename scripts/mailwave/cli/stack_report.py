"""What commands over the stacks share: which layers are asked for, and how a report is said."""

from __future__ import annotations

import typer

from mailwave.cli.context import out
from mailwave.core.stacks import StackReport
from mailwave.runbooks.provision import LAYERS


def layers(asked: list[str] | None) -> tuple[str, ...]:
    """The layers asked for, in the order of deployment; raise `typer.BadParameter` where one is none."""
    unknown = sorted(set(asked or ()) - set(LAYERS))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is no layer; known: {', '.join(LAYERS)}")
    return tuple(layer for layer in LAYERS if not asked or layer in asked)


def say(report: StackReport) -> None:
    """Print a stack's report: its sums, what it breaks, and each change."""
    out.print(str(report), markup=False)
    for line in (*report.breaches, *report.changes):
        out.print(f"  {line}", markup=False)
