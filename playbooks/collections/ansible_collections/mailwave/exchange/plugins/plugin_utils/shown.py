# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What diff mode shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def diff(before: Mapping[str, object], after: Mapping[str, object], header: str) -> dict[str, Any]:
    """What diff mode shows: the options that differ, before and after."""
    options = sorted({*before, *after})
    differing = [option for option in options if before.get(option) != after.get(option)]
    return {
        "before": {option: before[option] for option in differing if option in before},
        "after": {option: after[option] for option in differing if option in after},
        "before_header": header,
        "after_header": header,
    }
