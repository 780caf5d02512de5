"""What a review saw, part by part: the files of a change, and what a report is made from."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mailwave.core.change.meters import Use
from mailwave.core.change.radius import Radius
from mailwave.core.hazards import Hazard
from mailwave.core.manifest import canonical
from mailwave.core.planner import Severed, Wave
from mailwave.core.prices import PriceList
from mailwave.core.stacks import StackReport

ESTATE = "estate.json"
"""The file with the whole estate's radius, and with what is granted."""

HAZARDS = "hazards.json"
"""The file with the hazard log as it stood."""

PRICES = "prices.json"
"""The file with the price list as it stood."""


class StackSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A stack's preview. *outputs* become others; *refused* is why the engine could not preview, empty when it did.

    *uses* is what it takes more and less of that is charged for.
    """

    report: StackReport
    uses: tuple[Use, ...] = ()
    outputs: tuple[str, ...] = ()
    refused: str = ""


class PlaySeen(msgspec.Struct, frozen=True, kw_only=True):
    """What check mode says that a *play* would change, a line each."""

    play: str
    title: str
    lines: tuple[str, ...]


class WaveSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A wave with all its batches, whom it reaches, what it *uses*, and the rights that it severs for a time."""

    wave: Wave
    radius: Radius
    uses: tuple[Use, ...] = ()
    severed: tuple[Severed, ...]


class EstateSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The radius of everything in scope, and each limit of capacity with what is granted (None: nothing is)."""

    whole: Radius
    granted: Mapping[str, int | None]


class HazardsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The *hazards* of the move, with what is done against each."""

    hazards: tuple[Hazard, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report is made from, in the order of the parts."""

    estate: EstateSeen
    stacks: tuple[StackSeen, ...]
    plays: tuple[PlaySeen, ...]
    waves: tuple[WaveSeen, ...]
    hazards: tuple[Hazard, ...]
    prices: PriceList


def encoded(seen: StackSeen | PlaySeen | WaveSeen | EstateSeen | HazardsSeen | PriceList) -> bytes:
    """One of the files, in canonical form."""
    return canonical(seen)
