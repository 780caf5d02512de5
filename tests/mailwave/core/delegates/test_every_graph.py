"""The price of the cut is the least there is: on every graph of up to seven nodes, and on drawn ones of up to ten.

Graphs that differ only in the names of their nodes are one: there are 1,252 of up to seven nodes. A commit looks at
every fifteenth, `make prove` (GRAPH_STEP=1) at all, and at fifteen times as many of eight to ten nodes.
"""

from __future__ import annotations

import os
from functools import cache

import networkx as nx
import numpy as np
import pytest
from networkx.generators.atlas import graph_atlas

from mailwave.core.delegates.cut import divided
from mailwave.core.delegates.graph import Graph, graph, severed

STEP = int(os.environ.get("GRAPH_STEP", "15"))
ALL = 1_252
LARGER = {8: 90 // STEP, 9: 60 // STEP, 10: 30 // STEP}


@cache
def divisions(nodes: int) -> np.ndarray:
    """Every way to put *nodes* into groups, a row each."""
    table = np.zeros((1, 1), dtype=np.int8)
    for _ in range(nodes - 1):
        most = table.max(axis=1) + 1
        rows = np.repeat(np.arange(len(table)), most + 1)
        group = np.arange(len(rows)) - np.repeat(np.cumsum(most + 1) - (most + 1), most + 1)
        table = np.column_stack([table[rows], group.astype(np.int8)])
    return table


def least_price(found: Graph, room: int) -> int:
    """The least price of all divisions in which no group of two or more has more than *room*."""
    table = divisions(found.size)
    price = np.zeros(len(table), dtype=np.int64)
    for head, tail, paid in zip(found.head, found.tail, found.price, strict=True):
        if head < tail:
            price += paid * (table[:, head] != table[:, tail])
    fits = np.ones(len(table), dtype=np.bool_)
    for group in range(found.size):
        inside = table == group
        fits &= (inside @ found.weight <= room) | (inside.sum(axis=1) <= 1)
    return int(price[fits].min())


def with_numbers(edges: list[tuple[int, int]], nodes: int, seed: int) -> Graph:
    draw = np.random.default_rng(seed)
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return graph(draw.integers(1, 4, nodes), ends[:, 0], ends[:, 1], draw.integers(1, 8, len(ends)))


def checked(found: Graph, room: int) -> None:
    label = divided(found, room)
    assert least_price(found, room) == severed(found, label)
    weight = np.bincount(label, found.weight)
    assert ((weight <= room) | (np.bincount(label) == 1)).all()


def test_graphs_of_up_to_seven_nodes() -> None:
    """It should sever as little as any division of these graphs does, whatever a group may weigh."""
    for number in range(1, ALL + 1, STEP):
        shape: nx.Graph = graph_atlas(number)
        nodes = shape.number_of_nodes()
        found = with_numbers([(one, two) for one, two in shape.edges()], nodes, number)
        total = int(found.weight.sum())
        for room in {1, 2, 3, total // 3, total // 2, total - 1} - {0}:
            checked(found, room)


@pytest.mark.parametrize("nodes", LARGER)
def test_graphs_of_eight_to_ten_nodes(nodes: int) -> None:
    """It should sever as little as any division of drawn graphs does: ten nodes have 115,975."""
    for seed in range(LARGER[nodes]):
        draw = np.random.default_rng([nodes, seed])
        pairs = [(one, two) for one in range(nodes) for two in range(one)]
        chosen = draw.random(len(pairs)) < draw.uniform(0.15, 0.9)
        found = with_numbers([pair for pair, is_in in zip(pairs, chosen, strict=True) if is_in], nodes, seed)
        total = int(found.weight.sum())
        checked(found, int(draw.integers(2, total)))
