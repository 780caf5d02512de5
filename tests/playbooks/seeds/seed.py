"""What a seeded fault is: a change of the simulated premises, and a harmless one that looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.playbooks.servers import Premises

Change = Callable[[Premises], object]
SERVER = "EX02"
"""Where faults are planted that belong to one server."""


@dataclass(frozen=True)
class Seed:
    """*plant* makes the fault that is to be found as *id* with *fact*; *near* must not be found at all.

    *repaired* by a play, or else by a person. *also* are other checks that the same fault rightly breaks.
    """

    id: str
    fact: str
    plant: Change
    near: Change
    repaired: bool = False
    also: frozenset[str] = frozenset()
