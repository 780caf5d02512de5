"""Deploy the stacks of the environment, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailwave.core.reason import Reason
from mailwave.core.stacks import StackReport
from mailwave.ports import Ledger, Stacks
from mailwave.runbooks.acting import acting, close_cut_off

LAYERS = ("foundation", "identity", "hybrid")
"""In the order of deployment: each may read the outputs of those before it."""

ACT = "infra.up"


@dataclass(frozen=True)
class Provision:
    """Deploy *layers* through *stacks*; *say* is told each report as it comes."""

    stacks: Stacks
    ledger: Ledger
    reason: Reason
    say: Callable[[StackReport], None]
    layers: tuple[str, ...] = LAYERS

    def run(self) -> list[StackReport]:
        """Bring every layer up; the engine itself makes a repetition harmless."""
        close_cut_off(self.ledger, ACT)
        return [self._up(layer) for layer in self.layers]

    def _up(self, layer: str) -> StackReport:
        with acting(self.ledger, act=ACT, subject=layer, reason=self.reason):
            report = self.stacks.up(layer)
        self.say(report)
        return report
