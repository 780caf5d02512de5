"""A small vault in memory: a journal of made entries, two artifacts, and three pushes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from mailwave.adapters.evidence_keys import Seal, TrustedKeys
from mailwave.core.evidence.leaks import Leaks
from mailwave.core.manifest import digest_of_bytes
from mailwave.core.reason import Reason
from mailwave.runbooks.push_evidence import PushEvidence
from tests.mailwave.adapters.ledgers import TestClock
from tests.mailwave.builders import NOW, REASON

ORIGIN = "nhsmail.example/mailwave/rehearsal"
KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
"""The first test vector of RFC 8032, section 7.1."""

SEAL = Seal.of_pem(KEY)
ANOTHER = Seal.of_pem(
    KEY.replace("J1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g", "EzNCJso/12wEUKKlMrdZYRTBlBxKpFBV5EDk2TRiPwD")
)
TRUST = TrustedKeys([SEAL.public_pem])


class MadeEntry(msgspec.Struct, frozen=True):
    """One entry as a ledger tells it."""

    n: int
    act: str = "intent"
    subject: str = "wave W1"
    detail: Mapping[str, object] = {}
    at: object = NOW
    reason: Reason = REASON


@dataclass
class MadeJournal:
    """A journal of so many *entries*; those in *artifacts* end an act with the artifact of that digest."""

    entries: int
    artifacts: Mapping[int, str] = field(default_factory=dict)

    def journal(self) -> list[MadeEntry]:
        """Every entry."""
        return [self._entry(n) for n in range(1, self.entries + 1)]

    def _entry(self, n: int) -> MadeEntry:
        at = NOW + timedelta(minutes=n)
        if n in self.artifacts:
            ended = {"intent": n - 1, "outcome": "ok", "detail": {"artifact": self.artifacts[n]}}
            return MadeEntry(n, "outcome", "play ünï", ended, at)
        return MadeEntry(n, "intent", f"wave W{n}", {"mailboxes": n, "share": 0.5}, at)


class Objects(dict[str, bytes]):
    """Objects by name, each written once."""

    def names(self) -> Iterable[str]:
        """Every name."""
        return list(self)

    def read(self, name: str) -> bytes:
        """What an object holds."""
        return self[name]

    def check(self) -> None:
        """Everything is kept."""

    def keep(self, name: str, content: bytes) -> bool:
        """Keep it, once."""
        if name in self:
            assert self[name] == content
            return False
        self[name] = content
        return True


def pushing(
    objects: Objects,
    journal: MadeJournal,
    artifacts: Mapping[str, bytes] | None = None,
    *,
    origin: str = ORIGIN,
    seal: Seal = SEAL,
    secrets: Mapping[str, str] | None = None,
) -> PushEvidence:
    """The push of *journal* and *artifacts* into *objects*."""
    return PushEvidence(
        origin.rpartition("/")[2],
        origin,
        journal,
        lambda: artifacts or {},
        objects,
        TrustedKeys([seal.public_pem]),
        seal,
        Leaks(secrets or {}),
        TestClock(),
    )


ARTIFACTS = {
    "artifacts/00000002-20_virtual_directories.json": b'{"outcome": "ok"}\n',
    "events/hybrid.jsonl": b"{}\n",
}


def three_pushes(origin: str = ORIGIN, entries: int = 12) -> Objects:
    """A vault after three pushes, of which the second brought artifacts."""
    named = {3: digest_of_bytes(next(iter(ARTIFACTS.values())))}
    objects = Objects()
    pushing(objects, MadeJournal(2), origin=origin).run()
    pushing(objects, MadeJournal(7, named), ARTIFACTS, origin=origin).run()
    pushing(objects, MadeJournal(entries, named), ARTIFACTS, origin=origin).run()
    return objects
