"""A parameter's value as its .NET type takes it: texts, numbers, flags, lists with additions and removals."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from rehearsal.site import values

UNLIMITED = math.inf
"""`Unlimited` among numbers."""

_ADDRESS = re.compile(r"[^@\s:]+@[^@\s]+\.[^@\s]+")
_VERSION = re.compile(r"\d+(\.\d+){1,3}")


def converted(value: object, kind: str, allowed: tuple[str, ...] | None) -> Any:
    """*value* as a parameter of the type *kind*, of which *allowed* are the only values, takes it.

    Raises `values.NotAValue`.
    """
    if value is None:
        return _null(kind)
    if kind in _CONVERTERS:
        return _CONVERTERS[kind](value)
    if kind.endswith("IdParameter"):
        return _identity(value, kind)
    if kind in FLAGS:
        return values.parse_flags(_joined(value), FLAGS[kind], kind)
    if kind.endswith("[]"):
        return values.parse_flags(_joined(value), allowed, kind) if allowed else _many(value)
    return values.parse_one(_text(value, kind), allowed, kind) if allowed else _text(value, kind)


def _null(kind: str) -> Any:
    """What no value means: the switch is on, the text is cleared; the rest cannot be empty."""
    if kind == "SwitchParameter":
        return True
    if kind in _MANY or kind.endswith("[]"):
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


def _unsigned(value: object) -> int:
    number = _integer(value)
    if number < 0:
        raise values.NotAValue(text=f"{value}", kind="System.UInt32")
    return number


def _unlimited(value: object) -> float | str:
    """A number, `UNLIMITED`, or a size as Exchange shows it."""
    if str(value).casefold() == "unlimited":
        return UNLIMITED
    return _integer(value) if str(value).isdigit() else values.size_text(values.parse_size(str(value)))


def _many(value: object) -> list[str] | dict[str, Any]:
    """The items of a multi-valued property, or `{"Add": [...], "Remove": [...]}`."""
    if isinstance(value, dict):
        edit = {str(key).title(): item if isinstance(item, list) else [item] for key, item in value.items()}
        if edit.keys() <= {"Add", "Remove"}:
            return edit
        raise values.NotAValue(text=str(value), kind="Microsoft.Exchange.Data.MultiValuedProperty")
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _uri(value: object) -> str:
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.netloc or " " in str(value):
        raise values.NotAValue(text=str(value), kind="System.Uri")
    return str(value)


def _smtp_address(value: object) -> str:
    if not _ADDRESS.fullmatch(str(value)):
        raise values.NotAValue(text=str(value), kind="Microsoft.Exchange.Data.SmtpAddress")
    return str(value)


def _proxy_address(value: object) -> str:
    """An address with its kind before it; SMTP is meant where none is."""
    kind, colon, rest = str(value).partition(":")
    if not colon:
        return f"SMTP:{_smtp_address(value)}"
    if kind.casefold() == "smtp":
        _smtp_address(rest)
    return str(value)


def _guid(value: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise values.NotAValue(text=str(value), kind="System.Guid") from None


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise values.NotAValue(text=str(value), kind="System.DateTime") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _version(value: object) -> str:
    if not _VERSION.fullmatch(str(value)):
        raise values.NotAValue(text=str(value), kind="System.Version")
    return str(value)


def _span(value: object) -> str:
    return values.parse_span(str(value))


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "Boolean": _boolean,
    "ByteQuantifiedSize": lambda value: values.size_text(values.parse_size(str(value))),
    "DateTime": _moment,
    "EnhancedTimeSpan": _span,
    "Guid": _guid,
    "Int32": _integer,
    "Int64": _integer,
    "MultiValuedProperty": _many,
    "ProxyAddress": _proxy_address,
    "ProxyAddressCollection": _many,
    "ProxyAddressTemplateCollection": _many,
    "SmtpAddress": _smtp_address,
    "String[]": _many,
    "SwitchParameter": _boolean,
    "TimeSpan": _span,
    "UInt16": _unsigned,
    "UInt32": _unsigned,
    "Unlimited": _unlimited,
    "Uri": _uri,
    "Version": _version,
}

_MANY = frozenset({"MultiValuedProperty", "ProxyAddressCollection", "ProxyAddressTemplateCollection"})
_CLEARABLE = frozenset(
    {"DateTime", "Fqdn", "Hostname", "ProxyAddress", "SmtpX509Identifier", "String", "Uri", "Version"}
)

FLAGS: Mapping[str, tuple[str, ...]] = {
    "AllowedServices": ("None", "IMAP", "POP", "UM", "IIS", "SMTP", "Federation", "UMCallRouter"),
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
