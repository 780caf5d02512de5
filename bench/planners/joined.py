"""Finds the delegate groups of an estate in three ways: `python -m bench.planners.joined WAY ESTATE`.

Prints processor seconds after reading, how many groups there are, and the largest. No service account is set aside and
nothing is cut: this is the part that others do, too. What each way loads is loaded before, for all alike: our loops
take a third of a second once a process, which the rows of the whole plan count.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from bench.planners import plain_groups
from mailwave.core.delegates.graph import joined


class Found(msgspec.Struct, frozen=True):
    """Processor seconds that it took after the rights were read, and what came out."""

    seconds: float
    groups: int
    largest: int


def by_columns(count: int, one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """As the planner does."""
    sizes = np.bincount(joined(count, one, other))
    return len(sizes), int(sizes.max())


def by_networkx(count: int, one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """As most would write it."""
    import networkx as nx  # here, so that the others do not carry it in their memory

    whole = nx.Graph()
    whole.add_nodes_from(range(count))
    whole.add_edges_from(zip(one.tolist(), other.tolist(), strict=True))
    sizes = [len(group) for group in nx.connected_components(whole)]
    return len(sizes), max(sizes)


def by_union_find(count: int, one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """In plain Python."""
    bonds = plain_groups.bonds_of(zip(one.tolist(), other.tolist(), [1] * len(one), strict=True))
    sizes = [len(group) for group in plain_groups.components(count, bonds)]
    return len(sizes), max(sizes)


WAYS: dict[str, Callable[[int, np.ndarray, np.ndarray], tuple[int, int]]] = {
    "columns": by_columns,
    "networkx": by_networkx,
    "union-find": by_union_find,
}


def main(way: str, estate: Path) -> None:
    """Find the groups of *estate* and tell what it took."""
    rights = pl.read_parquet(estate / "permissions.parquet", columns=["mailbox", "trustee"])
    count = pl.scan_parquet(estate / "mailboxes.parquet").select(pl.len()).collect().item()
    one, other = (rights[name].to_numpy().astype(np.int64) for name in ("mailbox", "trustee"))
    WAYS[way](2, one[:1] * 0, other[:1] * 0 + 1)
    began = time.process_time()
    groups, largest = WAYS[way](count, one, other)
    sys.stdout.buffer.write(msgspec.json.encode(Found(time.process_time() - began, groups, largest)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
