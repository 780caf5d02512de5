# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What time it is: by the machine, or where a rehearsal shares a clock, by that."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime

from estate_schema.endpoints import Endpoints

LONGEST = 10
"""Seconds to wait for the rehearsal's clock, which is on this machine."""


def now(endpoints: Endpoints) -> datetime:
    """The present moment, in UTC.

    Only a rehearsal has a clock in its endpoints file, and only on this machine (`estate_schema.endpoints`).
    """
    if endpoints.clock is None:
        return datetime.now(UTC)
    with urllib.request.urlopen(str(endpoints.clock), timeout=LONGEST) as answer:  # noqa: S310  an http address of ours
        return datetime.fromisoformat(json.load(answer)["now"])


def moment(text: str) -> datetime:
    """The moment that *text* is, in ISO 8601 with its zone.

    Raises:
        ValueError: it is none, or has no zone, so that nobody knows which moment is meant.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no zone, so nobody knows which moment is meant")
    return found.astimezone(UTC)
