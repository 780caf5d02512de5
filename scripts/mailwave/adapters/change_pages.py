"""The report of a change as a page and as Markdown: made from its values alone, so made again it is the same."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from change_control.folder import REPORTS
from change_control.releases import release_of
from mailwave.core.change.report import Report

_TEMPLATES = {"report.html": "change.html.j2", "report.md": "change.md.j2"}
_LONDON = ZoneInfo("Europe/London")
_MARKED = re.compile(r"([\\`*_{}\[\]<>#.|~@&:])")
"""What Markdown, or the site that shows it, could take for more than text."""
_CODE = re.compile(r"`([^`]*)`")


def pages(report: Report) -> dict[str, bytes]:
    """Each report by its file's name."""
    contents = report.contents
    values = {
        "report": report,
        "contents": contents,
        "release": release_of(contents).digest,
        "made_with": [*sorted(contents.sources.items()), *sorted(contents.tools.items())],
    }
    return {name: _templates(name).get_template(_TEMPLATES[name]).render(values).encode() for name in REPORTS}


@cache
def _templates(name: str) -> Environment:
    made = Environment(
        loader=PackageLoader("mailwave.adapters"),
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        moment=_moment, number=_number, money=_money, md=_md, coded=_coded, sentence=_sentence
    )
    return made


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_LONDON):%d %b %Y %H:%M %Z}"


def _number(value: int | Decimal) -> str:
    return f"{value:,}"


def _money(value: Decimal) -> str:
    """With two places, or as many as it has where they are more."""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value:,}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _coded(text: str) -> Markup:
    """*text* of our own, in which what stands between backticks is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  it was escaped just now


def _md(text: object) -> str:
    """*text* as one line of plain text: nothing in a name becomes a link, a mark or an entry of a table."""
    return _MARKED.sub(r"\\\1", " ".join(str(text).split()))
