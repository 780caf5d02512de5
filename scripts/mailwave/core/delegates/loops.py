"""The loops behind the graph of delegate rights, compiled. Groups, nodes and rows are numbered from 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailwave.core.compiled import compiled

type Numbers = NDArray[np.int64]
type Flags = NDArray[np.bool_]

type Edges = tuple[Numbers, Numbers, Numbers]
"""The edges of nodes: where those of each node begin, the other end of each, and its price."""


@compiled("int64[:](int64, int64[:], int64[:], boolean[:])")
def joined(count: int, one: Numbers, other: Numbers, counts: Flags) -> Numbers:
    """For each of *count* nodes the number of its component, in the order in which components come first.

    Pairs stand in *one* and *other*; only those that *counts* says join.
    """
    above = np.arange(count)
    for pair in range(len(one)):
        if not counts[pair]:
            continue
        low, high = one[pair], other[pair]
        while above[low] != low:
            above[low] = above[above[low]]
            low = above[low]
        while above[high] != high:
            above[high] = above[above[high]]
            high = above[high]
        if low > high:
            low, high = high, low
        above[high] = low
    found = 0
    for node in range(count):  # what is above a node comes before it, and has its number
        if above[node] == node:
            above[node] = found
            found += 1
        else:
            above[node] = above[above[node]]
    return above


@compiled("Tuple((int64[:], int64[:], int8[:]))(int64[:], int64, int64)")
def unpacked(key: Numbers, row: int, name: int) -> tuple[Numbers, Numbers, NDArray[np.int8]]:
    """Mailbox, trustee (of *row* bits) and kind (of *name* bits) of each different *key*, in rising order."""
    mailbox, trustee = np.empty_like(key), np.empty_like(key)
    kind = np.empty(len(key), np.int8)
    count = 0
    for place in range(len(key)):
        one = key[place]
        if place == 0 or one != key[place - 1]:
            kind[count] = one & ((1 << name) - 1)
            trustee[count] = (one >> name) & ((1 << row) - 1)
            mailbox[count] = one >> (name + row)
            count += 1
    return mailbox[:count], trustee[:count], kind[:count]


@compiled("int64[:](int64[:], int64[:], int64[:], boolean[:])")
def inside(mailbox: Numbers, trustee: Numbers, label: Numbers, some: Flags) -> Numbers:
    """The rows of the rights whose two ends have one *label*, and it is one of *some*."""
    found = np.empty(len(mailbox), np.int64)
    count = 0
    for row in range(len(mailbox)):
        group = label[mailbox[row]]
        if some[group] and label[trustee[row]] == group:
            found[count] = row
            count += 1
    return found[:count].copy()


@compiled("boolean[:](int64[:], int64[:], int64, int64)")
def hubs(mailbox: Numbers, trustee: Numbers, count: int, most: int) -> Flags:
    """For each of *count* nodes whether it is trustee of more than *most* mailboxes, which stand in rising order."""
    last = np.full(count, -1)
    held = np.zeros(count, np.int64)
    for row in range(len(mailbox)):
        if last[trustee[row]] != mailbox[row]:
            last[trustee[row]] = mailbox[row]
            held[trustee[row]] += 1
    return held > most


@compiled("Tuple((int64[:], int64[:], int64[:]))(int64, int64[:], int64[:], int64[:])")
def summed(count: int, head: Numbers, tail: Numbers, price: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Edges between *count* nodes in the order of head and tail, each once with the sum of its prices."""

    def sorted_by(key: Numbers, rows: Numbers) -> Numbers:
        """*rows* in the order of their *key*, equal ones in their order."""
        place = np.zeros(count + 1, np.int64)
        for row in range(len(key)):
            place[key[row] + 1] += 1
        place = np.cumsum(place)
        found = np.empty_like(rows)
        for row in rows:
            found[place[key[row]]] = row
            place[key[row]] += 1
        return found

    order = sorted_by(head, sorted_by(tail, np.arange(len(head))))
    heads, tails, prices = np.empty_like(order), np.empty_like(order), np.empty_like(order)
    last = -1
    for row in order:
        if last < 0 or heads[last] != head[row] or tails[last] != tail[row]:
            last += 1
            heads[last], tails[last], prices[last] = head[row], tail[row], 0
        prices[last] += price[row]
    return heads[: last + 1].copy(), tails[: last + 1].copy(), prices[: last + 1].copy()


@compiled("int64[:](int64[:], int64)")
def starts_of(head: Numbers, count: int) -> Numbers:
    """Where the edges of each of *count* nodes begin, and after the last their number; *head* is in rising order."""
    starts = np.zeros(count + 1, np.int64)
    for edge in range(len(head)):
        starts[head[edge] + 1] += 1
    return np.cumsum(starts)


@compiled("UniTuple(int64[:], 2)(UniTuple(int64[:], 3), int64[:], int64[:], int64[:], boolean[:])")
def best(
    edges: Edges, weight: Numbers, label: Numbers, left: Numbers, restless: Flags
) -> tuple[Numbers, Numbers]:
    """The group that each node gains most by moving into, of those with as much *left* as it weighs, and the gain.

    Of equal ones it is the first group, and -1 if there is none. Only *restless* nodes are looked at, and those that
    would gain nowhere, whatever the room, are restless no more.
    """
    starts, tail, price = edges
    target = np.full(len(weight), -1)
    gains = np.zeros(len(weight), np.int64)
    shared = np.zeros(len(left), np.int64)
    for node in np.flatnonzero(restless):
        span = range(starts[node], starts[node + 1])
        for edge in span:
            shared[label[tail[edge]]] += price[edge]
        own, restless[node] = shared[label[node]], False
        for edge in span:
            group = label[tail[edge]]
            gain = shared[group] - own
            if gain <= 0:
                continue
            restless[node] = True
            better = gain > gains[node] or (gain == gains[node] and group < target[node])
            if better and weight[node] <= left[group]:
                target[node], gains[node] = group, gain
        for edge in span:
            shared[label[tail[edge]]] = 0
    return target, gains


@compiled("int64[:](int64[:], int64[:], int64[:], int64)")
def apart(starts: Numbers, tail: Numbers, gains: Numbers, turn: int) -> Numbers:
    """The nodes with *gains* of which no neighbour gains more: neighbours that swap places would both lose.

    Chance decides between equals: another order each *turn*, and always the same ones.
    """

    def rank(node: int | np.integer[Any]) -> np.uint64:
        mixed = (np.uint64(node) + np.uint64((turn << 32) + 1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        return mixed * np.uint64(0xBF58476D1CE4E5B9)  # no two are alike: each step can be undone

    moving = gains > 0
    for node in np.flatnonzero(moving):
        for edge in range(starts[node], starts[node + 1]):
            other = tail[edge]
            ahead = gains[other] - gains[node]
            if ahead > 0 or (ahead == 0 and rank(other) > rank(node)):
                moving[node] = False
                break
    return np.flatnonzero(moving)


@compiled("void(int64[:], int64[:], int64[:], boolean[:])")
def stir(starts: Numbers, tail: Numbers, moved: Numbers, restless: Flags) -> None:
    """Make the nodes *moved* and those next to them *restless* again."""
    for node in moved:
        restless[node] = True
        for edge in range(starts[node], starts[node + 1]):
            restless[tail[edge]] = True
