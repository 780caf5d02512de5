"""Which cmdlets and parameters exist on which side, from `cmdlets.json` (made by tools/trim_cmdlets.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

from exchange_admin.errors import NotOffered
from exchange_admin.port import is_read

_LABELS = {
    "Exchange Online": frozenset({"Online"}),
    "Exchange on premises": frozenset({"2016", "2019", "SE"}),
}


class Side(Enum):
    """Where a cmdlet runs."""

    ONLINE = "Exchange Online"
    ON_PREMISES = "Exchange on premises"


@cache
def _cmdlets() -> Mapping[str, Any]:
    text = files("exchange_admin").joinpath("cmdlets.json").read_text(encoding="utf-8")
    cmdlets: Mapping[str, Any] = json.loads(text)["cmdlets"]
    return cmdlets


def names() -> frozenset[str]:
    """Return the names of every cmdlet that the list describes."""
    return frozenset(_cmdlets())


def has_parameter(cmdlet: str, parameter: str, side: Side) -> bool:
    """Tell whether *cmdlet* takes *parameter* on *side*."""
    described = _cmdlets().get(cmdlet)
    if described is None or not _applies(described, side) or parameter not in described["parameters"]:
        return False
    return _applies(described["parameters"][parameter], side)


def releases(cmdlet: str, parameter: str = "") -> frozenset[str]:
    """Return the releases of Exchange Server that have *cmdlet*, or its *parameter*: of 2016, 2019 and SE."""
    everywhere = _LABELS[Side.ON_PREMISES.value]
    described = _cmdlets().get(cmdlet)
    if described is None:
        return frozenset()
    found = everywhere.intersection(described.get("applies", everywhere))
    if not parameter:
        return found
    if parameter not in described["parameters"]:
        return frozenset()
    return found.intersection(described["parameters"][parameter].get("applies", everywhere))


def sets_of(cmdlet: str, parameter: str) -> frozenset[str]:
    """Return the parameter sets of *cmdlet* that *parameter* is of; none of them means all."""
    described = _cmdlets()[cmdlet]["parameters"][parameter]
    named = frozenset((*described.get("required_in", ()), *described.get("optional_in", ())))
    return frozenset() if "(All)" in named else named - {""}


def check(cmdlet: str, parameters: Mapping[str, object], side: Side) -> None:
    """Refuse what *side* does not offer or its channel cannot carry, before anything is sent.

    :raises NotOffered: for an unknown cmdlet or parameter, or a credential over the REST channel (fact A19).
    """
    described = _cmdlets().get(cmdlet)
    if described is None:
        raise NotOffered(cmdlet=cmdlet, side=side.value, parameter=None, why="it is not in cmdlets.json")
    if not _applies(described, side):
        raise NotOffered(cmdlet=cmdlet, side=side.value, parameter=None, why="it does not exist there")
    for name in parameters:
        _check_parameter(cmdlet, name, described["parameters"].get(name), side)


def _check_parameter(cmdlet: str, name: str, described: Mapping[str, Any] | None, side: Side) -> None:
    why = None
    if described is None:
        why = "there is no such parameter"
    elif not _applies(described, side):
        why = "the parameter does not exist there"
    elif side is Side.ONLINE and described["type"] == "PSCredential":
        why = "this channel cannot carry a credential (fact A19)"
    if why:
        raise NotOffered(cmdlet=cmdlet, side=side.value, parameter=name, why=why)


def _applies(described: Mapping[str, Any], side: Side) -> bool:
    """What has no `applies` of its own applies wherever its cmdlet does."""
    return "applies" not in described or not _LABELS[side.value].isdisjoint(described["applies"])


def complete(cmdlet: str, parameters: Mapping[str, object], side: Side) -> dict[str, object]:
    """Return *parameters* as they must be sent: checked, without those that are None, and with two added.

    A write gets `Confirm: False`, without which it may only validate (fact A16); a read that would list everything
    gets `ResultSize: Unlimited`, without which it may stop at 1,000 (fact A15).

    :raises NotOffered: as `check` does.
    """
    sent = {name: value for name, value in parameters.items() if value is not None}
    if not is_read(cmdlet) and has_parameter(cmdlet, "Confirm", side):
        sent.setdefault("Confirm", False)
    if is_read(cmdlet) and "Identity" not in sent and has_parameter(cmdlet, "ResultSize", side):
        sent.setdefault("ResultSize", "Unlimited")
    check(cmdlet, sent, side)
    return sent
