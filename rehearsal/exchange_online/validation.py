"""Bind the parameters of a call as PowerShell does: names, parameter sets, types and accepted values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from rehearsal.exchange_online.csv_data import decode_bytes
from rehearsal.exchange_online.errors import (
    BadValue,
    CredentialRefused,
    MissingParameters,
    NullArgument,
    UnknownParameter,
    UnresolvedParameterSet,
)
from rehearsal.exchange_online.metadata import Cmdlet, Parameter
from rehearsal.exchange_online.objects import forms
from rehearsal.exchange_online.objects.forms import NotInForm
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.values import size

_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_SPAN = re.compile(r"(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?|\d+")
_LONG_SPAN = re.compile(r"(?:(\d+)(?:\.|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,7})?)?)?(?<!\.)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?(?:\s*\([\d,]+ bytes\))?", re.IGNORECASE)
_UNITS = ("B", "KB", "MB", "GB", "TB")
_CULTURE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_WRAPPED = {"@odata.type", "Add", "Remove", "add", "remove"}


def bind(
    cmdlet: Cmdlet, given: Mapping[str, object], options: Options, *, null_identity: bool
) -> dict[str, object]:
    """Return *given* with proper names and values of the right type.

    A null value stays as None (the caller may clear a time); `X@odata.type` companions are dropped (fact A18).
    With *null_identity* a mandatory Identity may be null: reads take that for all objects (fact B24).

    :raises Refusal: of the kind that the service would answer with.
    """
    bound: dict[str, object] = {}
    for name, value in given.items():
        if "@" in name:
            continue
        found = cmdlet.find(name)
        if found is None:
            if not options.online_parameters_only and cmdlet.elsewhere(name):
                continue
            raise UnknownParameter(name)
        proper, parameter = found
        bound[proper] = None if value is None else _convert(proper, parameter, value, options)
    _resolve(cmdlet, bound, null_identity=null_identity)
    return bound


def _resolve(cmdlet: Cmdlet, bound: Mapping[str, object], *, null_identity: bool) -> None:
    """Find a parameter set that has every given parameter and lacks no mandatory one."""
    online = {name: parameter for name, parameter in cmdlet.parameters.items() if parameter.online}
    lacking: list[list[str]] = []
    for name in cmdlet.sets:
        if not all(online[given].belongs_to(name) for given in bound):
            continue
        missing = [
            each for each, parameter in online.items() if parameter.required(name) and each not in bound
        ]
        if not missing:
            for each, value in bound.items():
                if (
                    value is None
                    and online[each].required(name)
                    and not (null_identity and each == "Identity")
                ):
                    raise NullArgument(each)
            return
        lacking.append(missing)
    if lacking:
        raise MissingParameters(min(lacking, key=len))
    raise UnresolvedParameterSet


def _convert(name: str, parameter: Parameter, value: object, options: Options) -> object:
    if parameter.type == "PSCredential":
        if options.credentials_refused:
            raise CredentialRefused
        return value
    if parameter.type in _TIMES and (moment := _moment(value, options)) is not None:
        return moment
    form = "typed" if isinstance(value, dict) else "text"
    if parameter.type == "Byte[]" and options.csv_forms not in ("both", form):
        raise BadValue(name=name, value=form, wanted="Byte[]")
    if parameter.type.endswith("[]") and parameter.type != "Byte[]":
        return [_single(name, parameter, item) for item in _listed(value)]
    if parameter.type in ("MultiValuedProperty", "ProxyAddressCollection"):
        return _multi_valued(name, value)
    return _single(name, parameter, value)


def _listed(value: object) -> Sequence[object]:
    if isinstance(value, dict):  # only multi-valued properties take additions and removals
        return [value]
    return value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]


def _single(name: str, parameter: Parameter, value: object) -> object:
    wanted = parameter.type.removesuffix("[]") if parameter.type != "Byte[]" else "Byte[]"
    convert = _CONVERTERS.get(wanted)
    converted = _text(value) if convert is None else convert(value)
    if converted is None:
        raise BadValue(name=name, value=value, wanted=wanted)
    # For identities and plain text the reference lists examples, not an enumeration.
    if parameter.values and isinstance(converted, str) and not wanted.endswith(("IdParameter", "String")):
        spelt = {accepted.lower(): accepted for accepted in parameter.values}
        if converted.lower() not in spelt:
            raise BadValue(name=name, value=value, wanted=wanted, allowed=parameter.values)
        return spelt[converted.lower()]
    return converted


def _multi_valued(name: str, value: object) -> object:
    """A list of texts, or `{"Add": [...], "Remove": [...]}` as a generic hash table (fact A18)."""
    if isinstance(value, dict):
        if value.get("@odata.type") != "#Exchange.GenericHashTable" or not set(value) <= _WRAPPED:
            raise BadValue(name=name, value=value, wanted="MultiValuedProperty")
        changes = {key.title(): item for key, item in value.items() if key != "@odata.type"}
        return {key: [str(each) for each in _as_list(item)] for key, item in changes.items()}
    items = _as_list(value)
    if not all(isinstance(item, str) for item in items):
        raise BadValue(name=name, value=value, wanted="MultiValuedProperty")
    return items


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _unlimited(value: object) -> int | str | None:
    if isinstance(value, str) and value.lower() == "unlimited":
        return "Unlimited"
    number = _integer(value)
    return number if number is not None and number >= 0 else None


def _moment(value: object, options: Options) -> datetime | None:
    """A time without a zone is UTC (fact B9)."""
    zone: tzinfo = UTC if options.times_are_utc else ZoneInfo("Europe/London")
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _span(value: object) -> str | None:
    return value if isinstance(value, str) and _SPAN.fullmatch(value) else None


def _count(value: object) -> int | None:
    number = _integer(value)
    return number if number is not None and number >= 0 else None


def _long_span(value: object) -> str | None:
    """A span as Exchange shows it, `[d.]hh:mm:ss`; a number alone is days."""
    found = _LONG_SPAN.fullmatch(value) if isinstance(value, str) and value else None
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    shown = f"{hours:02}:{minutes:02}:{seconds:02}"
    return f"{days}.{shown}" if days else shown


def _bytes(value: object) -> str | None:
    written = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        number = _count(value)
        return None if number is None else size(number)
    return size(int(float(written[1]) * 1024 ** _UNITS.index((written[2] or "B").upper())))


def _culture(value: object) -> str | None:
    return value if isinstance(value, str) and _CULTURE.fullmatch(value) else None


def _formed(form: Callable[[str], str]) -> Callable[[object], str | None]:
    def convert(value: object) -> str | None:
        try:
            return form(value) if isinstance(value, str) else None
        except NotInForm:
            return None

    return convert


def _guid(value: object) -> str | None:
    return value.strip("{}").lower() if isinstance(value, str) and _GUID.fullmatch(value) else None


_TIMES = frozenset({"DateTime", "System.DateTime"})
_CONVERTERS = {
    "SwitchParameter": _boolean,
    "Boolean": _boolean,
    "System.Boolean": _boolean,
    "ByteQuantifiedSize": _bytes,
    "CultureInfo": _culture,
    "EnhancedTimeSpan": _long_span,
    "Microsoft.Exchange.Data.EnhancedTimeSpan": _long_span,
    "Int16": _integer,
    "Int32": _integer,
    "SclValue": _integer,
    "SmtpAddress": lambda value: "" if value == "" else _formed(forms.address)(value),  # which clears it
    "SmtpDomain": _formed(forms.domain),
    "SmtpDomainWithSubdomains": _formed(forms.domains),
    "UInt16": _count,
    "UInt32": _count,
    "Uri": _formed(forms.uri),
    "Unlimited": _unlimited,
    "DateTime": lambda _: None,  # _convert has taken every time that can be read
    "TimeSpan": _span,
    "Guid": _guid,
    "System.Guid": _guid,
    "System.DateTime": lambda _: None,
    "Byte[]": decode_bytes,
}
