"""Delegate rights as columns, what severing each costs, and the service accounts that would join everybody.

While the two ends of a right are on different sides, some rights work and some do not (a field report, checked by a
rehearsed rule, not by Microsoft's documents): Send As has to be granted on both sides by hand, and a mailbox with Full
Access is no longer opened by Outlook of itself; Send on Behalf works where the directory synchronisation writes back;
a role on a folder does not work at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from mailwave.core.delegates import loops
from mailwave.core.delegates.graph import Graph, Numbers, graph


class RightKind(msgspec.Struct, frozen=True):
    """What it means to sever a right of this kind: its *price*, whether it stops working (*hard*), and the *remedy*."""

    price: int
    hard: bool
    remedy: str


KINDS: Mapping[str, RightKind] = {
    "FullAccess": RightKind(
        2,
        hard=False,
        remedy="access works; the mailbox is added to Outlook by hand until both are on one side",
    ),
    "SendAs": RightKind(
        5, hard=True, remedy="grant Send As on the owner's new side as well, until both are on one side"
    ),
    "SendOnBehalf": RightKind(
        1, hard=False, remedy="works across, where the directory synchronisation writes back"
    ),
    "FolderAccess": RightKind(
        4,
        hard=True,
        remedy="the folder cannot be opened; its owner sends what is needed, until both are on one side",
    ),
}
"""By the name of the right; one hard right costs more than both soft ones together, and Send As, without which nobody
answers a shared mailbox's mail, more than a folder."""

HUB = 300
"""Mailboxes on which one account holds rights, above which it counts as a service account: it serves an organisation
and belongs to no group. In the generated national estate 215 accounts are above it."""


class Rights(NamedTuple):
    """A right a row, in the order of *mailbox*: that of *trustee* on it, both by their places in a list of mailboxes.

    *price* is that of severing it.
    """

    mailbox: Numbers
    trustee: Numbers
    price: Numbers


def hubs(rights: Rights, count: int, most: int = HUB) -> NDArray[np.bool_]:
    """For each of *count* mailboxes whether it holds rights on more than *most* others."""
    return loops.hubs(rights.mailbox, rights.trustee, count, most)


def joining(rights: Rights, count: int, most: int = HUB) -> NDArray[np.bool_]:
    """Which of *rights*, on and by *count* mailboxes, join people: not those that service accounts hold, or on one."""
    aside = hubs(rights, count, most)
    found: NDArray[np.bool_] = ~(aside[rights.mailbox] | aside[rights.trustee])
    return found


def graph_of(rights: Rights, weight: Numbers, nodes: Numbers) -> Graph:
    """The graph of the mailboxes *nodes*, in rising order, joined by those of *rights* that both ends are among.

    *weight* has a number for every mailbox.
    """
    place = np.full(len(weight), -1, dtype=np.int64)
    place[nodes] = np.arange(len(nodes))
    one, other = place[rights.mailbox], place[rights.trustee]
    inside = (one >= 0) & (other >= 0)
    return graph(weight[nodes], one[inside], other[inside], rights.price[inside])
