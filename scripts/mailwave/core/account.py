"""The account of an estate: where every mailbox stands, and whether the numbers add up."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mailwave.core.states import Counts


class Account(msgspec.Struct, frozen=True):
    """*organisations* own mailboxes in scope; *counts* is the law of conservation; *notices* were sent by milestone.

    *batches* were started, and *nights* are those on which somebody moved. Of the moved mailboxes, those in *licences*
    under `needed` need one, and the people of those under `given` were put into a licence group.
    """

    organisations: int
    counts: Counts
    notices: Mapping[str, int]
    batches: int
    nights: int
    licences: Mapping[str, int]

    def as_summary(self) -> dict[str, object]:
        """The keys of `summary.json`, as the README explains them."""
        counts = msgspec.structs.asdict(self.counts)
        return {
            "organisations": self.organisations,
            **counts,
            "notices": dict(self.notices),
            "licences": dict(self.licences),
            "batches": self.batches,
            "virtual_nights": self.nights,
        }
