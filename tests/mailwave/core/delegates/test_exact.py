"""Small graphs are divided at the least price that any division has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.core.delegates.cut import divided
from mailwave.core.delegates.exact import LARGEST, cheapest
from mailwave.core.delegates.graph import Graph, graph, severed


def a_graph(weights: list[int], edges: list[tuple[int, int, int]]) -> Graph:
    columns = np.array(edges, dtype=np.int64).reshape(-1, 3)
    return graph(np.array(weights, dtype=np.int64), columns[:, 0], columns[:, 1], columns[:, 2])


def divisions(nodes: int) -> Iterator[list[int]]:
    """Every way to put *nodes* into groups, each once: a node joins a group of those before it or begins a new one."""
    if nodes == 0:
        yield []
        return
    for label in divisions(nodes - 1):
        for group in range(max(label, default=-1) + 2):
            yield [*label, group]


def least_price(found: Graph, room: int) -> int:
    """The least price of all divisions in which no group of two or more has more than *room*."""
    prices = []
    for label in divisions(found.size):
        groups = [
            [node for node in range(found.size) if label[node] == group] for group in range(max(label) + 1)
        ]
        if all(len(group) == 1 or sum(found.weight[node] for node in group) <= room for group in groups):
            prices.append(severed(found, np.array(label)))
    return min(prices)


@st.composite
def graphs(draw: st.DrawFn, most: int) -> Graph:
    nodes = draw(st.integers(1, most))
    weights = draw(st.lists(st.integers(1, 4), min_size=nodes, max_size=nodes))
    node = st.integers(0, nodes - 1)
    return a_graph(weights, draw(st.lists(st.tuples(node, node, st.integers(1, 7)), max_size=2 * nodes)))


@pytest.mark.parametrize("room", range(1, 6))
def test_every_graph_of_five_nodes(room: int) -> None:
    """It should find the least price of each of the 1,024 graphs on five nodes, for every room that matters."""
    pairs = [(one, other) for one in range(5) for other in range(one)]
    for chosen in range(1 << len(pairs)):
        edges = [(*pair, 1 + n % 3) for n, pair in enumerate(pairs) if chosen >> n & 1]
        found = a_graph([1] * 5, edges)

        assert least_price(found, room) == severed(found, divided(found, room))


@given(graphs(8), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_graphs_with_weights_and_prices(found: Graph, room: int) -> None:
    """It should find the least price of graphs of up to eight nodes with weights and prices."""
    label = divided(found, room)

    assert least_price(found, room) == severed(found, label)
    assert all(
        (label == group).sum() == 1 or found.weight[label == group].sum() <= room
        for group in set(label.tolist())
    )


@pytest.mark.parametrize("seed", range(2))
def test_graphs_of_ten_nodes(seed: int) -> None:
    """It should find the least price of a graph of ten nodes, among its 115,975 divisions."""
    draw = np.random.default_rng(seed)
    edges = [(int(a), int(b), int(price)) for a, b, price in draw.integers((0, 0, 1), (10, 10, 9), (16, 3))]
    found = a_graph(draw.integers(1, 4, LARGEST).tolist(), edges)

    assert _least_price_of_ten(found, 7) == severed(found, cheapest(found, 7))


def _least_price_of_ten(found: Graph, room: int) -> int:
    """As `least_price`, with all divisions in one table, because ten nodes have many."""
    table = np.array(list(divisions(10)))
    price = sum(
        paid * (table[:, head] != table[:, tail])
        for head, tail, paid in zip(found.head, found.tail, found.price, strict=True)
        if head < tail
    )
    for group in range(10):
        inside = table == group
        price = price + 10**6 * ((inside @ found.weight > room) & (inside.sum(1) > 1))
    return int(np.min(price))
