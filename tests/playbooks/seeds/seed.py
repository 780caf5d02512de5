"""What a seeded fault is: a change of the simulated premises, and a harmless one that looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.site.machine import Machine
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


def plant(seed: Seed, premises: Premises, server: str) -> None:
    """Make the fault of *seed* on *server*, whichever server it is usually planted on."""
    seed.plant(premises if server == SERVER else _Elsewhere(premises, server))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Elsewhere:
    """*premises* in which `SERVER` means *server*."""

    premises: Premises
    server: str

    def change(self, server: str, change: Callable[[Machine], Machine]) -> None:
        self.premises.change(self._meant(server), change)

    def run(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        meant = {name: self._meant(value) for name, value in parameters.items()}
        return self.premises.run(cmdlet, **meant)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.premises, name)

    def _meant(self, value: Any) -> Any:
        return value.replace(SERVER, self.server) if isinstance(value, str) else value
