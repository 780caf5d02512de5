"""What the watch over licences reads of the tenant: seats, groups, and who has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mailwave.core.licence_seats import Stock
from mailwave.ports import Licences


@dataclass(frozen=True)
class Person:
    """Somebody in the directory by their *id*; *licensed*: with a licence that has Exchange in it."""

    id: str
    licensed: bool


class Seats(Licences, Protocol):
    """The licence groups, with what the whole tenant has; every read raises as theirs do."""

    def stocks(self) -> Mapping[str, Stock]:
        """What the tenant has of each licence, by its id in lower case."""
        ...

    def given(self) -> Mapping[str, str]:
        """Which licence each of the groups gives, by the group's name.

        Raises:
            ActRefused: one gives none, or several.
        """
        ...

    def people(self) -> Mapping[str, Person]:
        """Everybody who has an address, by it in lower case: one list for all."""
        ...
