"""The groups of mailboxes that move in one night: joined by delegate rights, and no larger than a night can take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from mailwave.core.delegates.cut import divided
from mailwave.core.delegates.graph import Numbers, joined, sums
from mailwave.core.delegates.held import Held, of_permissions
from mailwave.core.delegates.rights import graph_of, joining
from mailwave.core.estate import Mailbox, Permission
from mailwave.core.labels import count, in_order
from mailwave.core.population import Population, of_mailboxes

ROOM = 2**40
"""What a night has room for, in parts so small that a million mailboxes are counted without an error of rounding."""


class Night(NamedTuple):
    """What a night takes at most."""

    mailboxes: int
    bytes: int


def delegate_groups(
    mailboxes: Iterable[Mailbox], permissions: Iterable[Permission], night: Night
) -> list[tuple[Mailbox, ...]]:
    """The mailboxes joined by rights, each group in the order of its guids; who shares with nobody is a group of one.

    What is too large for *night* is divided where it costs least. Rights that lead outside *mailboxes* join nothing,
    and neither do those of service accounts.
    """
    ordered = sorted(mailboxes, key=lambda mailbox: mailbox.guid)
    population = of_mailboxes(ordered)
    label = grouped(population, of_permissions(population, permissions), night)
    groups: dict[int, list[Mailbox]] = defaultdict(list)
    for mailbox, of_group in zip(ordered, label.tolist(), strict=True):
        groups[of_group].append(mailbox)
    return [tuple(group) for group in groups.values()]


def grouped(population: Population, held: Held, night: Night) -> Numbers:
    """The number of the group of each mailbox, from 0 in the order of the groups' first mailboxes."""
    counts = joining(held.rights, population.size)
    label = joined(population.size, held.mailbox, held.trustee, counts)
    weight = _weights(population.bytes, night)
    # A graph is made only of what hangs together and is too heavy: on the national estate a fifth of the mailboxes.
    heavy = ((sums(label, weight) > ROOM) & (np.bincount(label) > 1))[label]
    nodes = np.flatnonzero(heavy)
    if len(nodes):
        inside = held.only(np.flatnonzero(counts & heavy[held.mailbox])).rights
        label[nodes] = count(label) + divided(graph_of(inside, weight, nodes), ROOM)
    return in_order(label)


def _weights(sizes: Numbers, night: Night) -> Numbers:
    """What part of a night each takes: of its mailboxes or of its bytes, whichever is more."""
    by_bytes = np.ceil(sizes / night.bytes * ROOM)
    return np.maximum(ROOM // night.mailboxes, by_bytes).astype(np.int64)
