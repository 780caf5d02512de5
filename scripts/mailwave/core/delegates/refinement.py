"""Improves a division of a graph by moving single nodes to where more of their neighbours are.

Each round works on all nodes at once: those that gain by a move and are not next to another that gains more move, as
far as there is room. A round makes the price smaller by what was counted, because no two neighbours move together; so
rounds end by themselves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.delegates.graph import Graph, Numbers, sums
from mailwave.core.runs import run_starts, running_sums

ROUNDS = 60
"""At most; graphs of a national estate settle in 10 to 30."""


class _Moves(NamedTuple):
    """Wished moves: *node* to *group*, and by how much the price falls."""

    node: Numbers
    group: Numbers
    gain: Numbers

    def only(self, which: Numbers | NDArray[np.bool_]) -> _Moves:
        return _Moves(self.node[which], self.group[which], self.gain[which])


def refined(graph: Graph, label: Numbers, room: int, rounds: int = ROUNDS) -> Numbers:
    """*label* improved: no group that had at most *room* has more, and the price is never higher.

    A group that is over *room* already takes nothing more.
    """
    label = label.copy()
    for turn in range(rounds):
        moves = _best(graph, label, room)
        moves = _fitting(graph, label, room, _apart(graph, moves, _ranks(moves.node, turn)))
        if not len(moves.node):
            break
        label[moves.node] = moves.group
    return label


def _ranks(nodes: Numbers, turn: int) -> Numbers:
    """An order of *nodes* that decides between equals: another one each *turn*, and always the same ones."""
    mixed = (nodes.astype(np.uint64) + np.uint64((turn << 32) + 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    rank = np.empty(len(nodes), dtype=np.int64)
    rank[np.argsort(mixed, kind="stable")] = np.arange(len(nodes))
    return rank


def _best(graph: Graph, label: Numbers, room: int) -> _Moves:
    """For each node that gains by one, its best move into a group with room for it."""
    groups = int(label.max(initial=0)) + 1
    node, group, bond = _bonds(graph, label, groups)
    own = np.zeros(graph.size, dtype=np.int64)
    at_home = group == label[node]
    own[node[at_home]] = bond[at_home]
    filled = sums(label, graph.weight)
    gain = bond - own[node]
    moves = _Moves(node, group, gain).only((gain > 0) & (filled[group] + graph.weight[node] <= room))
    order = np.lexsort((moves.group, -moves.gain, moves.node))
    return _first_of_each(moves.only(order), moves.node[order])


def _bonds(graph: Graph, label: Numbers, groups: int) -> tuple[Numbers, Numbers, Numbers]:
    """Node, neighbouring group, and the price of all edges between the two; of nodes next to another group."""
    theirs = label[graph.tail]
    outside = np.zeros(graph.size, dtype=np.bool_)
    outside[graph.head[label[graph.head] != theirs]] = True
    edges = np.flatnonzero(outside[graph.head])
    key = graph.head[edges] * groups + theirs[edges]
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = run_starts(key)
    bond = np.add.reduceat(graph.price[edges[order]], starts) if len(starts) else key
    return key[starts] // groups, key[starts] % groups, bond


def _first_of_each(moves: _Moves, key: Numbers) -> _Moves:
    return moves.only(run_starts(key))


def _apart(graph: Graph, moves: _Moves, rank: Numbers) -> _Moves:
    """Those of *moves* of which no neighbour gains more: neighbours that swap places would both lose."""
    strength = np.full(graph.size, -1, dtype=np.int64)
    strength[moves.node] = moves.gain * len(rank) + rank
    both = (strength[graph.head] >= 0) & (strength[graph.tail] >= 0)
    rival = np.full(graph.size, -1, dtype=np.int64)
    np.maximum.at(rival, graph.head[both], strength[graph.tail[both]])
    return moves.only(strength[moves.node] > rival[moves.node])


def _fitting(graph: Graph, label: Numbers, room: int, moves: _Moves) -> _Moves:
    """Those of *moves* for which the groups have room together, greatest gain first."""
    moves = moves.only(np.lexsort((moves.node, -moves.gain, moves.group)))
    arriving = running_sums(graph.weight[moves.node], moves.group)
    return moves.only(sums(label, graph.weight)[moves.group] + arriving <= room)
