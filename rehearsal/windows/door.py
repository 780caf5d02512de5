"""Where a script that reached a server becomes a checked call: decoded, validated, written down, and only then run."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from rehearsal.site.machine import Machine
from rehearsal.windows import paths
from rehearsal.windows.arguments import checked
from rehearsal.windows.catalogue import CATALOGUE
from rehearsal.windows.failures import ModuleFailed, ModuleSkipped, NoCollections, NotModelled
from rehearsal.windows.modules import OPENED
from rehearsal.windows.payload import Act, decode
from rehearsal.windows.specification import specification
from rehearsal.windows.windows import failed
from rehearsal.wire import CmdletCall, CmdletResult

Invoke = Callable[[CmdletCall], CmdletResult]


@dataclass(frozen=True)
class Written:
    """What a script wrote: output, errors, and the exit code that it ended with."""

    lines: tuple[str, ...]
    errors: tuple[str, ...] = ()
    code: int = 0


@dataclass(frozen=True)
class Door:
    """The way into one server. *machine* reads its present state, *invoke* writes a call down and runs it."""

    machine: Callable[[], Machine]
    invoke: Invoke

    def carry_out(self, user: str, script: str, piped: Sequence[object]) -> Written:
        """What *script* writes when *user* runs it with *piped* as its input."""
        try:
            act = decode(script, piped)
        except NotModelled as refusal:
            return _refused(str(refusal), script_only=not piped)
        return self.perform(user, act)

    def perform(self, user: str, act: Act) -> Written:
        """What *act*, decoded, writes."""
        if act.name not in CATALOGUE.modules:
            return self._script(user, act)
        try:
            return self._module(user, act)
        except NotModelled as refusal:
            return _refused(str(refusal), script_only=False)
        except NoCollections as problem:
            return _refused(f"{problem}; {problem.advice}", script_only=False)

    def _script(self, user: str, act: Act) -> Written:
        parameters: dict[str, object] = {"arguments": dict(act.arguments)}
        if act.content is not None:
            parameters["content"] = base64.b64encode(act.content).decode("ascii")
        row = self._run(user, act, parameters)
        if row["result"].get("failed"):
            return Written((), (row["result"]["msg"],), 1)
        return Written(tuple(row["lines"] or ()))

    def _module(self, user: str, act: Act) -> Written:
        machine = self.machine()
        try:
            given = specification(act.name)
            values = checked(given, act.arguments, paths.environment(machine, user))
            _refuse_unmodelled(act, values, {name: each.default for name, each in given.options.items()})
            if act.name in OPENED:
                values = OPENED[act.name](machine, values)
        except ModuleFailed as failure:
            return _json(failed(failure))
        except ModuleSkipped as skipped:
            return _json({"changed": False, "skipped": True, "msg": skipped.problem})
        modes = {name: bool(act.arguments.get(f"_ansible_{name}")) for name in ("check_mode", "diff")}
        parameters = {"arguments": values, "check": modes["check_mode"], "diff": modes["diff"]}
        result = self._run(user, act, parameters)["result"]
        if not modes["diff"]:
            result.pop("diff", None)
        return _json(result)

    def _run(self, user: str, act: Act, parameters: dict[str, object]) -> dict[str, Any]:
        call = CmdletCall(user, act.name, parameters, self.machine().name)
        return dict(self.invoke(call).rows[0])


def _refuse_unmodelled(act: Act, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """An option that takes no effect here may only have the value that it has anyway."""
    listed = CATALOGUE.modules[act.name]
    for name, value in values.items():
        if value in (None, defaults[name]) or name in listed.options or name in listed.internal:
            continue
        raise NotModelled(f"the option {name} of {act.name}")


def _json(result: Mapping[str, Any]) -> Written:
    text = msgspec.json.encode(result).decode()
    return Written((text,), code=1 if result.get("failed") else 0)


def _refused(text: str, *, script_only: bool) -> Written:
    """A refusal of the rehearsal where its client looks for one: a module's result, and the error stream."""
    lines = () if script_only else _json({"failed": True, "msg": text}).lines
    return Written(lines, (text,), 1)
