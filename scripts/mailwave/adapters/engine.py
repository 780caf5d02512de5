"""The Pulumi engine, by its Automation API: the same program and stack files as `pulumi up` by hand.

The program runs inside this process, so no language host is started and the SDKs are imported once for all stacks.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import yaml
from pulumi import automation as auto

from change_control.folder import CHANGE
from controls.model import Resource
from mailwave.adapters.engine_errors import (
    ControlBroken,
    CreationRefused,
    EngineError,
    EngineMissing,
    EngineRefusedInDryRun,
    PluginMissing,
    StackBusy,
    StackNotFound,
)
from mailwave.adapters.engine_events import UNCOUNTED, OnBeat, Watcher
from mailwave.adapters.engine_plan import StepWatcher, mark
from mailwave.adapters.engine_process import EngineCommand
from mailwave.adapters.engine_program import Program
from mailwave.adapters.engine_recovery import Recovery
from mailwave.adapters.engine_state import declared
from mailwave.core.stacks import StackMark, StackPlan, StackReport

OnEvent = Callable[[auto.EngineEvent], None]

_ERROR_LINE = re.compile(r"^\s*(?:stderr: )?error: (.+)$", re.MULTILINE)
_NO_PLUGIN = re.compile(
    r"no resource plugin 'pulumi-resource-(?P<plugin>[^']+)' found.*? at version (?P<version>\S+)"
)
_NO_ATTRIBUTES = "failed to load checkpoint: EOF"
_HEADS = ("update failed", "preview failed", "destroy failed")


class Engine:
    """The stacks of *environment*, from the project in *root*.

    *dry_run* refuses every operation that changes something; *on_beat* is told of each resource as it is done.
    """

    def __init__(
        self, root: Path, environment: str, *, dry_run: bool = True, on_beat: OnBeat | None = None
    ) -> None:
        if shutil.which("pulumi") is None:
            raise EngineMissing
        self._root = root
        self._environment = environment
        self._dry_run = dry_run
        self._on_beat = on_beat
        self._packs = [str(root / "infra" / "policy" / "run")]
        self._program = Program(root / "infra" / "__main__.py")

    def left_open(self, layer: str) -> tuple[str, ...]:
        """What an update of *layer* that was cut off left behind, in words; changes nothing."""
        return self._run(layer, "look", lambda: Recovery(self._stack(layer, create=True)).left_open())

    def recover(self, layer: str) -> tuple[str, ...]:
        """Settle what `left_open` says, and say what was done about each object.

        Raises:
            PendingOperations: whether an object exists cannot be told from here.
            StackBusy: a living process is at work on the stack.
        """
        self._refuse_dry_run(layer, "recovery")
        return self._run(layer, "recovery", lambda: Recovery(self._stack(layer, create=True)).run())

    def up(self, layer: str) -> StackReport:
        """Deploy *layer*, against the live values. A lock left by a dead process is cleared first."""
        self._refuse_dry_run(layer, "up")
        stack = self._stack(layer, create=True)
        watcher = Watcher(stack.name, on_beat=self._on_beat)
        self._run(layer, "up", lambda: Recovery(stack).repeating(lambda: self._update(stack, watcher)))
        return self._report(stack, watcher, applied=True)

    def preview(self, layer: str, *, create: bool = False, live: bool = True) -> StackReport:
        """What `up` would change, and which controls the program breaks, with which the engine plans no further.

        *create*: where the stack was never deployed, make the empty one that the engine needs to preview. *live*:
        compare with the live values, so that every difference is named, and not with the state.
        """
        stack = self._stack(layer, create=create)
        watcher = Watcher(stack.name, planned=True, on_beat=self._on_beat)
        try:
            self._run(layer, "preview", lambda: self._plan(stack, watcher, live=live))
        except EngineError:
            if not watcher.broken:
                raise
        return self._report(stack, watcher)

    def plan(self, layer: str, to: Path) -> StackPlan:
        """Preview an update of *layer* against the live values, and write the engine's plan into the file *to*."""
        stack = self._stack(layer, create=True)
        before = self._run(layer, "export", lambda: mark(stack))
        seen = StepWatcher(Watcher(stack.name, planned=True, on_beat=self._on_beat))
        refused = ""
        try:
            self._run(layer, "preview", lambda: self._plan(stack, seen, live=True, plan=to))
        except EngineError as error:
            refused = "" if seen.watcher.broken else error.problem
        report = self._report(stack, seen.watcher)
        return StackPlan(report, before, seen.canonical, seen.outputs, refused)

    def mark(self, layer: str) -> StackMark:
        """Which state *layer* is in."""
        stack = self._stack(layer, create=True)
        return self._run(layer, "export", lambda: mark(stack))

    def up_planned(self, layer: str, plan: Path, change: Path) -> StackReport:
        """Deploy *layer* as *plan* has it, as a part of the change in the folder *change*.

        The engine refuses, in its own preview, what the plan does not hold, and the program what was not consented to.
        """
        self._refuse_dry_run(layer, "up")
        stack = self._stack(layer, create=False)
        watcher = Watcher(stack.name, on_beat=self._on_beat)
        with _naming(change):
            self._run(layer, "up", lambda: self._update(stack, watcher, plan=plan))
        return self._report(stack, watcher, applied=True)

    def destroy(self, layer: str) -> StackReport:
        """Remove everything that *layer* made; the engine refuses while anything in it is protected.

        Raises:
            PendingOperations: something may have been made that the state does not know; `up` finds out.
        """
        self._refuse_dry_run(layer, "destroy")
        stack = self._stack(layer, create=False)
        watcher = Watcher(stack.name, on_beat=self._on_beat)
        recovery = Recovery(stack)
        recovery.require_settled()
        self._run(
            layer,
            "destroy",
            lambda: recovery.past_dead_lock(
                lambda: stack.destroy(refresh=True, on_event=watcher, color="never")
            ),
        )
        return self._report(stack, watcher, applied=True)

    def preview_destroy(self, layer: str) -> StackReport:
        """What `destroy` would remove."""
        stack = self._stack(layer, create=False)
        watcher = Watcher(stack.name, planned=True, on_beat=self._on_beat)
        self._run(layer, "preview", lambda: stack.preview_destroy(on_event=watcher, color="never"))
        return self._report(stack, watcher)

    def status(self, layer: str) -> StackReport:
        """What is deployed in *layer*, as the state has it."""
        stack = self._stack(layer, create=False)
        return self._report(stack, Watcher(stack.name))

    def resources(self, layer: str) -> int:
        """How many resources *layer* holds; none when it is not deployed."""
        try:
            return self.status(layer).resources
        except StackNotFound:
            return 0

    def outputs(self, layer: str) -> Mapping[str, object]:
        """The outputs of *layer* that are no secrets."""
        values = self._stack(layer, create=False).outputs()
        return {name: output.value for name, output in values.items() if not output.secret}

    def deployed(self, layer: str) -> tuple[Resource, ...]:
        """What *layer* has declared and deployed, as its exported state has it."""
        stack = self._stack(layer, create=False)
        exported = self._run(layer, "export", stack.export_stack)
        return declared(stack.name, exported.deployment or {})

    def _refuse_dry_run(self, layer: str, operation: str) -> None:
        if self._dry_run:
            raise EngineRefusedInDryRun(stack=self._name(layer), operation=operation)

    def _name(self, layer: str) -> str:
        return f"{layer}-{self._environment}"

    @cached_property
    def _command(self) -> EngineCommand:
        return EngineCommand()

    def _stack(self, layer: str, *, create: bool) -> auto.Stack:
        name = self._name(layer)
        select = auto.create_or_select_stack if create else auto.select_stack
        file = self._root / "environments" / f"Pulumi.{name}.yaml"
        if not file.exists():
            raise StackNotFound(stack=name, operation="selection", problem="it has no file in environments/")
        options = auto.LocalWorkspaceOptions(
            work_dir=str(self._root), pulumi_command=self._command, secrets_provider=_secrets_provider(file)
        )
        return self._run(
            layer,
            "selection",
            lambda: select(
                stack_name=name, project_name=_project(self._root), program=self._program, opts=options
            ),
        )

    def _plan(self, stack: auto.Stack, watcher: OnEvent, *, live: bool, plan: Path | None = None) -> None:
        file = str(plan) if plan else None
        with self._program.ending():
            stack.preview(refresh=live, on_event=watcher, color="never", policy_packs=self._packs, plan=file)

    def _update(self, stack: auto.Stack, watcher: Watcher, *, plan: Path | None = None) -> None:
        """One update; where the service refused to make something, the error carries its words."""
        watcher.refusals.clear()
        try:
            with self._program.ending():
                stack.up(
                    refresh=True,
                    on_event=watcher,
                    color="never",
                    policy_packs=self._packs,
                    plan=str(plan) if plan else None,
                )
        except (auto.ConcurrentUpdateError, auto.StackNotFoundError):
            raise
        except auto.CommandError as error:
            if watcher.broken:
                raise ControlBroken(stack=stack.name, operation="up", breaches=watcher.broken) from None
            refused = _refused(stack.name, "up", str(error))
            if isinstance(refused, PluginMissing):
                raise refused from None
            raise CreationRefused(
                stack=stack.name, operation="up", problem=refused.problem, refusals=watcher.refusals
            ) from None

    def _run[Result](self, layer: str, operation: str, act: Callable[[], Result]) -> Result:
        name = self._name(layer)
        try:
            return act()
        except auto.StackNotFoundError:
            raise StackNotFound(stack=name, operation=operation, problem="it is not deployed") from None
        except auto.ConcurrentUpdateError as error:
            raise StackBusy(stack=name, operation=operation, problem=sentence(str(error))) from None
        except auto.CommandError as error:
            raise _refused(name, operation, str(error)) from None

    def _report(self, stack: auto.Stack, watcher: Watcher, *, applied: bool = False) -> StackReport:
        state = stack.export_stack().deployment or {}
        resources = [entry for entry in state.get("resources") or [] if entry["type"] not in UNCOUNTED]
        return StackReport(
            stack.name,
            len(resources),
            tuple(watcher.changes.values()),
            applied=applied,
            breaches=tuple(watcher.breaches),
        )


@contextmanager
def _naming(change: Path) -> Iterator[None]:
    """Tell the program which change is being made (`infra/consent.py`)."""
    os.environ[CHANGE] = str(change)
    try:
        yield
    finally:
        del os.environ[CHANGE]


def _refused(stack: str, operation: str, output: str) -> EngineError:
    missing = _NO_PLUGIN.search(output)
    if missing:
        return PluginMissing(stack=stack, operation=operation, **missing.groupdict())
    problem = sentence(output)
    if problem == _NO_ATTRIBUTES:
        problem = (
            "an engine was killed while it wrote the attributes beside the state: delete the empty .json.attrs file"
            " of this stack in the backend, and add ?metadata=skip to PULUMI_BACKEND_URL"
        )
    return EngineError(stack=stack, operation=operation, problem=problem)


def sentence(output: str) -> str:
    """The engine's own sentence in the output of a failed command, without its progress and traces."""
    found: list[str] = _ERROR_LINE.findall(output)
    useful = [line for line in found if not line.startswith(_HEADS)]
    return (useful or found or [output.strip().splitlines()[-1]])[0]


def _project(root: Path) -> str:
    name = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    return str(name)


def _secrets_provider(file: Path) -> str | None:
    """What the stack's *file* says keeps its secrets: the engine does not look there when it makes the stack."""
    found = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("secretsprovider")
    return str(found) if found else None
