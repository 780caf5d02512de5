"""The digest of an estate: of what its rows say, not of the bytes of files, which change with their writer."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence

import polars as pl

_ROWS_AT_ONCE = 100_000


def digest(table: pl.DataFrame, key: Sequence[str]) -> str:
    """The sha256 of a table's rows in the order of *key*, each as a line of RFC 8785 JSON (columns by name, UTF-8).

    A table of whole numbers, text in NFC and nulls needs no more than sorted names to be in that form.
    """
    order = [pl.col(name).cast(pl.String) if table.schema[name] == pl.Enum else pl.col(name) for name in key]
    rows = table.sort(order).select(sorted(table.columns))
    found = hashlib.sha256()
    for part in rows.iter_slices(_ROWS_AT_ONCE):
        found.update(lines(part))
    return found.hexdigest()


def lines(rows: pl.DataFrame) -> bytes:
    """The rows as they are, one JSON object a line."""
    text = io.BytesIO()
    rows.write_ndjson(text)
    return text.getvalue()


def digest_of(digests: Mapping[str, str]) -> str:
    """One digest for several tables, from *digests* by table name."""
    return hashlib.sha256(json.dumps(digests, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
