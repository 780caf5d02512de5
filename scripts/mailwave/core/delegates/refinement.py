"""Improves a division of a graph by moving single nodes to where more of their neighbours are.

Each round works on all nodes at once: those that gain by a move and are not next to another that gains more move, as
far as there is room. A round makes the price smaller by what was counted, because no two neighbours move together; so
rounds end by themselves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.delegates import loops
from mailwave.core.delegates.graph import Graph, Numbers, sums
from mailwave.core.runs import running_sums

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
    filled = sums(label, graph.weight)
    starts = loops.starts_of(graph.head, graph.size)
    edges = starts, graph.tail, graph.price
    restless = np.ones(graph.size, dtype=np.bool_)
    for turn in range(rounds):
        left = room - filled
        group, gain = loops.best(edges, graph.weight, label, left, restless)
        nodes = loops.apart(starts, graph.tail, gain, turn)
        moves = _fitting(graph, left, _Moves(nodes, group[nodes], gain[nodes]))
        if not len(moves.node):
            break
        np.subtract.at(filled, label[moves.node], graph.weight[moves.node])
        np.add.at(filled, moves.group, graph.weight[moves.node])
        label[moves.node] = moves.group
        loops.stir(starts, graph.tail, moves.node, restless)
    return label


def _fitting(graph: Graph, left: Numbers, moves: _Moves) -> _Moves:
    """Those of *moves* for which the groups have as much *left* as all need together, greatest gain first."""
    moves = moves.only(np.lexsort((moves.node, -moves.gain, moves.group)))
    arriving = running_sums(graph.weight[moves.node], moves.group)
    return moves.only(arriving <= left[moves.group])
