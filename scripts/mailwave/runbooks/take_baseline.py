"""Hold what is deployed and what the tenant shows to the controls, and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from controls.baseline import Evidence, Judged, Reading, Unread, judged, types_to_read
from controls.catalogue import Control
from controls.model import Resource
from mailwave.core.outcomes import ActError
from mailwave.ports import Clock, Stacks, Tenant
from mailwave.runbooks.provision import LAYERS


@dataclass(frozen=True)
class TakeBaseline:
    """Judge *every* control by the stacks of *layers* as they are deployed and the *tenant* as it is."""

    clock: Clock
    stacks: Stacks
    tenant: Tenant
    every: Sequence[Control]
    layers: Sequence[str] = LAYERS

    def run(self) -> list[Judged]:
        """The verdict on each control that can be looked at; whatever could not be read is unknown, and why."""
        evidence = Evidence(
            {layer: self._stack(layer) for layer in self.layers},
            {kind: _reading(partial(self.tenant.read, kind)) for kind in types_to_read(self.every)},
        )
        return judged(self.every, evidence, self.clock.now().date())

    def _stack(self, layer: str) -> Reading:
        """What *layer* holds; a stack without a resource is one that nothing can be told of."""
        return _reading(partial(self.stacks.deployed, layer)) or Unread(f"the stack of {layer} holds nothing")

    @property
    def not_looked_at(self) -> dict[int, str]:
        """The controls for which there is no check, by number, and why."""
        return {control.id: control.not_yet for control in self.every if not control.checks}


def _reading(read: Callable[[], Sequence[Resource]]) -> Reading:
    try:
        return read()
    except ActError as error:
        return Unread(str(error))
