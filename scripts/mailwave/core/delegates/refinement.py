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
from mailwave.core.runs import rising, run_starts, running_sums

ROUNDS = 60
"""At most; graphs of a national estate settle in 10 to 30."""


class _Moves(NamedTuple):
    """Wished moves: *node* to *group*, and by how much the price falls."""

    node: Numbers
    group: Numbers
    gain: Numbers

    def only(self, which: Numbers | NDArray[np.bool_]) -> _Moves:
        return _Moves(self.node[which], self.group[which], self.gain[which])


class _Bonds(NamedTuple):
    """The price of all edges between *node* and a *group*, in the order of both; of nodes next to another group."""

    node: Numbers
    group: Numbers
    price: Numbers


def refined(graph: Graph, label: Numbers, room: int, rounds: int = ROUNDS) -> Numbers:
    """*label* improved: no group that had at most *room* has more, and the price is never higher.

    A group that is over *room* already takes nothing more.
    """
    label = label.copy()
    filled = sums(label, graph.weight)
    bonds = _bonds(graph, label, len(filled))
    for turn in range(rounds):
        moves = _best(graph, label, bonds, room - filled)
        moves = _fitting(graph, room - filled, _apart(graph, moves, _ranks(moves.node, turn)))
        if not len(moves.node):
            break
        np.subtract.at(filled, label[moves.node], graph.weight[moves.node])
        np.add.at(filled, moves.group, graph.weight[moves.node])
        label[moves.node] = moves.group
        bonds = _renewed(graph, label, bonds, len(filled), moves.node)
    return label


def _ranks(nodes: Numbers, turn: int) -> Numbers:
    """An order of *nodes* that decides between equals: another one each *turn*, and always the same ones."""
    mixed = (nodes.astype(np.uint64) + np.uint64((turn << 32) + 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    rank = np.empty(len(nodes), dtype=np.int64)
    rank[np.argsort(mixed)] = np.arange(len(nodes))  # no two are alike: each step can be undone
    return rank


def _best(graph: Graph, label: Numbers, bonds: _Bonds, left: Numbers) -> _Moves:
    """For each node that gains by one, its best move into a group with as much *left* as it needs."""
    node, group, price = bonds
    own = np.zeros(graph.size, dtype=np.int64)
    at_home = group == label[node]
    own[node[at_home]] = price[at_home]
    gain = price - own[node]
    moves = _Moves(node, group, gain).only((gain > 0) & (graph.weight[node] <= left[group]))
    starts = run_starts(moves.node)
    if not len(starts):
        return moves
    # The greatest gain of each node, and of equal ones the first group, is the maximum of one number.
    last = len(left) - 1
    best = np.maximum.reduceat(moves.gain * len(left) + (last - moves.group), starts)
    gain, rest = np.divmod(best, len(left))
    return _Moves(moves.node[starts], last - rest, gain)


def _bonds(graph: Graph, label: Numbers, groups: int, nodes: NDArray[np.bool_] | None = None) -> _Bonds:
    """The bonds of *nodes*, or of all."""
    edges = np.arange(len(graph.head)) if nodes is None else np.flatnonzero(nodes[graph.head])
    head, theirs = graph.head[edges], label[graph.tail[edges]]
    outside = np.zeros(graph.size, dtype=np.bool_)
    outside[head[label[head] != theirs]] = True
    kept = np.flatnonzero(outside[head])
    return _in_order(head[kept], theirs[kept], graph.price[edges[kept]], groups)


def _in_order(node: Numbers, group: Numbers, price: Numbers, groups: int) -> _Bonds:
    key = node * groups + group
    order = rising(key)
    key, price = key[order], price[order]
    starts = run_starts(key)
    summed = np.add.reduceat(price, starts) if len(starts) else price
    node, group = np.divmod(key[starts], groups)
    return _Bonds(node, group, summed)


def _renewed(graph: Graph, label: Numbers, bonds: _Bonds, groups: int, moved: Numbers) -> _Bonds:
    """*bonds* after the nodes *moved* have moved: theirs and their neighbours' are found anew, the others stay."""
    changed = np.zeros(graph.size, dtype=np.bool_)
    changed[moved] = True
    changed[graph.tail[changed[graph.head]]] = True
    new, stay = _bonds(graph, label, groups, changed), ~changed[bonds.node]
    node, group, price = (
        np.concatenate([column[stay], other]) for column, other in zip(bonds, new, strict=True)
    )
    return _in_order(node, group, price, groups)


def _apart(graph: Graph, moves: _Moves, rank: Numbers) -> _Moves:
    """Those of *moves* of which no neighbour gains more: neighbours that swap places would both lose."""
    strength = np.full(graph.size, -1, dtype=np.int64)
    strength[moves.node] = moves.gain * len(rank) + rank
    gains = strength >= 0
    both = np.flatnonzero(gains[graph.head] & gains[graph.tail])
    head = graph.head[both]
    starts = run_starts(head)
    rival = np.full(graph.size, -1, dtype=np.int64)
    if len(starts):
        rival[head[starts]] = np.maximum.reduceat(strength[graph.tail[both]], starts)
    return moves.only(strength[moves.node] > rival[moves.node])


def _fitting(graph: Graph, left: Numbers, moves: _Moves) -> _Moves:
    """Those of *moves* for which the groups have as much *left* as all need together, greatest gain first."""
    moves = moves.only(np.lexsort((moves.node, -moves.gain, moves.group)))
    arriving = running_sums(graph.weight[moves.node], moves.group)
    return moves.only(arriving <= left[moves.group])
