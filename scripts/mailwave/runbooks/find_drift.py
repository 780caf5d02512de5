"""Compare every stack with the live values, and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailwave.core.stacks import StackReport
from mailwave.ports import Stacks
from mailwave.runbooks.provision import LAYERS, require_controls


@dataclass(frozen=True)
class FindDrift:
    """Preview *layers* with a refresh, so that the live values are read and not only the state."""

    stacks: Stacks
    say: Callable[[StackReport], None]
    layers: tuple[str, ...] = LAYERS

    def run(self) -> list[StackReport]:
        """What differs, by layer.

        Raises:
            ControlsBroken: a program breaks a control that is not waived; every layer was reported before.
        """
        reports = []
        for layer in self.layers:
            report = self.stacks.preview(layer)
            self.say(report)
            reports.append(report)
        require_controls(*reports)
        return reports
