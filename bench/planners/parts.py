"""Cuts the delegate graph in four ways, with one cap and one set of prices.

`python -m bench.planners.parts WAY ESTATE`
prints the price of the severed rights, how many hard ones are among them, and how many groups are over the cap. Service
accounts are set aside first, for all alike.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import kahip
import msgspec
import numpy as np
import pymetis

from bench.planners.terms import read
from mailwave.adapters.estate_parquet import read_estate
from mailwave.core.delegates.cut import divided
from mailwave.core.delegates.graph import Graph, Numbers, components, numbered, restricted, severed, sums
from mailwave.core.delegates.groups import ROOM
from mailwave.core.delegates.rights import graph_of, hubs, joining

LOOSE = 0.9
"""How full a partitioner fills a part on average, so that hardly any is over the cap."""

EVEN = 0.06
PARTS = 100_000
"""Whole numbers that the cap is counted in, for partitioners of 32 bits."""


class Cut(msgspec.Struct, frozen=True):
    """What came of it; *over* are groups of two or more above the cap."""

    seconds: float
    groups: int
    price: int
    hard: int
    over: int


def by_ours(graph: Graph) -> Numbers:
    """The planner's."""
    return divided(graph, ROOM)


def by_splitting(graph: Graph) -> Numbers:
    """Connected components, and what is over the cap split by the order of its mailboxes."""
    label = components(graph)
    for heavy in np.flatnonzero(sums(label, graph.weight) > ROOM).tolist():
        members = np.flatnonzero(label == heavy)
        label[members] = int(label.max()) + 1 + _filled(graph.weight[members])
    return numbered(label)


def by_metis(graph: Graph) -> Numbers:
    """METIS on each component that is over the cap."""
    return _by(graph, _metis)


def by_kahip(graph: Graph) -> Numbers:
    """KaHIP, its quick setting for social networks, on each component that is over the cap."""
    return _by(graph, _kahip)


WAYS: dict[str, Callable[[Graph], Numbers]] = {
    "ours": by_ours,
    "split": by_splitting,
    "metis": by_metis,
    "kahip": by_kahip,
}


def main(way: str, estate: Path) -> None:
    """Cut the rights of *estate* and tell what it cost."""
    terms = read(estate)
    people, held = read_estate(estate)
    rights = held.rights
    aside = hubs(rights, people.size, terms.group.hub)
    by_bytes = np.ceil(people.bytes / terms.group.bytes * ROOM)
    weight = np.maximum(ROOM // terms.group.mailboxes, by_bytes).astype(np.int64)
    counts = joining(rights, people.size, terms.group.hub)
    graph = graph_of(held.only(counts).rights, weight, np.arange(people.size))
    began = time.process_time()
    label = WAYS[way](graph)
    seconds = time.process_time() - began
    hard = held.only(held.hard & ~(aside[held.mailbox] | aside[held.trustee]))
    apart = int((label[hard.mailbox] != label[hard.trustee]).sum())
    over = int(((sums(label, graph.weight) > ROOM) & (np.bincount(label) > 1)).sum())
    found = Cut(seconds, int(label.max()) + 1, severed(graph, label), apart, over)
    sys.stdout.buffer.write(msgspec.json.encode(found))


def _filled(weight: Numbers) -> Numbers:
    """A part a node: the next one begins where the cap is reached."""
    part, held, found = 0, 0, []
    for one in weight.tolist():
        if held and held + one > ROOM:
            part, held = part + 1, 0
        held += one
        found.append(part)
    return np.array(found, dtype=np.int64)


def _by(graph: Graph, cut: Callable[[Graph, int], Numbers]) -> Numbers:
    label = components(graph)
    for heavy in np.flatnonzero((sums(label, graph.weight) > ROOM) & (np.bincount(label) > 1)).tolist():
        members = np.flatnonzero(label == heavy)
        inside = restricted(graph, members)
        count = int(np.ceil(int(inside.weight.sum()) / (ROOM * LOOSE)))
        label[members] = int(label.max()) + 1 + cut(inside, count)
    return numbered(label)


def _metis(graph: Graph, count: int) -> Numbers:
    _, label = pymetis.part_graph(
        count,
        adjacency=pymetis.CSRAdjacency(_starts(graph), graph.tail),
        eweights=graph.price.tolist(),
        vweights=_weights(graph, count),
        options=pymetis.Options(ufactor=round(1000 * EVEN), seed=1),
    )
    return np.asarray(label, dtype=np.int64)


def _kahip(graph: Graph, count: int) -> Numbers:
    _, label = kahip.kaffpa(
        _weights(graph, count),
        _starts(graph).tolist(),
        graph.price.tolist(),
        graph.tail.tolist(),
        count,
        EVEN,
        True,
        1,
        3,  # fast, social networks
    )
    return np.asarray(label, dtype=np.int64)


def _starts(graph: Graph) -> Numbers:
    return np.searchsorted(graph.head, np.arange(graph.size + 1))


def _weights(graph: Graph, count: int) -> list[int]:
    parts = min(PARTS, 2**30 // count)
    return [int(part) for part in np.maximum(np.rint(graph.weight * (parts / ROOM)), 1)]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
