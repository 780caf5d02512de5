"""A report as one page that asks nobody for anything, made from its values alone."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mailwave.core.reports.document import Document, Kind
from mailwave.core.reports.shown import shown
from mailwave.core.reports.words import NUMBERS, said


def page(report: Document) -> bytes:
    """*report* as HTML."""
    return _template().render(report=report, numbers=NUMBERS).encode()


@cache
def _template() -> Template:
    made = Environment(
        loader=PackageLoader("mailwave.adapters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(said=said, shown=shown, moment=lambda at: said(at, Kind.MOMENT))
    return made.get_template("report.html.j2")
