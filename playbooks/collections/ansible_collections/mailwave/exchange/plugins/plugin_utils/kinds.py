# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What an Exchange property's value means, so that two ways of writing the same value compare as equal.

Exchange returns values to a remote caller as text: sizes with their bytes in brackets (fact D6), enumerations of
flags as one text with commas, GUIDs and names in whatever case they were typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exchange_admin.values import size_bytes, span


class NotAValue(ValueError):
    """A value that is not of its kind; *kind* and *value* are both."""

    def __init__(self, *, kind: str, value: object) -> None:
        self.kind = kind
        self.value = value
        super().__init__(f"{value!r} is not {kind}")


def _as_written(value: object) -> object:
    return value


def _itself(value: object) -> object:
    return str(value).strip().casefold()


@dataclass(frozen=True)
class Kind:
    """How values of one kind compare, and which `type` their option has in an Ansible argument spec.

    *canonical* turns any spelling of a value into the one that is compared and shown; *wire* turns what a person
    wrote into what is sent. *same* is that of an item by which a list is found to hold it already.
    """

    name: str
    canonical: Callable[[object], object]
    option: str = "str"
    elements: str | None = None
    wire: Callable[[object], object] = _as_written
    same: Callable[[object], object] = _itself


def _text(value: object) -> str:
    return str(value)


def _caseless(value: object) -> str:
    return str(value).casefold()


def _whole(value: object) -> int | str:
    """Exchange writes a limit as a number or as the word Unlimited."""
    text = str(value).strip().replace(",", "")
    if text.casefold() == "unlimited":
        return "unlimited"
    try:
        return int(text)
    except ValueError:
        raise NotAValue(kind="a whole number or unlimited", value=value) from None


def _flag(value: object) -> bool:
    text = str(value).casefold()
    if text not in {"true", "false"}:
        raise NotAValue(kind="true or false", value=value)
    return text == "true"


def _members(value: object) -> list[str]:
    items = value if isinstance(value, list | tuple) else str(value).split(",")
    return sorted({str(item).strip() for item in items} - {""}, key=str.casefold)


def _flags(value: object) -> list[str]:
    """A set of enumeration members, without the word for the empty set."""
    return [item for item in (member.casefold() for member in _members(value)) if item != "none"]


def _flags_text(value: object) -> str:
    """Flags travel as one text: a list would depend on how the far side joins it."""
    return ", ".join(_members(value)) or "None"


def _set(value: object) -> list[str]:
    return sorted({member.casefold() for member in _members(value)})


def _texts(value: object) -> list[str]:
    return sorted(_members(value))


def _domain(value: object) -> str:
    """The domain of an address template: any template for a domain gives people an address there."""
    return str(value).rpartition("@")[2].strip().casefold()


def _address(value: object) -> str:
    return str(value).strip().rstrip("/").casefold()


def _size(value: object) -> int | str:
    size = size_bytes(str(value))
    return "unlimited" if size is None else size


def _seconds(value: object) -> int:
    try:
        return int(span(str(value).strip()).total_seconds())
    except ValueError:
        raise NotAValue(kind="a time span such as 00:10:00", value=value) from None


TEXT = Kind("text", _text)
NAME = Kind("a name, of which case is no part", _caseless)
FLAG = Kind("true or false", _flag, "bool")
LIMIT = Kind("a whole number or unlimited", _whole)
SIZE = Kind("a size such as 36MB, or unlimited", _size)
SPAN = Kind("a time span such as 00:10:00", _seconds)
SET = Kind("a set of texts", _set, "list", "str")
FLAGS = Kind("a set of enumeration members", _flags, "list", "str", _flags_text)
URL = Kind("an address such as https://mail.example.org/EWS/Exchange.asmx", _address)
TEMPLATES = Kind(
    "a set of address templates, where SMTP is the primary one", _texts, "list", "str", same=_domain
)

KINDS: Mapping[str, Kind] = {
    "text": TEXT,
    "name": NAME,
    "flag": FLAG,
    "limit": LIMIT,
    "size": SIZE,
    "span": SPAN,
    "set": SET,
    "flags": FLAGS,
    "url": URL,
    "templates": TEMPLATES,
}
"""By the names that objects.yaml uses."""
