"""Why a group has its night, or lost it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.placement.problem import Flags, Numbers

WHYS = (
    "newly planned",
    "kept",
    "kept: its people were told",
    "its night is no longer in its calendar",
    "its night has no room for it any more",
    "made room for a group that had no other night",
    "moved up into a night that others left",
    "told of a night that is no longer in its calendar: its people must be told again",
    "told of a night that has no room any more: its people must be told again",
    "follows those it shares mailboxes with",
)
"""The reasons, in the order of their numbers."""

PLACED, KEPT, TOLD, NIGHT_GONE, NO_ROOM, MADE_ROOM, MOVED_UP, TOLD_GONE, TOLD_NO_ROOM, JOINED = range(
    len(WHYS)
)

TELL_AGAIN = (TOLD_GONE, TOLD_NO_ROOM)
"""The reasons for which people hear of another night than they were told."""


class Causes(NamedTuple):
    """For each group whether its earlier night is still *allowed*, was *lost*, and to another: *displaced*."""

    allowed: Flags
    lost: Flags
    displaced: Flags


def reasons(previous: Numbers, told: Flags, night: Numbers, causes: Causes) -> NDArray[np.int8]:
    """For each group why it has *night* and had *previous*, as a place in `WHYS`."""
    conditions = [
        previous < 0,
        (night == previous) & told,
        night == previous,
        causes.lost & ~causes.allowed & told,
        causes.lost & ~causes.allowed,
        causes.lost & told,
        causes.lost,
        causes.displaced,
    ]
    found = (PLACED, TOLD, KEPT, TOLD_GONE, NIGHT_GONE, TOLD_NO_ROOM, NO_ROOM, MADE_ROOM)
    return np.select(conditions, found, MOVED_UP).astype(np.int8)
