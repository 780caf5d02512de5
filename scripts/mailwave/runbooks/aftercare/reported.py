"""What a look has found, kept as an artifact under a digest that the journal has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from mailwave.core.aftercare.differences import Difference
from mailwave.core.manifest import digest_of_bytes
from mailwave.core.reason import Reason
from mailwave.ports import Ledger
from mailwave.ports.aftercare import Kept
from mailwave.runbooks.acting import acting


@dataclass(frozen=True)
class Reported:
    """A look's *content*, JSON, which is kept as *name*; *act* on *subject* is in the journal with *detail* of it."""

    act: str
    subject: str
    name: str
    content: bytes
    detail: Mapping[str, object]

    @classmethod
    def of(
        cls, act: str, subject: str, name: str, found: Mapping[str, object], detail: Mapping[str, object]
    ) -> Reported:
        """The report of what was *found*, for people and programs to read."""
        return cls(act, subject, name, msgspec.json.format(msgspec.json.encode(found)) + b"\n", detail)

    @property
    def digest(self) -> str:
        """The digest of its content."""
        return digest_of_bytes(self.content)

    def keep(self, ledger: Ledger, kept: Kept, reason: Reason) -> None:
        """Keep it, and say so in the journal."""
        detail = {"digest": self.digest, **self.detail}
        with acting(ledger, act=self.act, subject=self.subject, reason=reason, detail=detail):
            kept.keep(f"{self.name}-{self.digest.rpartition(':')[2][:16]}.json", self.content)


def by_kind(differences: Iterable[Difference]) -> dict[str, int]:
    """How many there are of each kind."""
    return dict(sorted(Counter(each.kind for each in differences).items()))


def rows(differences: Sequence[Difference]) -> list[dict[str, str]]:
    """*differences* as a report has them."""
    return [
        {"kind": each.kind, "mailbox": each.guid, "address": each.address, "what": each.what}
        for each in differences
    ]
