"""`mailwave wave status`: where the whole estate stands at this moment, from the kept summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.table import Table

from mailwave.cli.context import AsJson, Environment, out, settings
from mailwave.core.progress import Dashboard, Face, Tally
from mailwave.core.states import MailboxState
from mailwave.runbooks.endpoint_changes import EndpointChange, endpoint_changes
from mailwave.wiring import vault

SHOWN = 40
"""Rows that the terminal shows; JSON has them all."""

UNPLANNED = "(not planned)"
"""What a wave or batch without a name is called."""


def add_to(app: typer.Typer) -> None:
    """Give *app* the command of this module."""
    app.command()(status)


def status(
    environment: Environment,
    by: Annotated[Face, typer.Option("--by", help="A row for each of these")] = Face.WAVE,
    *,
    as_json: AsJson = False,
) -> None:
    """Show how many mailboxes are in which state, and what holds moves up, as they are while a wave runs."""
    named = settings(environment)
    with named.ledger() as ledger:
        found, anchor = ledger.dashboard(by), vault.anchor_of(named, ledger).short
        changes, calls = endpoint_changes(ledger), ledger.calls()
    if as_json:
        run = {"endpoints": [each._asdict() for each in changes], "admin_calls": calls}
        typer.echo(json.dumps({**_data(found), **run, "journal": anchor}, indent=2))
        return
    _show(found)
    _show_run(changes, calls)
    out.print(anchor, markup=False)


def _data(found: Dashboard) -> dict[str, object]:
    return {
        "planned": found.planned,
        "states": {state.value: _tally(tally) for state, tally in found.by_state.items()},
        "by": found.face.value,
        "parts": {
            name: {state.value: _tally(tally) for state, tally in sorted(held.items())}
            for name, held in sorted(found.tallies.items())
        },
        "stalls": dict(found.stalls),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"mailboxes": tally.mailboxes, "bytes": tally.size_bytes}


def _show(found: Dashboard) -> None:
    states = list(found.by_state)
    table = Table(
        found.face.value, *(state.value for state in states), "GB", title=f"{found.planned:,} mailboxes"
    )
    for name, held in sorted(found.tallies.items())[:SHOWN]:
        table.add_row(name or UNPLANNED, *_cells(held, states))
    hidden = len(found.tallies) - SHOWN
    if hidden > 0:
        table.add_row(f"… and {hidden:,} more", *("…" for _ in states), "…")
    table.add_section()
    table.add_row("all", *_cells(found.by_state, states))
    out.print(table)
    for stall, number in found.stalls.items():
        out.print(f"held up by {stall}: {number:,}", markup=False)


def _show_run(changes: Sequence[EndpointChange], calls: Mapping[str, Mapping[str, int]]) -> None:
    """The endpoints' limits as they were last set, and what the last runs have cost in calls."""
    if changes:
        pools = [f"{pool}, {what}" for pool in ("copies", "completions") for what in ("set", "in use then")]
        table = Table("endpoint", *pools, "because", title="slots, as last governed")
        for each in changes:
            slots = (each.migrations, each.copying, each.increments, each.syncing)
            table.add_row(each.endpoint, *map(str, slots), each.why)
        out.print(table)
    for worker, kinds in calls.items():
        told = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items())
        out.print(f"admin calls of {worker}'s run: {sum(kinds.values()):,} ({told})", markup=False)


def _cells(held: Mapping[MailboxState, Tally], states: Sequence[MailboxState]) -> list[str]:
    size = sum(tally.size_bytes for tally in held.values())
    return [
        *(f"{held[state].mailboxes:,}" if state in held else "" for state in states),
        f"{size / 1e9:,.0f}",
    ]
