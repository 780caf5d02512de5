"""Which organisations an estate has, and how many mailboxes each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from rehearsal.national.ods import Listed
from rehearsal.national.shape import KINDS, RECORD_MAILBOXES, SITE_OF_OTHERS, SITES, Kind
from rehearsal.national.streams import Numbers, Places, Streams, bounded_pareto


@dataclass(frozen=True)
class Layout:
    """Who owns which mailbox numbers: organisation *k* has *sizes[k]* from *starts[k]*; *owner* is its inverse."""

    sizes: Places
    starts: Places
    owner: Places

    @classmethod
    def of(cls, sizes: Places) -> Layout:
        """The layout of organisations of these *sizes*, one after the other."""
        return cls(sizes, np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes))

    @property
    def total(self) -> int:
        """How many mailboxes there are."""
        return len(self.owner)


def choose(streams: Streams, listed: Sequence[Listed], mailboxes: int) -> pl.DataFrame:
    """The organisations of an estate, by region, care board and code, so that neighbours in the table are neighbours.

    A smaller estate has fewer organisations of each kind, of the same sizes, not the same number of smaller ones.
    """
    scale = min(1.0, mailboxes / RECORD_MAILBOXES)
    totals = [round(kind.share * mailboxes) for kind in KINDS[1:]]
    parts = [
        _of_kind(streams, [found for found in listed if found.kind == kind.name], kind, total, scale)
        for kind, total in zip(KINDS, [mailboxes - sum(totals), *totals], strict=True)
    ]
    site = pl.col("region").replace_strict(SITES, default=SITE_OF_OTHERS)
    return pl.concat(parts).with_columns(site=site).sort("region", "icb", "code")


def _of_kind(
    streams: Streams, listed: Sequence[Listed], kind: Kind, total: int, scale: float
) -> pl.DataFrame:
    count = max(1, round(len(listed) * scale))
    chosen = np.sort(streams.shuffled(f"organisations {kind.name}", len(listed))[:count])
    # One draw from each of *count* equal parts of the law: small estates keep its shape, and totals hardly vary.
    rank = streams.shuffled(f"rank {kind.name}", count)
    part = (rank + streams.uniform(f"size in rank {kind.name}", count)) / count
    weights = bounded_pareto(part, alpha=kind.alpha, least=kind.least, most=kind.most)
    frame = pl.DataFrame([listed[place] for place in chosen.tolist()])
    return frame.with_columns(mailboxes=pl.Series(apportion(weights, total), dtype=pl.UInt32))


def apportion(weights: Numbers, total: int) -> Places:
    """Whole parts of *total* in proportion to *weights*, each at least 1, by largest remainder."""
    exact = weights * ((total - len(weights)) / weights.sum())
    parts = exact.astype(np.int64)
    short = total - len(weights) - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:short]] += 1
    return parts + 1


def layout(organisations: pl.DataFrame) -> Layout:
    """Who owns which mailbox numbers."""
    sizes: Places = organisations["mailboxes"].to_numpy().astype(np.int64)
    return Layout.of(sizes)
