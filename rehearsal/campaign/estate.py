"""The mailboxes of a campaign as columns: handed over, made up, or read from the national estate's files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rehearsal.campaign.draws import Draws, Ints
from rehearsal.campaign.errors import EstateUnusable

MOST = (1 << 22) - 1
"""Mailboxes that the event log can tell apart."""
_MEAN_BYTES, _SIGMA = 2.3e15 / 2.1e6, 1.5
_COLUMNS = ("size_bytes", "organisation", "site")


@dataclass(frozen=True)
class Mailboxes:
    """One row a mailbox: bytes, and the indices of its organisation and site. A mailbox is its row's number."""

    size_bytes: Ints
    organisation: Ints
    site: Ints

    def __post_init__(self) -> None:
        lengths = {len(self.size_bytes), len(self.organisation), len(self.site)}
        if len(lengths) != 1:
            raise EstateUnusable(where="the mailboxes", problem="the columns differ in length")
        if len(self) > MOST:
            raise EstateUnusable(where="the mailboxes", problem=f"more than {MOST:,}")

    def __len__(self) -> int:
        return len(self.size_bytes)

    @property
    def rows(self) -> Ints:
        """The number of each mailbox."""
        return np.arange(len(self), dtype=np.int64)


def made_up(count: int, *, seed: int, sites: int = 7) -> Mailboxes:
    """*count* mailboxes with log-normal sizes of the record move's mean; an organisation has about 90 and one site."""
    draws, rows = Draws(seed), np.arange(count, dtype=np.int64)
    median = _MEAN_BYTES / np.exp(_SIGMA**2 / 2)
    size = (draws.log_normal("size", rows, _SIGMA) * median).astype(np.int64)
    organisation = (draws.uniform("organisation", rows) ** 2 * max(1, count // 90)).astype(np.int64)
    site = (draws.uniform("site", organisation) * sites).astype(np.int64)
    return Mailboxes(size, organisation, site)


def from_files(folder: Path) -> Mailboxes:
    """The mailboxes of an estate that `rehearsal.national` wrote. Raises EstateUnusable."""
    import polars as pl  # half a second that other commands save

    path = folder / "mailboxes.parquet"
    try:
        table = pl.read_parquet(path, columns=list(_COLUMNS))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EstateUnusable(where=str(path), problem=str(error).splitlines()[0]) from error
    codes = [
        table[name].cast(pl.String).rank("dense").to_numpy().astype(np.int64) - 1 for name in _COLUMNS[1:]
    ]
    return Mailboxes(table["size_bytes"].to_numpy().astype(np.int64), *codes)
