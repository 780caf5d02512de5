"""Why the directory refuses a licence (fact E6): what each error means, when trying again helps, and who mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mailwave.core.aftercare.kinds import EXCHANGE, LICENSING

DIRECTORY = "the directory team"


class Again(Enum):
    """When it helps to try again: once and by itself, whenever seats are free, or after somebody has mended it."""

    ONCE = "once"
    WITH_SEATS = "when seats are free"
    MENDED = "when it is mended"


@dataclass(frozen=True)
class Error:
    """*says* is what stands in the way, *remedy* what *owner* does about it, *again* when trying again helps."""

    says: str
    again: Again
    remedy: str
    owner: str


ERRORS: Mapping[str, Error] = {
    "CountViolation": Error(
        "no seat of the licence is free", Again.WITH_SEATS, "buy seats, or free some", LICENSING
    ),
    "MutuallyExclusiveViolation": Error(
        "another licence of theirs has a plan that excludes one of this",
        Again.MENDED,
        "take that licence, or that plan, from them",
        LICENSING,
    ),
    "DependencyViolation": Error(
        "a plan of the licence needs one that they do not have",
        Again.MENDED,
        "give them the plan that it needs, or switch off the one that needs it",
        LICENSING,
    ),
    "ProhibitedInUsageLocationViolation": Error(
        "the licence is not sold where they are, or nobody said where that is",
        Again.MENDED,
        "set their usageLocation",
        DIRECTORY,
    ),
    "UniquenessViolation": Error(
        "an address of theirs belongs to somebody else too",
        Again.MENDED,
        "find the other with Get-Recipient, and take the address from whoever it is not",
        EXCHANGE,
    ),
}
OTHERS = Error(
    "the directory does not say why", Again.ONCE, "look at the group's audit log in Entra", LICENSING
)
"""What another error, or `Others`, means."""


def error_of(why: str) -> Error:
    """The meaning of the directory's word *why*."""
    return ERRORS.get(why, OTHERS)


def is_tried(why: str, *, tries: int, free: int) -> bool:
    """Whether a refusal for *why* is tried again after so many *tries*, while *free* seats are there.

    What somebody has to mend is tried once, in case they have.
    """
    return free > 0 if error_of(why).again is Again.WITH_SEATS else tries == 0
