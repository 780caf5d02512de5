"""Divides the graph of rights into groups that a night can take, severing what costs least.

Components that fit stay whole. One of at most ten nodes is divided exactly. A larger one is made coarse (nodes join
the neighbours that they share most with, as the members of a team do), divided by METIS, and improved on the way back
to single nodes. METIS alone severs 1.4 times as much on the generated national estate, because matching pairs of nodes
makes nothing of a star of people round a shared mailbox; see docs/decisions/0032-delegate-cut.md.
"""

from __future__ import annotations

import numpy as np
import pymetis
from numpy.typing import NDArray

from mailwave.core.delegates import loops
from mailwave.core.delegates.exact import LARGEST, cheapest
from mailwave.core.delegates.graph import (
    Graph,
    Numbers,
    components,
    contracted,
    numbered,
    restricted,
    sums,
)
from mailwave.core.delegates.refinement import refined

SEED = 1
"""Of METIS: the same graph is divided in the same way each time."""

LEVELS = 6
"""Times that a graph is made coarse, at most; the generated estate stops gaining after three."""

GRAIN = 20
"""A coarse node takes at most this part of a group's room, so that groups can still be filled."""

LOOSE = 0.9
"""How full METIS makes a group: the rest is what the improvement has to move in."""

UNEVEN = 60
"""By how many thousandths METIS may make one group heavier than another."""


def divided(graph: Graph, room: int, start: Numbers | None = None) -> Numbers:
    """A group number a node, from 0, such that no group weighs more than *room*, and severed pairs cost little.

    *start* is an earlier division to keep to: only what is over *room*, or cheaper elsewhere, changes. A node that is
    over *room* by itself is a group of one.
    """
    whole = components(graph)
    label = whole if start is None else _connected(graph, start)
    nodes = np.flatnonzero(_busy(graph, whole, label, room)[whole])
    if len(nodes):
        inside, parts = restricted(graph, nodes), numbered(label[nodes])
        parts = _settled(inside, _split_heavy(inside, parts, room), room)
        label = label.copy()
        label[nodes] = int(label.max()) + 1 + parts
    return numbered(label)


def _busy(graph: Graph, whole: Numbers, label: Numbers, room: int) -> NDArray[np.bool_]:
    """For each component of *whole* whether it is more than one group, or has a group over *room* that can be less."""
    heavy = (sums(label, graph.weight) > room) & (np.bincount(label) > 1)
    found = np.bincount(whole[heavy[label]], minlength=int(whole.max(initial=-1)) + 1) > 0
    if label is not whole:
        found[whole[graph.head[label[graph.head] != label[graph.tail]]]] = True
    return found


def _settled(graph: Graph, label: Numbers, room: int) -> Numbers:
    """*label*, improved until nothing is left to gain, so that to begin with it once more changes nothing.

    Nodes that leave can part the rest of their group, and there is room again in both halves: hence more than one turn.
    The price falls with each.
    """
    while True:
        better = refined(graph, label, room)
        if np.array_equal(better, label):
            return numbered(label)
        label = _connected(graph, better)


def _connected(graph: Graph, label: Numbers) -> Numbers:
    """The groups of *label*, each divided into what hangs together."""
    return components(graph, label[graph.head] == label[graph.tail])


def _split_heavy(graph: Graph, label: Numbers, room: int) -> Numbers:
    label = label.copy()
    members = np.argsort(label, kind="stable")
    count = np.bincount(label)
    ends = np.cumsum(count)
    following = int(ends.size)
    for heavy in np.flatnonzero((sums(label, graph.weight) > room) & (count > 1)).tolist():
        nodes = members[ends[heavy] - count[heavy] : ends[heavy]]
        parts = _parts(restricted(graph, nodes), room)
        label[nodes] = following + parts
        following += int(parts.max()) + 1
    return label


def _parts(graph: Graph, room: int) -> Numbers:
    """A division of one component that is over *room*."""
    if graph.size <= LARGEST:
        return cheapest(graph, room)
    label = _roughly(graph, room, LEVELS)
    if (
        int(label.max(initial=0)) == 0
    ):  # METIS left all in one group: halve it by weight, which always gets on
        half = np.cumsum(graph.weight) * 2 > int(graph.weight.sum())
        half[0], half[-1] = False, True
        label = half.astype(np.int64)
    return numbered(_split_heavy(graph, _connected(graph, label), room))


def _roughly(graph: Graph, room: int, levels: int) -> Numbers:
    """A division in which a few groups may be over *room*."""
    coarse = numbered(refined(graph, np.arange(graph.size), max(room // GRAIN, 1)))
    if levels and int(coarse.max()) + 1 < 0.98 * graph.size:
        label = _roughly(contracted(graph, coarse), room, levels - 1)[coarse]
    else:
        label = _by_metis(graph, room)
    return numbered(refined(graph, label, room))


def _by_metis(graph: Graph, room: int) -> Numbers:
    groups = int(np.ceil(int(graph.weight.sum()) / (room * LOOSE)))
    if groups < 2 or graph.size <= groups:
        return np.arange(graph.size) if graph.size <= groups else np.zeros(graph.size, dtype=np.int64)
    starts = loops.starts_of(graph.head, graph.size)
    _, label = pymetis.part_graph(
        groups,
        adjacency=pymetis.CSRAdjacency(starts, graph.tail),
        eweights=graph.price.tolist(),
        vweights=_scaled(graph.weight, room, groups),
        options=pymetis.Options(ufactor=UNEVEN, seed=SEED),
    )
    return np.asarray(label, dtype=np.int64)


def _scaled(weight: Numbers, room: int, groups: int) -> list[int]:
    """*weight* in parts of *room* that METIS can sum in 32 bits."""
    parts = min(100_000, 2**30 // groups)
    return [int(part) for part in np.maximum(np.rint(weight * (parts / room)), 1)]
