"""Tables for spreadsheets, in which no cell is run.

A spreadsheet takes a cell that begins with one of a few characters for a formula, whatever quotes stand around it in
the file; an apostrophe in front makes it a text. Names of people and groups come from outside and may hold anything.
"""

from __future__ import annotations

import polars as pl

STARTS = "=+@|%\\t\\r\\n\uff1d\uff0b\uff0d\uff20-"
"""What a formula, or a command in one, may begin with, in the wide forms too that some programs take for the same."""

HIDDEN = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]"
"""Control characters, and those that nobody sees, such as marks that turn the direction of what follows."""


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """*frame* with lists as texts with ``;`` between, and every text such that it is only shown.

    Characters that nobody sees become a blank, so that the text is read as it is written.
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    lists = [name for name, kind in frame.schema.items() if kind == pl.List]
    flat = frame.with_columns(pl.col(name).list.join(";") for name in lists)
    return flat.with_columns(_harmless(pl.col(name)).alias(name) for name in (*texts, *lists))


def as_csv(frame: pl.DataFrame) -> bytes:
    """*frame*, which is `harmless`, as a spreadsheet opens it: every text quoted, and a byte order mark."""
    text: str = frame.write_csv(include_bom=True, quote_style="non_numeric")
    return text.encode("utf-8")


def _harmless(text: pl.Expr) -> pl.Expr:
    shown = text.str.replace_all(HIDDEN, " ")
    starts = shown.str.strip_chars_start().str.contains(f"^[{STARTS}]") | text.str.contains("^[\t\r\n]")
    return pl.when(starts).then(pl.concat_str(pl.lit("'"), shown)).otherwise(shown)
