"""Values of a small estate as the columns that the checker reads from a ledger."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from mailwave.core.estate import Mailbox, Permission
from mailwave.core.readiness.inventory import ASKED


def boxes(mailboxes: Iterable[Mailbox]) -> pl.DataFrame:
    """What is asked of *mailboxes*."""
    schema = {name: pl.Int64() if name == "size_bytes" else pl.String() for name in ASKED}
    rows = [[getattr(mailbox, name) for name in ASKED] for mailbox in mailboxes]
    return pl.DataFrame(rows, schema=schema, orient="row")


def rights(permissions: Iterable[Permission]) -> pl.DataFrame:
    """Both ends of *permissions*."""
    ends = [(right.guid, right.trustee) for right in permissions]
    return pl.DataFrame(ends, schema={"guid": pl.String, "trustee": pl.String}, orient="row")
