"""Which cmdlets and parameters Exchange Online has, from the carried copy of Microsoft's public reference."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).parent / "cmdlets.json"
_ALL_SETS = "(All)"
_OPTIONAL = (
    ("Get-HostedOutboundSpamFilterPolicy", "Identity"),
    ("Set-OrganizationConfig", "ShortenEventScopeDefault"),
)
"""Parameters that the reference makes mandatory, though its own examples go without them."""


class Parameter(msgspec.Struct, frozen=True):
    """One parameter; *values* are the accepted ones where the reference lists them."""

    type: str
    applies: tuple[str, ...] | None = None
    aliases: tuple[str, ...] = ()
    required_in: tuple[str, ...] = ()
    optional_in: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def online(self) -> bool:
        """Whether Exchange Online has it; without a list of its own it is wherever its cmdlet is."""
        return self.applies is None or "Online" in self.applies

    @property
    def sets(self) -> frozenset[str]:
        """The named parameter sets that it belongs to; empty means all."""
        return frozenset(self.required_in + self.optional_in) - {_ALL_SETS, ""}

    def belongs_to(self, name: str) -> bool:
        """Tell whether it may be given in the parameter set *name*."""
        return not self.sets or _ALL_SETS in self.required_in or name in self.sets

    def required(self, name: str) -> bool:
        """Tell whether it must be given in the parameter set *name*."""
        return _ALL_SETS in self.required_in or name in self.required_in


class Cmdlet(msgspec.Struct, frozen=True):
    """One cmdlet and its parameters by name."""

    applies: tuple[str, ...]
    parameters: dict[str, Parameter]

    @property
    def sets(self) -> list[str]:
        """Every named parameter set of what exists online, sorted."""
        names: set[str] = set()
        for parameter in self.parameters.values():
            if parameter.online:
                names |= parameter.sets
        return sorted(names) or [_ALL_SETS]

    def find(self, name: str) -> tuple[str, Parameter] | None:
        """Return the online parameter of this name or alias with its proper spelling; case does not matter."""
        wanted = name.lower()
        for proper, parameter in self.parameters.items():
            spelt = (proper.lower(), *(alias.lower() for alias in parameter.aliases))
            if parameter.online and wanted in spelt:
                return proper, parameter
        return None

    def elsewhere(self, name: str) -> bool:
        """Tell whether Exchange has this parameter, though Exchange Online does not."""
        return any(name.lower() == proper.lower() for proper in self.parameters)


class _File(msgspec.Struct, frozen=True):
    about: str
    cmdlets: dict[str, Cmdlet]


@cache
def online_cmdlets() -> dict[str, tuple[str, Cmdlet]]:
    """Return proper name and description of each carried cmdlet that exists online, by lower-case name."""
    file = msgspec.json.decode(_FILE.read_bytes(), type=_File)
    for cmdlet, name in _OPTIONAL:
        parameters = file.cmdlets[cmdlet].parameters
        given = parameters[name]
        parameters[name] = msgspec.structs.replace(given, required_in=(), optional_in=given.required_in)
    return {name.lower(): (name, each) for name, each in file.cmdlets.items() if "Online" in each.applies}
