"""Whom a change reaches: how many mailboxes and organisations, and which shared ones among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from mailwave.core.change.risks import Judged, Risk
from mailwave.core.estate import Record

SHARED = "SharedMailbox"


class Radius(msgspec.Struct, frozen=True):
    """How many *mailboxes* of how many *organisations* are reached; *shared* of the mailboxes are shared ones."""

    mailboxes: int = 0
    organisations: int = 0
    shared: int = 0


def radius_of(records: Iterable[Record]) -> Radius:
    """The radius of a change that reaches exactly these mailboxes."""
    found = list(records)
    return Radius(
        mailboxes=len(found),
        organisations=len({record.mailbox.organisation for record in found}),
        shared=sum(record.mailbox.recipient_type == SHARED for record in found),
    )


def reach(judged: Sequence[Judged], whole: Radius) -> Radius:
    """Whom changes to stacks reach: everybody, as soon as one of them is more than a label; else nobody."""
    return whole if any(each.risk is not Risk.COSMETIC for each in judged) else Radius()
