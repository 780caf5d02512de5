"""The Pulumi engine, by its Automation API: the same program and stack files as `pulumi up` by hand.

The program runs inside this process, so no language host is started and the SDKs are imported once for all stacks.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pulumi import automation as auto

from mailwave.adapters.engine_errors import (
    EngineError,
    EngineMissing,
    PendingOperations,
    StackBusy,
    StackNotFound,
)
from mailwave.core.stacks import StackChange, StackReport

LAYERS = ("foundation", "identity", "hybrid")
"""In the order of deployment: each may read the outputs of those before it."""

Say = Callable[[str], None]

_ERROR_LINE = re.compile(r"^\s*error: (.+)$", re.MULTILINE)
_UNCHANGED = ("same", "read", "refresh")


class Engine:
    """The stacks of *environment*, from the project in *root*.

    *dry_run* refuses every operation that changes something; *say* is told what the engine prints.
    """

    def __init__(self, root: Path, environment: str, *, dry_run: bool = True, say: Say | None = None) -> None:
        if shutil.which("pulumi") is None:
            raise EngineMissing
        self._root = root
        self._environment = environment
        self._dry_run = dry_run
        self._say = say

    def up(self, layer: str) -> StackReport:
        """Deploy *layer*, or, in a dry run, only preview it. A lock left by a dead process is cleared first."""
        stack = self._stack(layer, create=True)
        self._settle(stack, layer)
        if self._dry_run:
            return self.preview(layer)
        self._run(layer, "up", lambda: stack.up(refresh=True, on_output=self._say, color="never"))
        return self._report(stack, layer, ())

    def preview(self, layer: str) -> StackReport:
        """What `up` would change, against the live values: every difference is named."""
        stack = self._stack(layer, create=False)
        changes: list[StackChange] = []

        def on_event(event: auto.EngineEvent) -> None:
            if event.resource_pre_event is not None:
                changes.extend(_change(event.resource_pre_event.metadata))

        self._run(layer, "preview", lambda: stack.preview(refresh=True, on_event=on_event, color="never"))
        return self._report(stack, layer, tuple(dict.fromkeys(changes)))

    def status(self, layer: str) -> StackReport:
        """What is deployed in *layer*, as the state has it."""
        return self._report(self._stack(layer, create=False), layer, ())

    def outputs(self, layer: str) -> Mapping[str, object]:
        """The outputs of *layer* that are no secrets."""
        values = self._stack(layer, create=False).outputs()
        return {name: output.value for name, output in values.items() if not output.secret}

    def _stack(self, layer: str, *, create: bool) -> auto.Stack:
        name = f"{layer}-{self._environment}"
        select = auto.create_or_select_stack if create else auto.select_stack
        options = auto.LocalWorkspaceOptions(work_dir=str(self._root))
        if not (self._root / "environments" / f"Pulumi.{name}.yaml").exists():
            raise StackNotFound(stack=name, operation="selection", problem="it has no file in environments/")
        return self._run(
            layer,
            "selection",
            lambda: select(
                stack_name=name, project_name=_project(self._root), program=self._program, opts=options
            ),
        )

    def _program(self) -> None:
        runpy.run_path(str(self._root / "infra" / "__main__.py"), run_name="__main__")

    def _run[Result](self, layer: str, operation: str, act: Callable[[], Result]) -> Result:
        name = f"{layer}-{self._environment}"
        try:
            return act()
        except auto.StackNotFoundError:
            raise StackNotFound(stack=name, operation=operation, problem="it is not deployed") from None
        except auto.ConcurrentUpdateError as error:
            raise StackBusy(stack=name, operation=operation, problem=_sentence(str(error))) from None
        except auto.CommandError as error:
            raise EngineError(stack=name, operation=operation, problem=_sentence(str(error))) from None

    def _settle(self, stack: auto.Stack, layer: str) -> None:
        """Clear the lock of a process that is dead, and refuse while operations of an earlier update are open."""
        if _lock_is_dead(stack.name):
            self._run(layer, "cancel", stack.cancel)
        state = stack.export_stack().deployment or {}
        pending = [entry["resource"]["urn"] for entry in state.get("pending_operations") or []]
        if pending:
            raise PendingOperations(stack=stack.name, urns=pending)

    def _report(self, stack: auto.Stack, layer: str, changes: tuple[StackChange, ...]) -> StackReport:
        state = stack.export_stack().deployment or {}
        resources = [
            entry for entry in state.get("resources") or [] if entry["type"] != "pulumi:pulumi:Stack"
        ]
        return StackReport(f"{layer}-{self._environment}", len(resources), changes)


def _change(metadata: auto.StepEventMetadata) -> list[StackChange]:
    if metadata.op in _UNCHANGED:
        return []
    properties = tuple(sorted(metadata.detailed_diff or metadata.diffs or ()))
    return [StackChange(metadata.urn.rsplit("::", 1)[-1], metadata.type, str(metadata.op.value), properties)]


def _sentence(output: str) -> str:
    """The engine's own sentence in the output of a failed command, without its progress and traces."""
    found: list[str] = _ERROR_LINE.findall(output)
    useful = [line for line in found if not line.startswith(("update failed", "preview failed"))]
    return (useful or found or [output.strip().splitlines()[-1]])[0]


def _project(root: Path) -> str:
    name = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    return str(name)


def _lock_is_dead(stack: str) -> bool:
    """Whether the stack's lock belongs to a process of this machine that has ended (file backend only)."""
    backend = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme != "file":
        return False
    locks = (Path(backend.path) / ".pulumi" / "locks").glob(f"*/*/{stack}/*.json")
    holders = [json.loads(lock.read_text(encoding="utf-8")) for lock in locks]
    return bool(holders) and all(_is_dead(holder) for holder in holders)


def _is_dead(holder: Mapping[str, object]) -> bool:
    if holder.get("hostname") != socket.gethostname():
        return False
    try:
        os.kill(int(str(holder["pid"])), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
