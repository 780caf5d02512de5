"""A cmdlet's parameters, bound as PowerShell binds them: against the real cmdlet, then against what is modelled."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.site import failures, values

_CMDLETS = Path(__file__).parents[1] / "exchange_online" / "cmdlets.json"
"""One copy, which tools/trim_cmdlets.py writes, serves both sides of the rehearsal."""

_ON_PREMISES = frozenset({"2019", "SE"})
_COMMON = frozenset({"debug", "erroraction", "verbose", "warningaction"})
_IGNORED = frozenset({"DomainController", "ReadFromDomainController", "IgnoreDefaultScope"})

UNLIMITED = math.inf
"""`Unlimited` among numbers."""


@dataclass(frozen=True)
class Bound:
    """A cmdlet by its real name with converted values; a switch that was set is True."""

    cmdlet: str
    values: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """The value of a parameter, None where it was not given."""
        return self.values.get(name)


@cache
def _cmdlets() -> Mapping[str, Any]:
    cmdlets: Mapping[str, Any] = json.loads(_CMDLETS.read_text(encoding="utf-8"))["cmdlets"]
    return {name.casefold(): described | {"name": name} for name, described in cmdlets.items()}


def bind(cmdlet: str, given: Mapping[str, object], modelled: Mapping[str, frozenset[str]]) -> Bound:
    """Bind *given* to *cmdlet*. *modelled* lists, by cmdlet, the parameters that take effect here.

    Raises `failures.CmdletFailure` for what Exchange refuses, and, with another exception in it, for what only the
    rehearsal refuses.
    """
    described = _cmdlets().get(cmdlet.casefold())
    if described is None or not _here(described):
        raise failures.unknown_command(cmdlet)
    name = described["name"]
    if name not in modelled:
        raise failures.not_modelled(f"the cmdlet {name}")
    bound: dict[str, Any] = {}
    for real, value, description in _recognised(described["parameters"], given):
        if real in _IGNORED:
            continue
        if real not in modelled[name]:
            raise failures.not_modelled(f"the parameter {name} -{real}")
        bound[real] = _converted(real, value, description)
    always = [
        key for key, value in described["parameters"].items() if "(All)" in value.get("required_in", ())
    ]
    if missing := [key for key in always if bound.get(key) in ("", None)]:
        raise failures.missing_parameters(missing)
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
        if description is None or not _here(description):
            raise failures.unknown_parameter(asked)
        yield real, value, description


def _here(described: Mapping[str, Any]) -> bool:
    return "applies" not in described or not _ON_PREMISES.isdisjoint(described["applies"])


def _converted(name: str, value: object, described: Mapping[str, Any]) -> Any:
    kind = described["type"]
    try:
        if value is None:
            return _null(kind)
        if kind in _CONVERTERS:
            return _CONVERTERS[kind](value)
        if kind.endswith("IdParameter"):
            return _identity(value, kind)
        if kind in _FLAGS or (allowed := described.get("values")) is None:
            return (
                values.parse_flags(_joined(value), _FLAGS[kind], kind)
                if kind in _FLAGS
                else _text(value, kind)
            )
        if kind.endswith("[]"):
            return values.parse_flags(_joined(value), allowed, kind)
        return values.parse_one(_text(value, kind), allowed, kind)
    except values.NotAValue as problem:
        raise failures.bad_value(name, problem.text, problem.kind) from None


def _null(kind: str) -> Any:
    """What no value means: the switch is on, the text is cleared; the rest cannot be empty."""
    if kind == "SwitchParameter":
        return True
    if kind == "MultiValuedProperty":
        return []
    if kind in _CLEARABLE or kind.endswith("IdParameter"):
        return None
    raise values.NotAValue(text="", kind=kind)


def _identity(value: object, kind: str) -> str:
    if value == "":
        raise values.NotAValue(text="", kind=kind)
    return _text(value, kind)


def _joined(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _text(value: object, kind: str) -> str:
    if isinstance(value, list | dict):
        raise values.NotAValue(text=str(value), kind=kind)
    return str(value)


def _boolean(value: object) -> bool:
    if isinstance(value, bool | int):
        return bool(value)
    raise values.NotAValue(
        text=f"{value}", kind="System.Boolean"
    )  # the text "True" is no Boolean to PowerShell


def _integer(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise values.NotAValue(text=f"{value}", kind="System.Int32") from None


def _unlimited(value: object) -> float:
    return UNLIMITED if str(value).casefold() == "unlimited" else _integer(value)


def _many(value: object) -> list[str] | dict[str, Any]:
    """The items of a multi-valued property, or `{"Add": [...], "Remove": [...]}`."""
    if isinstance(value, dict):
        edit = {str(key).title(): item if isinstance(item, list) else [item] for key, item in value.items()}
        if edit.keys() <= {"Add", "Remove"}:
            return edit
        raise values.NotAValue(text=str(value), kind="Microsoft.Exchange.Data.MultiValuedProperty")
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "Boolean": _boolean,
    "SwitchParameter": _boolean,
    "Int32": _integer,
    "Unlimited": _unlimited,
    "ByteQuantifiedSize": lambda value: values.size_text(values.parse_size(str(value))),
    "EnhancedTimeSpan": lambda value: values.parse_span(str(value)),
    "MultiValuedProperty": _many,
}

_CLEARABLE = frozenset({"Fqdn", "SmtpX509Identifier", "String"})

_FLAGS: Mapping[str, tuple[str, ...]] = {
    "AuthMechanisms": (
        *("None", "Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer"),
        "ExternalAuthoritative",
    ),
    "PermissionGroups": (
        *("None", "AnonymousUsers", "ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers", "Partners"),
        "Custom",
    ),
}
"""Flags in the order of their numbers, which is the order in which Exchange shows them."""
