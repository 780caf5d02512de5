"""The cheapest division of a small graph, by looking at all of them."""

from __future__ import annotations

import numpy as np

from mailwave.core.delegates.graph import Graph, Numbers

LARGEST = 10
"""Nodes; each more triples the work, which is 20 ms for ten."""


def cheapest(graph: Graph, room: int) -> Numbers:
    """A label a node such that no group has more than *room* and the price of severed pairs is the least there is.

    A node that is over *room* by itself is a group of one. *graph* has at most `LARGEST` nodes.
    """
    kept = _prices_inside(graph)
    allowed = _allowed(graph, room)
    best: list[tuple[int, int]] = [
        (0, 0)
    ]  # for each set of nodes: the price kept, and the group of its lowest node
    for nodes in range(1, 1 << graph.size):
        lowest = nodes & -nodes
        others = nodes ^ lowest
        chosen, group = (-1, 0), others
        while True:
            mates = group | lowest
            if allowed[mates]:
                chosen = max(chosen, (kept[mates] + best[nodes ^ mates][0], mates))
            if not group:
                break
            group = (group - 1) & others
        best.append(chosen)
    return _labels(graph.size, best)


def _prices_inside(graph: Graph) -> list[int]:
    """For each set of nodes, as bits, the price of the pairs inside it."""
    price = [[0] * graph.size for _ in range(graph.size)]
    for head, tail, paid in zip(graph.head.tolist(), graph.tail.tolist(), graph.price.tolist(), strict=True):
        price[head][tail] = paid
    inside = [0]
    for nodes in range(1, 1 << graph.size):
        last = nodes.bit_length() - 1
        rest = nodes ^ (1 << last)
        inside.append(inside[rest] + sum(price[last][node] for node in range(last) if rest >> node & 1))
    return inside


def _allowed(graph: Graph, room: int) -> list[bool]:
    weights = [0]
    for nodes in range(1, 1 << graph.size):
        last = nodes.bit_length() - 1
        weights.append(weights[nodes ^ (1 << last)] + int(graph.weight[last]))
    return [weight <= room or nodes.bit_count() == 1 for nodes, weight in enumerate(weights)]


def _labels(size: int, best: list[tuple[int, int]]) -> Numbers:
    label = np.zeros(size, dtype=np.int64)
    nodes, number = (1 << size) - 1, 0
    while nodes:
        group = best[nodes][1]
        label[[node for node in range(size) if group >> node & 1]] = number
        nodes, number = nodes ^ group, number + 1
    return label
