"""A cmdlet's parameters, bound as PowerShell binds them: against the real cmdlet, then against what is modelled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.site import failures, values
from rehearsal.site.conversion import UNLIMITED, converted

__all__ = ["UNLIMITED", "Bound", "bind", "parameters_of"]

_CMDLETS = Path(__file__).parents[1] / "exchange_online" / "cmdlets.json"
"""One copy, which tools/trim_cmdlets.py writes, serves both sides of the rehearsal."""

_COMMON = frozenset({"debug", "erroraction", "verbose", "warningaction"})
_IGNORED = frozenset({"ReadFromDomainController"})
_EVERYWHERE = frozenset({"Confirm", "DomainController", "WhatIf"})
_ALL_SETS = "(All)"

_QUIRKS: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]] = {
    ("Enable-RemoteMailbox", "ACLableSyncedObjectEnabled"): {},
    ("Enable-RemoteMailbox", "Equipment"): {"required_in": ("Equipment",)},
    ("Get-Mailbox", "IgnoreDefaultScope"): {
        "optional_in": ("AnrSet", "DatabaseSet", "Identity", "ServerSet"),
    },
    ("Import-ExchangeCertificate", "Instance"): {"optional_in": ("Instance",)},
    ("Remove-MailboxPermission", "ResetDefault"): {"required_in": ("ResetDefault",)},
}
"""Sets of parameters that the reference gives wrongly: it makes a switch mandatory in every call, or in a wrong set, or
names versions of Exchange in place of the sets that its syntax has."""


@dataclass(frozen=True)
class Bound:
    """A cmdlet by its real name with converted values, at *server*; a switch that was set is True."""

    cmdlet: str
    values: Mapping[str, Any]
    server: str = ""

    def get(self, name: str) -> Any:
        """The value of a parameter, None where it was not given."""
        return self.values.get(name)

    @property
    def changes(self) -> bool:
        """Whether the call may change something, which with -WhatIf it may not."""
        return not self.values.get("WhatIf")


@cache
def _cmdlets() -> Mapping[str, Any]:
    cmdlets: Mapping[str, Any] = json.loads(_CMDLETS.read_text(encoding="utf-8"))["cmdlets"]
    return {name.casefold(): described | {"name": name} for name, described in cmdlets.items()}


def parameters_of(cmdlet: str) -> Mapping[str, str]:
    """The type of each parameter of *cmdlet*, whichever version of Exchange has it; raise `KeyError`."""
    return {name: each["type"] for name, each in _cmdlets()[cmdlet.casefold()]["parameters"].items()}


def bind(
    cmdlet: str,
    given: Mapping[str, object],
    modelled: Mapping[str, frozenset[str]],
    versions: frozenset[str] = frozenset({"2019"}),
    *,
    one_set: bool = True,
) -> Bound:
    """Bind *given* to *cmdlet* of an Exchange of one of *versions*: 2016, 2019, SE.

    *modelled* lists, by cmdlet, what takes effect. *one_set*: the parameters must belong to one parameter set.

    Raises `failures.CmdletFailure` for what Exchange refuses, and, with another exception in it, for what only the
    rehearsal refuses.
    """
    described = _cmdlets().get(cmdlet.casefold())
    if described is None or not _here(described, versions):
        raise failures.unknown_command(cmdlet)
    name = described["name"]
    if name not in modelled:
        raise failures.not_modelled(f"the cmdlet {name}")
    parameters = {
        key: _mended(name, key, each)
        for key, each in described["parameters"].items()
        if _here(each, versions)
    }
    bound: dict[str, Any] = {}
    for real, value, description in _recognised(parameters, given):
        if real in _IGNORED:
            continue
        if real not in modelled[name] | _EVERYWHERE:
            raise failures.not_modelled(f"the parameter {name} -{real}")
        bound[real] = _converted(real, value, description)
    _check_sets(parameters, bound, one_set=one_set)
    return Bound(name, bound)


def _recognised(
    parameters: Mapping[str, Any], given: Mapping[str, object]
) -> Iterator[tuple[str, object, Mapping[str, Any]]]:
    """Real name, value and description of each parameter given, common ones left out."""
    by_name = {key.casefold(): (key, value) for key, value in parameters.items()}
    for asked, value in given.items():
        if asked.casefold() in _COMMON:
            continue
        real, description = by_name.get(asked.casefold(), (asked, None))
        if description is None:
            raise failures.unknown_parameter(asked)
        yield real, value, description


def _mended(cmdlet: str, name: str, described: Mapping[str, Any]) -> Mapping[str, Any]:
    sets = _QUIRKS.get((cmdlet, name))
    if sets is None:
        return described
    kept = {key: value for key, value in described.items() if key not in ("required_in", "optional_in")}
    return {**kept, **sets}


def _here(described: Mapping[str, Any], versions: frozenset[str]) -> bool:
    return "applies" not in described or not versions.isdisjoint(described["applies"])


def _converted(name: str, value: object, described: Mapping[str, Any]) -> Any:
    # the "values" of an identity are the forms that it may take, not the only values
    try:
        return converted(value, described["type"], described.get("values"))
    except values.NotAValue as problem:
        raise failures.bad_value(name, problem.text, problem.kind) from None


def _check_sets(parameters: Mapping[str, Any], bound: Mapping[str, Any], *, one_set: bool) -> None:
    """Refuse parameters that no one set has together, and a call that lacks what every such set demands."""
    given = {name for name, value in bound.items() if value not in ("", None)}
    fitting = [
        name for name in _sets(parameters.values()) if all(_in(parameters[key], name) for key in bound)
    ]
    if not fitting and one_set:
        raise failures.ambiguous_set()
    missing = {
        name: [key for key, each in parameters.items() if _needed(each, name) and key not in given]
        for name in fitting or [_ALL_SETS]
    }
    fewest = min(missing.values(), key=len)
    if fewest:
        raise failures.missing_parameters(fewest)


def _sets(parameters: Iterable[Mapping[str, Any]]) -> list[str]:
    names = {
        name for each in parameters for kind in ("required_in", "optional_in") for name in each.get(kind, ())
    }
    return sorted(names - {_ALL_SETS, ""}, key=lambda name: (name != "Identity", name)) or [_ALL_SETS]


def _in(described: Mapping[str, Any], name: str) -> bool:
    named = {*described.get("required_in", ()), *described.get("optional_in", ())} - {""}
    return not named or _ALL_SETS in named or name in named


def _needed(described: Mapping[str, Any], name: str) -> bool:
    required = described.get("required_in", ())
    return _ALL_SETS in required or name in required
