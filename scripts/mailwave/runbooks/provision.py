"""Deploy the stacks of the environment, layer by layer, and remove them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from mailwave.core.reason import Reason
from mailwave.core.refusals import ControlsBroken, Refusal
from mailwave.core.stacks import StackReport
from mailwave.ports import Artifacts, Ledger, Stacks
from mailwave.runbooks.acting import Act, acting, close_cut_off

LAYERS = ("foundation", "identity", "hybrid")
"""In the order of deployment: each may read the outputs of those before it."""

UP, RECOVER, DESTROY = "infra.up", "infra.recover", "infra.destroy"

Say = Callable[[StackReport], None]
Tell = Callable[[str], None]


class NotConfirmed(Refusal):
    """The name typed as *confirmed* is not that of the *stack* that was to be removed."""

    def __init__(self, *, stack: str, confirmed: str) -> None:
        self.stack = stack
        self.confirmed = confirmed
        typed = f"{confirmed!r} was typed" if confirmed else "nothing was typed"
        super().__init__(f"stack {stack} is removed only when its name is typed, and {typed}")


class ChangeNeeded(Refusal):
    """*what*, as subject and verb, happens in changes only, which *needed* other people approve."""

    def __init__(self, *, what: str, needed: int) -> None:
        self.what = what
        self.needed = needed
        people = "somebody else has approved" if needed == 1 else f"{needed} others have approved"
        super().__init__(f"{what} only by what {people}")


class StillNeeded(Refusal):
    """The stack of *layer* cannot go while those *above* it stand on what it made."""

    def __init__(self, *, layer: str, above: tuple[str, ...]) -> None:
        self.layer = layer
        self.above = above
        super().__init__(f"{layer} cannot be removed while {' and '.join(above)} still stands on it")


@dataclass(frozen=True)
class Provision:
    """Deploy *layers* through *stacks*; *say* is given each report as it comes, *tell* what a recovery did.

    What each update did is kept among the *artifacts*.
    """

    stacks: Stacks
    ledger: Ledger
    reason: Reason
    say: Say
    tell: Tell
    artifacts: Artifacts
    layers: tuple[str, ...] = LAYERS

    def prepare(self) -> list[StackReport]:
        """What `run` would change; a layer whose lower one is not deployed cannot be told yet."""
        reports = []
        for layer in self.layers:
            report = self.stacks.preview(layer, create=True)
            self.say(report)
            reports.append(report)
        require_controls(*reports)
        return reports

    def run(self) -> list[StackReport]:
        """Bring every layer up, after settling whatever an earlier run left open.

        Raises:
            ControlsBroken: a layer's program breaks a control that is not waived; nothing of that layer was changed.
        """
        close_cut_off(self.ledger, UP, RECOVER)
        return [self._up(layer) for layer in self.layers]

    def _up(self, layer: str) -> StackReport:
        recover(self.stacks, self.ledger, self.reason, layer, self.tell)
        planned = self.stacks.preview(layer, create=True, live=False)
        if planned.broken:
            self.say(planned)
        require_controls(planned)
        with acting(self.ledger, act=UP, subject=layer, reason=self.reason) as act:
            report = self.stacks.up(layer)
            keep_report(self.artifacts, act, report)
        self.say(report)
        return report


@dataclass(frozen=True)
class TearDown:
    """Remove the stack of *layer*; *tell* is told what a recovery did before it."""

    stacks: Stacks
    ledger: Ledger
    reason: Reason
    layer: str
    tell: Tell

    def prepare(self) -> StackReport:
        """What would be removed; raise `StillNeeded` while a layer above is deployed."""
        above = tuple(
            layer for layer in LAYERS[LAYERS.index(self.layer) + 1 :] if self.stacks.resources(layer)
        )
        if above:
            raise StillNeeded(layer=self.layer, above=above)
        return self.stacks.preview_destroy(self.layer)

    def run(self, planned: StackReport, confirmed: str) -> StackReport:
        """Remove what `prepare` has *planned*, if *confirmed* is the stack's name; raise `NotConfirmed` if not."""
        if confirmed != planned.stack:
            raise NotConfirmed(stack=planned.stack, confirmed=confirmed)
        close_cut_off(self.ledger, DESTROY, RECOVER)
        recover(self.stacks, self.ledger, self.reason, self.layer, self.tell)
        with acting(self.ledger, act=DESTROY, subject=self.layer, reason=self.reason):
            return self.stacks.destroy(self.layer)


def keep_report(artifacts: Artifacts, act: Act, report: StackReport) -> None:
    """Keep what an update did, resource by resource, where its entry in the journal names it; secrets are masked."""
    content = msgspec.json.format(msgspec.json.encode(report)) + b"\n"
    act.ended["artifact"] = artifacts.keep(f"{act.intent:08}-{report.stack}.json", content)


def require_controls(*reports: StackReport) -> None:
    """Raise `ControlsBroken` for the first of *reports* that tells of a breach which nobody has waived."""
    for report in reports:
        if report.broken:
            raise ControlsBroken(stack=report.stack, breaches=report.broken)


def recover(stacks: Stacks, ledger: Ledger, reason: Reason, layer: str, tell: Tell) -> None:
    """Settle what an earlier update of *layer* left open, and journal it; nothing when there is nothing."""
    left = stacks.left_open(layer)
    if not left:
        return
    with acting(ledger, act=RECOVER, subject=layer, reason=reason, detail={"left_open": list(left)}):
        done = stacks.recover(layer)
    for line in (*left, *done):
        tell(f"{layer}: {line}")
