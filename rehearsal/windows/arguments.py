"""A module's arguments, checked as its own base checks them and then as strictly as its documentation reads.

The order of the checks and the sentences are those of Ansible.Basic of ansible-core 2.21, or of
Ansible.ModuleUtils.Legacy for the older modules. Two things are stricter than there: a legacy module drops an option
that it does not know, here it is refused; and names and choices must be spelt in the documented case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.windows.failures import ModuleFailed, ModuleSkipped
from rehearsal.windows.specification import Option, Specification

_TRUE = ("y", "yes", "on", "1", "true", "t", "1.0")
_FALSE = ("n", "no", "off", "0", "false", "f", "0.0")
_INVALID_IN_PATHS = re.compile(r'[<>|"\x00-\x1f]')
_PREFIX = "_ansible_"

Environment = Mapping[str, str]


class NotConverted(ValueError):
    """A value that cannot become what its option wants."""


def checked(
    specification: Specification, given: Mapping[str, Any], environment: Environment
) -> dict[str, Any]:
    """The values of every option of a module, converted, None where there is none.

    *given* may hold Ansible's own `_ansible_…` entries. *environment* are the server's variables in upper case.
    Raises `ModuleFailed` and `ModuleSkipped`.
    """
    if given.get(f"{_PREFIX}check_mode") and not specification.supports_check_mode:
        raise ModuleSkipped(f"remote module ({specification.module}) does not support check mode")
    own = {name: value for name, value in given.items() if not name.startswith(_PREFIX)}
    values = _Check(specification.module, environment, legacy=specification.legacy).options(
        specification.options, own, lambda found: _rules_before(specification, found)
    )
    _rules_after(specification, {name for name in values if values[name] is not None}, values)
    return {name: values.get(name) for name in specification.options}


class _Check:
    """The checks of one call; *trail* names the options inside which it looks."""

    def __init__(self, module: str, environment: Environment, *, legacy: bool) -> None:
        self._module = module
        self._environment = environment
        self._legacy = legacy
        self._trail: list[str] = []

    def options(
        self,
        known: Mapping[str, Option],
        given: Mapping[str, Any],
        before: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> dict[str, Any]:
        """The values of *known* options; *before* looks at what was given under the options' own names."""
        real = {alias: name for name, option in known.items() for alias in option.aliases}
        if unknown := sorted(name for name in given if name not in known and name not in real):
            raise self._unknown(unknown, sorted([*known, *real]))
        values = {real.get(name, name): value for name, value in given.items()}
        before(values)
        for name, option in known.items():
            if option.default is not None and name not in values:
                values[name] = option.default
        if missing := [name for name, option in known.items() if option.required and name not in values]:
            raise self._missing(missing)
        for name in [name for name in known if values.get(name) is not None]:
            values[name] = self._value(name, known[name], values[name])
        return values

    def _value(self, name: str, option: Option, value: Any) -> Any:
        try:
            value = _CONVERT[option.type](value)
        except NotConverted as problem:
            raise self._unconverted(f"argument for {name}", value, option.type, problem) from None
        if option.type == "path":
            value = expanded(value, self._environment)
        if option.choices:
            self._check_choice(name, option, value)
        if option.type == "list" and option.elements:
            return [self._element(name, option, each) for each in value]
        return self._inner(name, option, value) if option.type == "dict" else value

    def _element(self, name: str, option: Option, value: Any) -> Any:
        try:
            value = _CONVERT[option.elements or "raw"](value)
        except NotConverted as problem:
            raise self._unconverted(
                f"argument for list entry {name}", value, option.elements or "", problem
            ) from None
        return self._inner(name, option, value) if option.elements == "dict" else value

    def _inner(self, name: str, option: Option, value: dict[str, Any]) -> dict[str, Any]:
        if option.options is None:
            return value
        self._trail.append(name)
        inner = self.options(option.options, value)
        self._trail.pop()
        return {key: inner.get(key) for key in option.options}

    def _check_choice(self, name: str, option: Option, value: Any) -> None:
        allowed = [str(choice) for choice in option.choices]
        given = [str(each) for each in value] if option.type == "list" else [str(value)]
        if not (wrong := [each for each in given if each not in allowed]):
            return
        if self._legacy:
            text = f"Get-AnsibleParam: Argument {name} needs to be one of {','.join(allowed)} but was {wrong[0]}."
            raise ModuleFailed(text)
        how = "one or more of" if option.type == "list" else "one of"
        text = f"value of {name} must be {how}: {', '.join(allowed)}. Got no match for: {', '.join(wrong)}"
        raise ModuleFailed(self._where(text))

    def _unknown(self, names: list[str], known: list[str]) -> ModuleFailed:
        text = self._where(f"Unsupported parameters for ({self._module}) module: {', '.join(names)}")
        return ModuleFailed(f"{text}. Supported parameters include: {', '.join(known)}")

    def _missing(self, names: list[str]) -> ModuleFailed:
        if self._legacy:
            return ModuleFailed(f"Get-AnsibleParam: Missing required argument: {names[0]}")
        return ModuleFailed(self._where(f"missing required arguments: {', '.join(names)}"))

    def _unconverted(self, what: str, value: Any, wanted: str, problem: NotConverted) -> ModuleFailed:
        kind = _DOTNET.get(type(value), "System.Object")
        return ModuleFailed(
            self._where(f"{what} is of type {kind} and we were unable to convert to {wanted}: {problem}")
        )

    def _where(self, text: str) -> str:
        return f"{text} found in {' -> '.join(self._trail)}" if self._trail else text


def expanded(text: str, environment: Environment) -> str:
    """*text* with each known `%NAME%` replaced, as Windows does; an unknown one stays."""
    return re.sub(r"%([^%]+)%", lambda found: environment.get(found[1].upper(), found[0]), text)


def _rules_before(specification: Specification, given: Mapping[str, Any]) -> None:
    for group in specification.mutually_exclusive:
        if sum(name in given for name in group) > 1:
            raise ModuleFailed(f"parameters are mutually exclusive: {', '.join(group)}")


def _rules_after(specification: Specification, found: set[str], values: Mapping[str, Any]) -> None:
    for group in specification.required_together:
        if found & set(group) and not found >= set(group):
            raise ModuleFailed(f"parameters are required together: {', '.join(group)}")
    for group in specification.required_one_of:
        if not found & set(group):
            raise ModuleFailed(f"one of the following is required: {', '.join(group)}")
    for option, value, needed, *one in specification.required_if:
        missing = [name for name in needed if name not in found]
        allowed, term = (len(needed) - 1, "any") if one == [True] else (0, "all")
        if values.get(option) == value and len(missing) > allowed:
            text = f"{option} is {value} but {term} of the following are missing: {', '.join(missing)}"
            raise ModuleFailed(text)
    for option, needed in (specification.required_by or {}).items():
        if option in found and (missing := [name for name in needed if name not in found]):
            raise ModuleFailed(f"missing parameter(s) required by '{option}': {', '.join(missing)}")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = _string(value).lower().strip()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    known = ", ".join([*_TRUE, *_FALSE])
    raise NotConverted(f"The value '{text}' is not a valid boolean. Valid booleans include: {known}")


def _integer(value: Any) -> int:
    try:
        number = int(_string(value).strip())
    except ValueError:
        raise NotConverted("Input string was not in a correct format.") from None
    if not -(2**31) <= number < 2**31:
        raise NotConverted("Value was either too large or too small for an Int32.")
    return number


def _float(value: Any) -> float:
    try:
        return float(_string(value))
    except ValueError:
        raise NotConverted("Input string was not in a correct format.") from None


def _string(value: Any) -> str:
    """A value as .NET shows it: a table or a list shows its type, which nobody wants in a setting."""
    if isinstance(value, dict | list):
        raise NotConverted("a table or a list is no text")
    return str(value)


def _list(value: Any) -> list[Any]:
    match value:
        case list():
            return value
        case str():
            return [part.strip() for part in value.split(",")]
        case int() if not isinstance(value, bool):
            return [value]
    raise NotConverted(f"{_DOTNET.get(type(value), 'System.Object')} cannot be converted to a list")


def _dict(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and value.startswith("{"):
        try:
            return dict(json.loads(value))
        except ValueError:
            pass
    raise NotConverted(
        "string cannot be converted to a dict, must either be a JSON string or in the key=value form"
    )


def _path(value: Any) -> str:
    text = _string(value)
    if not text.startswith("\\\\?\\") and _INVALID_IN_PATHS.search(text):
        raise NotConverted("string value contains invalid path characters, cannot convert to path")
    return text


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "bool": _boolean,
    "dict": _dict,
    "float": _float,
    "int": _integer,
    "json": lambda value: json.dumps(value) if isinstance(value, dict) else _string(value),
    "list": _list,
    "path": _path,
    "raw": lambda value: value,
    "str": _string,
}

_DOTNET: Mapping[type, str] = {
    str: "System.String",
    int: "System.Int32",
    bool: "System.Boolean",
    float: "System.Double",
    list: "System.Object[]",
    dict: "System.Collections.Hashtable",
}
