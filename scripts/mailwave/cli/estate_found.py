"""`mailwave estate show` and `export`: what was found, and what blocks how many mailboxes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from mailwave import wiring
from mailwave.cli import estate_check, estate_lines
from mailwave.cli.context import AsJson, Environment, out, settings

if TYPE_CHECKING:  # polars takes a while to import: a command loads only what it uses
    from mailwave.core.discovery.findings import Line
    from mailwave.core.discovery.surroundings import Thing


class Form(StrEnum):
    """How a table is written."""

    CSV = "csv"
    PARQUET = "parquet"


def show(
    environment: Environment,
    *,
    discovered: Annotated[
        bool, typer.Option("--discovered", help="What discovery found, before anything is imported")
    ] = False,
    organisation: estate_check.Organisation = None,
    as_json: AsJson = False,
) -> None:
    """Show what blocks how many mailboxes of which organisations, worst first.

    As the last check found it, or with --discovered as the last reading did.
    """
    if not discovered:
        estate_check.show(environment, organisation=organisation, as_json=as_json)
        return
    found = wiring.found(settings(environment))
    say(found.lines, found.things, len(found.estate), as_json=as_json)


def export(
    environment: Environment,
    to: Annotated[Path, typer.Option("--to", file_okay=False, help="The folder to write the tables to")],
    *,
    form: Annotated[Form, typer.Option("--as", help="csv or parquet")] = Form.CSV,
    organisation: estate_check.Organisation = None,
    as_json: AsJson = False,
) -> None:
    """Write what discovery found as tables of which no spreadsheet runs a cell.

    With --organisation, and for a local administrator, where each mailbox of that organisation stands.
    """
    if organisation is not None or wiring.is_administrator():
        files = {"readiness.csv": estate_check.export(environment, to, organisation)}
    else:
        files = wiring.export_found(settings(environment), to, form.value)
    if as_json:
        out.print_json(msgspec.json.encode({"folder": str(to), "rows": files}).decode())
        return
    for name, rows in files.items():
        out.print(f"{rows:>10,} rows  {name}", markup=False)


def say(lines: Sequence[Line], things: Sequence[Thing], mailboxes: int, *, as_json: bool) -> None:
    """Print what was found: as JSON, or as two tables."""
    if as_json:
        whole = {"mailboxes": mailboxes, "found": lines, "around": things}
        out.print_json(msgspec.json.encode(whole).decode())
        return
    estate_lines.say(out, "what was found on mailboxes", [_told(line) for line in lines])
    out.print(_around(things))
    out.print(f"none: {', '.join(each.kind for each in things if not each.count)}", markup=False)
    blocked = sum(line.mailboxes for line in lines if line.effect == "blocks")
    out.print(f"{mailboxes:,} mailboxes were found, with {blocked:,} findings that block a move")


def _told(line: Line) -> estate_lines.Line:
    how = f"{line.remedy} ({line.fact})"
    return estate_lines.Line(line.effect, line.code, line.organisation, line.mailboxes, line.owner, how)


def _around(things: Sequence[Thing]) -> Table:
    table = Table("kind", title="what stands around them")
    table.add_column("number", justify="right", no_wrap=True)
    table.add_column("need somebody", justify="right", no_wrap=True)
    table.add_column("what it means")
    for thing in (each for each in things if each.count):
        table.add_row(escape(thing.kind), f"{thing.count:,}", f"{thing.attention:,}", escape(thing.means))
    return table
