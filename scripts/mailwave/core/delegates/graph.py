"""Mailboxes, what each takes of a group's room, and what it costs to part two of them: as columns of numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.delegates import loops

Numbers = NDArray[np.int64]


class Graph(NamedTuple):
    """A graph with whole numbers on nodes and edges.

    *weight* has a number a node, of what the node takes of a group's room. *head*, *tail* and *price* have a number an
    edge and direction: each pair of nodes stands twice, once from each end, in order of head and tail, and no node is
    joined to itself.
    """

    weight: Numbers
    head: Numbers
    tail: Numbers
    price: Numbers

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.weight)


def graph(weight: Numbers, one: Numbers, other: Numbers, price: Numbers) -> Graph:
    """The graph of nodes of *weight*, joined pairwise: *one* and *other* end of each, with its *price*.

    A pair given several times, in either direction, costs the sum.
    """
    between = one != other
    heads = np.concatenate([one[between], other[between]])
    tails = np.concatenate([other[between], one[between]])
    prices = np.concatenate([price[between]] * 2)
    return _summed(weight.astype(np.int64), heads, tails, prices)


def contracted(graph: Graph, label: Numbers) -> Graph:
    """The graph whose nodes are the groups of *label*, which are numbered from 0 without a gap."""
    heads, tails = label[graph.head], label[graph.tail]
    between = heads != tails
    return _summed(sums(label, graph.weight), heads[between], tails[between], graph.price[between])


def restricted(graph: Graph, nodes: Numbers) -> Graph:
    """The graph of *nodes* alone, renumbered in their order."""
    place = np.full(graph.size, -1, dtype=np.int64)
    place[nodes] = np.arange(len(nodes))
    inside = (place[graph.head] >= 0) & (place[graph.tail] >= 0)
    return Graph(
        graph.weight[nodes], place[graph.head[inside]], place[graph.tail[inside]], graph.price[inside]
    )


def components(graph: Graph, together: NDArray[np.bool_] | None = None) -> Numbers:
    """For each node the number of the component that it belongs to.

    Edges that *together* does not say, a flag each, join nothing; None: all join.
    """
    once = graph.head < graph.tail
    return loops.joined(graph.size, graph.head, graph.tail, once if together is None else once & together)


def joined(count: int, one: Numbers, other: Numbers, counts: NDArray[np.bool_] | None = None) -> Numbers:
    """For each of *count* nodes the number of the component that it belongs to, by pairs given from *one* end.

    Components are numbered in the order in which they come first. Pairs may stand in any order and any number of times;
    those that *counts* does not say join nothing (None: all join).
    """
    return loops.joined(count, one, other, np.ones(len(one), dtype=np.bool_) if counts is None else counts)


def severed(graph: Graph, label: Numbers) -> int:
    """The price of all pairs whose ends have different labels."""
    return int(graph.price[label[graph.head] != label[graph.tail]].sum()) // 2


def numbered(label: Numbers) -> Numbers:
    """*label* numbered from 0 without a gap, in the order of the old numbers."""
    taken = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
    taken[label] = 1
    places: Numbers = np.cumsum(taken) - 1
    return places[label]


def sums(label: Numbers, values: Numbers) -> Numbers:
    """The sum of *values* in each group of *label*."""
    totals = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(totals, label, values)
    return totals


def _summed(weight: Numbers, heads: Numbers, tails: Numbers, prices: Numbers) -> Graph:
    return Graph(weight, *loops.summed(len(weight), heads, tails, prices))
