"""Who is in a group, through however many groups inside it.

A right that a group holds is held by its people; and where the members of a group somewhere inside could not be read,
nobody can say that somebody does not hold it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple


class Expanded(NamedTuple):
    """One group: its *people*, by id; the groups inside it, itself among them, that are *unseen*.

    *depth* counts the groups on the longest of the shortest ways to one of its groups, 1 for a group without another
    in it; *cyclic* says that a way leads back to where it began.
    """

    people: frozenset[str]
    unseen: frozenset[str]
    depth: int
    cyclic: bool


def expanded(
    groups: Iterable[str], members: Mapping[str, Collection[str]], known: Collection[str]
) -> dict[str, Expanded]:
    """Each of *groups* with everybody in it.

    *members* are the direct members of each group that could be read; *known* are the ids of all groups, so that a
    group whose members are not in *members* is told from a person.
    """
    kinds = frozenset(known) | frozenset(members)
    return {group: _one(group, members, kinds) for group in groups}


def _one(group: str, members: Mapping[str, Collection[str]], kinds: frozenset[str]) -> Expanded:
    people: set[str] = set()
    unseen: set[str] = set()
    inner: dict[str, list[str]] = {}
    level, depth = [group], 0
    while level:
        depth += 1
        following: dict[str, None] = {}
        for each in level:
            direct = members.get(each)
            if direct is None:
                unseen.add(each)
            inner[each] = [one for one in direct or () if one in kinds]
            people.update(one for one in direct or () if one not in kinds)
            following |= dict.fromkeys(inner[each])
        level = [one for one in following if one not in inner]
    return Expanded(frozenset(people), frozenset(unseen), depth, cyclic=_has_cycle(inner))


def _has_cycle(inner: Mapping[str, Collection[str]]) -> bool:
    """Whether some way in *inner*, a graph of groups, leads back to where it began: what is left without a leaf."""
    outside = {group: {one for one in its if one in inner} for group, its in inner.items()}
    above: dict[str, list[str]] = {}
    for group, its in outside.items():
        for one in its:
            above.setdefault(one, []).append(group)
    leaves = [group for group, its in outside.items() if not its]
    for leaf in leaves:
        for group in above.get(leaf, ()):
            outside[group].discard(leaf)
            if not outside[group]:
                leaves.append(group)
    return len(leaves) < len(outside)
