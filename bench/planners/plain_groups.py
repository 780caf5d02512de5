"""Delegate groups in plain Python: union-find, and a cut of what is too large by growing groups and moving mailboxes.

Same rules as ours: service accounts join nobody, no group is over the most that moves as one, and what is severed
costs little. Instead of METIS, which is written in C, groups are grown from one mailbox by the strongest bond, the way
to divide a graph that fits on a page; both are improved by moving single mailboxes to where more of their bonds are.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence

type Bonds = dict[int, dict[int, int]]
"""For each mailbox, by its place, those that it is joined to and the price of severing each."""

SWEEPS = 10
GRAIN = 20


def without_hubs(rights: Sequence[tuple[int, int, int]], most: int) -> list[tuple[int, int, int]]:
    """*rights* (mailbox, trustee, price) without those of accounts that hold rights on more than *most* mailboxes."""
    held: dict[int, set[int]] = defaultdict(set)
    for mailbox, trustee, _ in rights:
        held[trustee].add(mailbox)
    hubs = {trustee for trustee, mailboxes in held.items() if len(mailboxes) > most}
    return [right for right in rights if right[0] not in hubs and right[1] not in hubs]


def bonds_of(rights: Iterable[tuple[int, int, int]]) -> Bonds:
    """The bonds from *rights*: a pair joined by several costs the sum."""
    bonds: Bonds = defaultdict(dict)
    for one, other, price in rights:
        if one != other:
            bonds[one][other] = bonds[one].get(other, 0) + price
            bonds[other][one] = bonds[other].get(one, 0) + price
    return bonds


def components(count: int, bonds: Bonds) -> list[list[int]]:
    """Who hangs together, in the order of each one's first mailbox."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, joined in bonds.items():
        for other in joined:
            first, second = root(one), root(other)
            if first != second:
                parent[max(first, second)] = min(first, second)
    groups: dict[int, list[int]] = {}
    for node in range(count):
        groups.setdefault(root(node), []).append(node)
    return list(groups.values())


def divided(count: int, bonds: Bonds, weight: Sequence[float]) -> list[list[int]]:
    """Groups of at most weight 1, except single mailboxes that are heavier."""
    found = []
    for group in components(count, bonds):
        if len(group) == 1 or sum(weight[node] for node in group) <= 1:
            found.append(group)
        else:
            found += _cut(group, bonds, weight)
    return found


def _cut(group: list[int], bonds: Bonds, weight: Sequence[float]) -> list[list[int]]:
    """Teams first, as one node each; then groups of teams; then single mailboxes move to where they belong."""
    teams = _gathered(_moved({node: node for node in group}, bonds, weight, 1 / GRAIN))
    team_of = {node: n for n, team in enumerate(teams) for node in team}
    heavy = [sum(weight[node] for node in team) for team in teams]
    between: Bonds = defaultdict(dict)
    for node in group:
        for other, price in bonds[node].items():
            one, two = team_of[node], team_of[other]
            if one != two:
                between[one][two] = between[one].get(two, 0) + price
    label = _grown(len(teams), between, heavy)
    label = _moved(label, between, heavy, 1)
    return _gathered(_moved({node: label[team_of[node]] for node in group}, bonds, weight, 1))


def _grown(count: int, bonds: Bonds, weight: Sequence[float]) -> dict[int, int]:
    """A group a node: each group is grown by the neighbour with the strongest bond to it until nothing more fits."""
    label: dict[int, int] = {}
    for seed in range(count):
        if seed in label:
            continue
        label[seed], room = seed, 1 - weight[seed]
        bond: dict[int, int] = {}
        queue: list[tuple[int, int]] = []
        _offer(seed, bonds, label, bond, queue)
        while queue:
            price, node = heapq.heappop(queue)
            if node in label or -price != bond[node] or weight[node] > room:
                continue
            label[node], room = seed, room - weight[node]
            _offer(node, bonds, label, bond, queue)
    return label


def _offer(
    node: int, bonds: Bonds, label: dict[int, int], bond: dict[int, int], queue: list[tuple[int, int]]
) -> None:
    for other, price in bonds[node].items():
        if other not in label:
            bond[other] = bond.get(other, 0) + price
            heapq.heappush(queue, (-bond[other], other))


def _moved(label: dict[int, int], bonds: Bonds, weight: Sequence[float], room: float) -> dict[int, int]:
    """*label* after sweeps in which each node moves to the group that it has most bonds with, where that has room."""
    filled: dict[int, float] = defaultdict(float)
    for node, group in label.items():
        filled[group] += weight[node]
    for _ in range(SWEEPS):
        gained = 0
        for node, own in label.items():
            bond: dict[int, int] = {}
            for other, price in bonds[node].items():
                group = label[other]
                bond[group] = bond.get(group, 0) + price
            best, most = own, bond.get(own, 0)
            for group, price in bond.items():
                if price > most and filled[group] + weight[node] <= room:
                    best, most = group, price
            if best != own:
                label[node] = best
                filled[own] -= weight[node]
                filled[best] += weight[node]
                gained += 1
        if not gained:
            break
    return label


def _gathered(label: dict[int, int]) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for node, group in label.items():
        groups.setdefault(group, []).append(node)
    return list(groups.values())
