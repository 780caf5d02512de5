"""What a modelled module is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rehearsal.site.machine import Machine


@dataclass(frozen=True)
class Task:
    """One run of a module or listed script on *machine* at *now*; *values* are its checked arguments.

    *content* are bytes piped into it. *user* is whose connection it is. *obstacles* is asked why Exchange's Setup would
    not uninstall the server; None where no organisation stands behind it.
    """

    machine: Machine
    values: Mapping[str, Any]
    now: datetime
    user: str = ""
    check: bool = False
    diff: bool = False
    content: bytes | None = None
    obstacles: Callable[[], list[str]] | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run returns, and the server as it would leave it; *machine* None leaves it as it was.

    A module says what it would do in check mode too: the caller keeps *machine* only outside check mode, so nothing
    can change in it. *lines* are what a script that is no module writes. *uninstalls*: Exchange has left it
    then.
    """

    result: Mapping[str, Any] = field(default_factory=dict)
    machine: Machine | None = None
    lines: tuple[str, ...] | None = None
    uninstalls: bool = False


Modelled = Callable[[Task], Outcome]


def answer(machine: Machine, before: Machine, **result: Any) -> Outcome:
    """The outcome of a module that changed *before* into *machine*, changed or not, with its other results."""
    return Outcome({"changed": machine is not before} | result, machine)
