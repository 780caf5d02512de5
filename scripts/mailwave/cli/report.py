"""`mailwave report`: what was promised, what was done, what is open, and what it cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from mailwave.cli.context import AsJson, Environment, OneWave, err, out, settings
from mailwave.core.reports.document import Document, Section
from mailwave.core.reports.shown import shown
from mailwave.core.reports.words import NUMBERS, said
from mailwave.wiring import reports, write_whole

app = typer.Typer(
    help="What was promised, done and is open: a wave, an organisation, the programme.", no_args_is_help=True
)

SHOWN = 20
"""Rows of a table that a terminal is shown, but for one that says itself how many of each kind."""

Html = Annotated[
    Path | None, typer.Option("--html", dir_okay=False, help="Write the report as a page to this file, too")
]
Xlsx = Annotated[
    Path | None, typer.Option("--xlsx", dir_okay=False, help="Write it as a workbook to this file, too")
]


@app.command()
def wave(
    environment: Environment,
    wave: OneWave,
    html: Html = None,
    xlsx: Xlsx = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Report on a wave."""
    found = settings(environment)
    with found.ledger() as ledger:
        report = reports.report_on(found, ledger).wave(wave)
    _give(report, html, xlsx, as_json=as_json)


@app.command()
def organisation(
    environment: Environment,
    code: Annotated[str, typer.Option("--organisation", "-o", help="Its ODS code")],
    html: Html = None,
    xlsx: Xlsx = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Report on an organisation."""
    found = settings(environment)
    with found.ledger() as ledger:
        report = reports.report_on(found, ledger).organisation(code)
    _give(report, html, xlsx, as_json=as_json)


@app.command()
def programme(
    environment: Environment,
    campaign: Annotated[
        Path | None,
        typer.Option(
            "--campaign",
            exists=True,
            dir_okay=False,
            help="Figures of a campaign in virtual time, in place of the ledger",
        ),
    ] = None,
    html: Html = None,
    xlsx: Xlsx = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Report on the whole move, with its figures beside those of the largest such move on record."""
    found = settings(environment)
    if campaign is not None:
        report = reports.of_campaign(found, campaign)
    else:
        with found.ledger() as ledger:
            report = reports.report_on(found, ledger).programme()
    _give(report, html, xlsx, as_json=as_json)


def _give(report: Document, html: Path | None, xlsx: Path | None, *, as_json: bool) -> None:
    """Write *report* to the files, and show it."""
    for file, make in ((html, reports.page), (xlsx, reports.workbook)):
        if file is not None:
            write_whole(file, make(report))
            err.print(f"wrote {file}", markup=False)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        return
    out.print(f"{report.title}: {report.subject}", markup=False)
    out.print(f"{report.verdict.word}: {report.verdict.sentence}", markup=False)
    for section in report.sections:
        if section.rows:
            _show(section)


def _show(section: Section) -> None:
    table = Table(title=section.title)
    for column in section.columns:
        table.add_column(column.name, justify="right" if column.kind in NUMBERS else "left", overflow="fold")
    rows = shown(section)
    most = SHOWN if section.of_a_kind is None else len(rows)
    for cells in rows[:most]:
        table.add_row(
            *(escape(said(cell, column.kind)) for cell, column in zip(cells, section.columns, strict=True))
        )
    out.print(table)
    if len(rows) > most:
        out.print(f"and {len(rows) - most} more rows in the page, the workbook and the JSON")
