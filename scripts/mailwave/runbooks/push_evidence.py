"""Send to the vault what it does not have yet of the journal and of what runs have left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Protocol

import msgspec

from mailwave.core.evidence import entries, names, packing
from mailwave.core.evidence.checking import Check, Say, Trust, quiet
from mailwave.core.evidence.entries import Journalled
from mailwave.core.evidence.leaks import Leaks
from mailwave.core.evidence.note import Checkpoint
from mailwave.core.evidence.packing import Package, Stated
from mailwave.core.evidence.refusals import SecretInEvidence
from mailwave.core.evidence.statement import Statement
from mailwave.ports import Clock


class Journal(Protocol):
    """Whoever keeps the journal."""

    def journal(self) -> Sequence[Journalled]:
        """Every entry, checked."""
        ...


class Vault(Protocol):
    """Where each name is written once. Every method raises when the vault cannot be reached or refuses."""

    def check(self) -> None:
        """See that it keeps what it is given."""
        ...

    def names(self) -> Iterable[str]:
        """The name of every object."""
        ...

    def read(self, name: str) -> bytes:
        """What the object *name* holds."""
        ...

    def keep(self, name: str, content: bytes) -> bool:
        """Keep *content* under *name*; False when exactly that is there, an error when something else is."""
        ...


class Seal(Protocol):
    """Who signs."""

    def checkpoint(self, checkpoint: Checkpoint) -> bytes:
        """It as a signed note."""
        ...

    def statement(self, payload: bytes) -> bytes:
        """*payload* in a signed envelope."""
        ...


class Ready(msgspec.Struct, frozen=True):
    """What is to be sent, after what was *stated* before, and the *anchor* of the journal as it is."""

    package: Package
    stated: Stated
    anchor: Checkpoint

    @property
    def entries(self) -> int:
        """How many entries the vault lacks."""
        return self.anchor.size - self.stated.size


class Pushed(msgspec.Struct, frozen=True):
    """What a push came to: *statement* is the number of the last one, *objects* were sent and *bytes* in them.

    *there* were in the vault already, because an earlier push was cut off.
    """

    anchor: Checkpoint
    statement: int
    entries: int
    objects: int
    bytes: int
    there: int


@dataclass(frozen=True)
class PushEvidence:
    """Sends what *journal* and *artifacts* (contents by file name) hold to the *vault*, as the log *origin*.

    The statement goes last: a push that is cut off has stated nothing, and the next one sends what is left.
    """

    environment: str
    origin: str
    journal: Journal
    artifacts: Callable[[], Mapping[str, bytes]]
    vault: Vault
    trust: Trust
    seal: Seal
    leaks: Leaks
    clock: Clock
    say: Say = quiet

    def prepare(self) -> Ready:
        """What the vault lacks; only reads.

        Raises:
            EvidenceBroken: what the vault has is not as it was kept, or not of this log.
            JournalForked: the journal is not the one that the vault anchors.
            SecretInEvidence: something to be sent holds a secret.
            UnfitName: a file has a name that no object may have.
        """
        stated, _ = Check(self.vault, self.trust, origin=self.origin, say=self.say).stated()
        sealed = entries.seal(self.journal.journal())
        tree = entries.tree(sealed)
        package = packing.pack(self.origin, sealed, tree, stated, self.artifacts(), self.seal.checkpoint)
        self._refuse_secrets(package)
        return Ready(package, stated, Checkpoint(self.origin, tree.size, tree.root()))

    def run(self) -> Pushed:
        """Send it, and say what was sent; raises as `prepare` does, and what the vault raises."""
        self.vault.check()
        ready = self.prepare()
        package, number = ready.package, ready.stated.number
        if not package.subjects or not package.checkpoint:
            return Pushed(ready.anchor, number, 0, 0, 0, 0)
        sent = there = 0
        for done, (name, content) in enumerate(package.objects.items(), start=1):
            fresh = self.vault.keep(name, content)
            sent, there = sent + len(content) * fresh, there + (not fresh)
            self.say("objects sent", done, len(package.objects))
        envelope = self.seal.statement(self._statement(ready).payload)
        self.vault.keep(names.statement(number + 1), envelope)
        objects = len(package.objects) + 1 - there
        return Pushed(ready.anchor, number + 1, ready.entries, objects, sent + len(envelope), there)

    def _statement(self, ready: Ready) -> Statement:
        return packing.stating(
            ready.package,
            ready.stated,
            origin=self.origin,
            environment=self.environment,
            at=self.clock.now().astimezone(UTC).isoformat(),
            size=ready.anchor.size,
        )

    def _refuse_secrets(self, package: Package) -> None:
        for subject in package.subjects:
            if secret := self.leaks.found(package.objects.get(subject.object, b"")):
                raise SecretInEvidence(what=subject.name, secret=secret)
            if secret := self.leaks.found(subject.name.encode()):
                raise SecretInEvidence(what="the name of a file", secret=secret)
