"""What the commands of infra and of controls need: runbooks over the engine that deploys the stacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from controls.catalogue import controls
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.core.stacks import StackBeat, StackReport
from mailwave.runbooks.find_drift import FindDrift
from mailwave.runbooks.provision import ChangeNeeded, Provision, TearDown
from mailwave.runbooks.take_baseline import TakeBaseline
from mailwave.wiring.settings import ROOT, Say, Settings, kept

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.engine import Engine

OnStackBeat = Callable[[StackBeat], None]


@dataclass(frozen=True)
class StackTelling:
    """How a face is told of the stacks: each *report*, each *line* of a recovery, each *beat* of an operation."""

    report: Callable[[StackReport], None]
    line: Say
    beat: OnStackBeat


def engine(settings: Settings, *, on_beat: OnStackBeat | None = None, dry_run: bool = True) -> Engine:
    """The stacks of the environment."""
    from mailwave.adapters.engine import Engine

    return Engine(ROOT, settings.environment, dry_run=dry_run, on_beat=on_beat)


def provision(
    settings: Settings,
    ledger: Ledger,
    reason: Reason,
    *,
    layers: tuple[str, ...],
    dry_run: bool,
    telling: StackTelling,
) -> Provision:
    """The runbook that deploys *layers*; raise `ChangeNeeded` where the environment takes changes only."""
    if not dry_run:
        refuse_unreviewed(settings, f"the stacks of {settings.environment} change")
    stacks = engine(settings, on_beat=telling.beat, dry_run=dry_run)
    return Provision(stacks, ledger, reason, telling.report, telling.line, kept(settings), layers)


def tear_down(
    settings: Settings, ledger: Ledger, reason: Reason, *, layer: str, dry_run: bool, telling: StackTelling
) -> TearDown:
    """The runbook that removes *layer*; raise `ChangeNeeded` as `provision` does."""
    if not dry_run:
        refuse_unreviewed(settings, f"the stacks of {settings.environment} change")
    stacks = engine(settings, on_beat=telling.beat, dry_run=dry_run)
    return TearDown(stacks, ledger, reason, layer, telling.line)


def refuse_unreviewed(settings: Settings, what: str) -> None:
    """Raise `ChangeNeeded` for *what*, as subject and verb, where the environment has approvers."""
    if needed := settings.approvers().needed:
        raise ChangeNeeded(what=what, needed=needed)


def find_drift(settings: Settings, *, layers: tuple[str, ...], telling: StackTelling) -> FindDrift:
    """The runbook that compares *layers* with the live values."""
    return FindDrift(engine(settings, on_beat=telling.beat), telling.report, layers)


def stack_status(settings: Settings, *, layers: tuple[str, ...]) -> list[StackReport]:
    """What the state of each of *layers* holds."""
    stacks = engine(settings)
    return [stacks.status(layer) for layer in layers]


def take_baseline(settings: Settings) -> TakeBaseline:
    """The runbook that holds the stacks and the tenant to the controls; it can change nothing."""
    from exchange_admin import connect
    from mailwave.adapters.graph import Graph
    from mailwave.adapters.tenant import LiveTenant

    endpoints, clock = settings.endpoints(), settings.clock()
    admin = connect.exchange_online(endpoints, dry_run=True, sleep=clock.sleep)
    tenant = LiveTenant(settings.environment, admin, Graph.connect(endpoints, clock.sleep))
    return TakeBaseline(clock, engine(settings), tenant, controls())
