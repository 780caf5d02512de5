"""Differences that stay for a while: each with an owner, a reason and a last day, declared in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from mailwave.core.aftercare.differences import Difference
from mailwave.core.intents import Intent, Outcome

ACCEPT = "aftercare.accept"


class Accepted(msgspec.Struct, frozen=True):
    """Differences of *kind* stay until the end of *until*, for which *owner* answers.

    *guid* and *what* narrow it to one mailbox, or to one right or value; empty means any.
    """

    kind: str
    owner: str
    until: date
    guid: str = ""
    what: str = ""

    def covers(self, difference: Difference) -> bool:
        """Whether *difference* is meant."""
        return (
            difference.kind == self.kind
            and self.guid in ("", difference.guid)
            and self.what in ("", difference.what)
        )


def live(intents: Iterable[Intent], today: date) -> list[Accepted]:
    """The exceptions of *intents*, those of `ACCEPT`, that hold *today*."""
    said = [each.detail["exception"] for each in intents if each.outcome is Outcome.OK]
    return [each for each in msgspec.convert(said, list[Accepted]) if each.until >= today]


def parted(
    found: Iterable[Difference], accepted: Iterable[Accepted]
) -> tuple[list[Difference], list[Difference]]:
    """*found* as what is open, and what a live exception covers."""
    exceptions = list(accepted)
    left: list[Difference] = []
    covered: list[Difference] = []
    for each in found:
        (covered if any(one.covers(each) for one in exceptions) else left).append(each)
    return left, covered
