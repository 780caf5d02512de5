"""What is peculiar to one kind of configuration object: a row of the tables in `kinds/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from rehearsal.exchange_online.metadata import online_cmdlets

_LONGEST_NAME = 64
_TABLES = Path(__file__).with_name("kinds")


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least one property of *one_of* must have a value; *says* is what an object without one is told."""

    one_of: tuple[str, ...]
    says: str


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One noun.

    *properties* are what an object shows, each with the value of one that New- was told nothing about; those that are
    parameters can be given. *place* is where its objects stand below the configuration. *name* is the property that
    names an object, *verbs* are those offered.
    """

    place: str
    properties: dict[str, Any]
    verbs: tuple[str, ...] = ("Get", "New", "Set", "Remove")
    name: str = "Name"
    keys: tuple[str, ...] = ()
    """Other properties by which an object can be found."""
    alone: bool = False
    """There is exactly one."""
    ordered: bool = False
    """Its objects are rules, with a priority and a state."""
    parameters: dict[str, str] = {}
    """Parameters that are called otherwise than the property that they set."""
    flag: str = ""
    """The property that is true of the default, which cannot go."""
    mover: str = ""
    """The switch that makes another object the default."""
    stays: tuple[str, ...] = ()
    """Names of objects that cannot go either."""
    fixed: tuple[str, ...] = ()
    """Names of objects that are Microsoft's, and cannot even be changed."""
    ranges: dict[str, tuple[int, int]] = {}
    """The least and the greatest value of numbers."""
    lengths: dict[str, int] = {}
    """The most characters that texts have, beside names."""
    most: dict[str, int] = {}
    """The most values that lists have."""
    at_once: dict[str, int] = {}
    """The most values that one call may give of a list."""
    forms: dict[str, str] = {}
    """The names of `forms.FORMS` that texts have."""
    refers: dict[str, str] = {}
    """The kind of object whose identity a property holds."""
    policy: str = ""
    """The property of a rule that holds the policy which it applies."""
    unique: tuple[str, ...] = ()
    """Properties of which no two objects have a value in common."""
    accepted: tuple[str, ...] = ()
    """Properties whose values are accepted domains."""
    needs: tuple[Need, ...] = ()
    filters: dict[str, str] = {}
    """Parameters of Get- that choose by a property."""
    hidden: dict[str, str] = {}
    """A property that hides an object unless this parameter is given."""
    ignored: tuple[str, ...] = ()
    """Parameters that are taken without effect."""
    born: tuple[dict[str, Any], ...] = ()
    """The settings of the objects of a new tenant; a text in braces is a name of the tenant."""

    def longest_of(self, name: str) -> int | None:
        """Return the most characters of the property *name*, None if there is no bound."""
        return _LONGEST_NAME if name == "Name" else self.lengths.get(name)

    def property_of(self, parameter: str) -> str | None:
        """Return the property that *parameter* sets, None if it sets none."""
        name = self.parameters.get(parameter, parameter)
        return name if name in self.properties or name == self.name else None


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its noun."""
    found: dict[str, Kind] = {}
    for table in sorted(_TABLES.glob("*.yaml")):
        found |= msgspec.yaml.decode(table.read_bytes(), type=dict[str, Kind])
    return found


@cache
def taken(verb: str, noun: str) -> frozenset[str]:
    """Return the parameters of the cmdlet of *verb* and *noun* that take effect, or are rightly without any."""
    kind = kinds()[noun]
    if verb == "Get":
        return frozenset({"Identity", "ResultSize", *kind.filters, *kind.hidden.values(), *kind.ignored})
    if verb in ("Remove", "Enable", "Disable"):
        return frozenset({"Identity", "Force", "Mode", *kind.ignored})
    _, described = online_cmdlets()[f"{verb}-{noun}".lower()]
    ordering = ("Priority", "Enabled") if kind.ordered else ()
    known = {"Identity", "Force", kind.name, kind.mover, *ordering, *kind.ignored}
    return frozenset(
        each for each in described.parameters if each in known or kind.property_of(each) is not None
    )
