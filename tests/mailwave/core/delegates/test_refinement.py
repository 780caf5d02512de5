"""Single nodes move to where more of their neighbours are, while there is room."""

import numpy as np

from mailwave.core.delegates import loops
from mailwave.core.delegates.graph import Graph, Numbers, graph, severed
from mailwave.core.delegates.refinement import _fitting, _Moves, refined


def labels(*numbers: int) -> Numbers:
    return np.array(numbers, dtype=np.int64)


def a_graph(nodes: int, *edges: tuple[int, int, int]) -> Graph:
    one, other, price = (np.array(column, dtype=np.int64) for column in zip(*edges, strict=True))
    return graph(np.ones(nodes, dtype=np.int64), one, other, price)


def test_a_gain_of_one_is_taken() -> None:
    """It should move a node for the least gain that there is."""
    found = a_graph(3, (0, 1, 2), (0, 2, 3))

    assert [1, 0, 1] == refined(found, labels(0, 0, 1), room=2).tolist()


def test_the_second_best_group_is_taken_when_the_best_is_full() -> None:
    """It should move a node to where there is room, when there is none where it would gain most."""
    found = a_graph(4, (0, 1, 9), (1, 2, 50), (0, 3, 4))

    assert [2, 1, 1, 2] == refined(found, labels(0, 1, 1, 2), room=2).tolist()


def test_neighbours_do_not_swap_places() -> None:
    """It should not move two neighbours past each other, after which both would be apart again."""
    found = a_graph(2, (0, 1, 5))

    assert 0 == severed(found, refined(found, labels(0, 1), room=2))


def test_a_full_group_takes_only_as_many_as_fit() -> None:
    """It should fill the last place with who gains most, and leave the others where they are."""
    found = a_graph(4, (0, 1, 3), (0, 2, 5), (0, 3, 4))

    assert [0, 1, 0, 3] == refined(found, labels(0, 1, 2, 3), room=2, rounds=1).tolist()


def test_the_price_never_rises() -> None:
    """It should end at a lower price than it began with, for a division drawn at random."""
    draw = np.random.default_rng(5)
    found = graph(
        np.ones(400, dtype=np.int64),
        draw.integers(0, 400, 900),
        draw.integers(0, 400, 900),
        draw.integers(1, 6, 900),
    )
    label = draw.integers(0, 20, 400)
    prices = [severed(found, refined(found, label, room=30, rounds=rounds)) for rounds in range(9)]

    assert sorted(prices, reverse=True) == prices
    assert prices[-1] < 0.8 * prices[0]


def test_who_would_not_move_is_asked_again_when_a_neighbour_has_moved() -> None:
    """It should move a node that gains only after its neighbour has gone, and those that follow it."""
    found = a_graph(5, (0, 1, 5), (0, 2, 4), (0, 4, 3), (2, 3, 1), (2, 4, 6))

    assert [1, 1, 1, 1, 1] == refined(found, labels(0, 0, 1, 1, 2), room=5).tolist()


def test_each_round_begins_from_what_the_one_before_left() -> None:
    """It should come to the same in rounds of one as in many, in which most nodes are left alone."""
    draw = np.random.default_rng(6)
    ends = draw.integers(0, 300, (2, 700))
    found = graph(np.ones(300, dtype=np.int64), ends[0], ends[1], draw.integers(1, 6, 700))
    begun = draw.integers(0, 15, 300)
    twice = refined(found, begun, room=30, rounds=2)
    label, filled = begun.copy(), np.bincount(begun, minlength=15)
    for turn in range(2):
        label = one_round(found, label, 30 - filled, turn)
        filled = np.bincount(label, minlength=15)

    assert label.tolist() == twice.tolist()


def one_round(found: Graph, label: Numbers, left: Numbers, turn: int) -> Numbers:
    """*label* after a round that looks at all nodes."""
    starts = loops.starts_of(found.head, found.size)
    restless = np.ones(found.size, dtype=np.bool_)
    group, gain = loops.best((starts, found.tail, found.price), found.weight, label, left, restless)
    nodes = loops.apart(starts, found.tail, gain, turn)
    moves = _fitting(found, left, _Moves(nodes, group[nodes], gain[nodes]))
    label = label.copy()
    label[moves.node] = moves.group
    return label
