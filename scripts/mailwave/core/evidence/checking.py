"""Judges a vault, or a copy of one, by nothing but its bytes and the public keys that are trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from mailwave.core.evidence import entries, names, note, statement
from mailwave.core.evidence.entries import GENESIS, Sealed
from mailwave.core.evidence.merkle import Tree
from mailwave.core.evidence.names import Kind, Name
from mailwave.core.evidence.packing import Stated
from mailwave.core.evidence.refusals import EvidenceBroken
from mailwave.core.evidence.statement import Statement

Say = Callable[[str, int, int], None]
"""Told of what is being checked, how many are done, and of how many."""


class Files(Protocol):
    """Objects by name."""

    def names(self) -> Iterable[str]:
        """Every name, each as often as it is there."""
        ...

    def read(self, name: str) -> bytes:
        """What the object *name* holds."""
        ...


class Trust(Protocol):
    """The public keys that are trusted."""

    def note_keys(self, origin: str) -> Sequence[note.NoteKey]:
        """Them, as keys of the log *origin*."""
        ...

    def is_good(self, key: note.NoteKey, message: bytes, signature: bytes) -> bool:
        """Whether *key* has made *signature* on *message*."""
        ...

    def statement(self, envelope: bytes) -> bytes:
        """What *envelope* has sealed; raise `NoteBroken` when no trusted key has."""
        ...


class Verified(msgspec.Struct, frozen=True):
    """A vault that is whole: the log *origin* has *entries* under *anchor*, stated by so many *statements*.

    *unstated* are objects that nobody vouches for: what a push that was cut off has left.
    """

    origin: str
    environment: str
    entries: int
    anchor: note.Checkpoint
    statements: int
    checkpoints: int
    artifacts: int
    unstated: tuple[str, ...]
    sealed: tuple[Sealed, ...]
    last_checkpoint: str


def quiet(_what: str, _done: int, _of: int) -> None:
    """Say nothing."""


class Check:
    """One look at *files*; *origin* is the log that it must be of, whichever it calls itself without."""

    def __init__(self, files: Files, trust: Trust, *, origin: str = "", say: Say = quiet) -> None:
        self._files = files
        self._trust = trust
        self._origin = origin
        self._say = say
        self._environment = ""

    def stated(self) -> tuple[Stated, dict[str, str]]:
        """What the statements say, and which statement states an object first.

        Raises:
            EvidenceBroken: a statement is missing, forged, or not of this log.
        """
        return self._statements(self._sorted()[Kind.STATEMENT])

    def run(self, anchor: note.Checkpoint | None = None) -> Verified:
        """Check every byte of every object, and that nothing before *anchor*, where one is known, is lost.

        Raises:
            EvidenceBroken: something is missing, changed, forged, out of place or not of this log.
        """
        found = self._sorted()
        if not found[Kind.STATEMENT]:
            raise EvidenceBroken("it holds no statement")
        stated, by = self._statements(found[Kind.STATEMENT])
        present = {name.text for kind in Kind for name in found[kind]}
        for missing in by:
            if missing not in present:
                raise EvidenceBroken(f"it is missing, and {by[missing]} states it", file=missing)
        self._artifacts(found[Kind.ARTIFACT])
        sealed = self._journal(found[Kind.SEGMENT])
        tree = entries.tree(sealed)
        self._checkpoints(found[Kind.CHECKPOINT], tree)
        _hold_to(tree, anchor, "the report's anchor", "")
        self._named_artifacts(sealed, present)
        if stated.anchor is None:
            raise EvidenceBroken("no statement names a checkpoint")
        return Verified(
            origin=self._origin,
            environment=self._environment,
            entries=tree.size,
            anchor=stated.anchor,
            statements=stated.number,
            checkpoints=len(found[Kind.CHECKPOINT]),
            artifacts=len(found[Kind.ARTIFACT]),
            unstated=tuple(sorted(name for name in present if name not in by and not _is_statement(name))),
            sealed=tuple(sealed),
            last_checkpoint=stated.checkpoint,
        )

    def _sorted(self) -> Mapping[Kind, list[Name]]:
        """Every name by kind, in order."""
        sorted_: dict[Kind, list[Name]] = {kind: [] for kind in Kind}
        seen: set[str] = set()
        for text in sorted(self._files.names()):
            name = names.read(text)
            if name is None:
                raise EvidenceBroken("no object of the vault is called that", file=text)
            if text in seen:
                raise EvidenceBroken("it is there twice", file=text)
            seen.add(text)
            sorted_[name.kind].append(name)
        return sorted_

    def _statements(self, found: Sequence[Name]) -> tuple[Stated, dict[str, str]]:
        number, last, checkpoint, anchor = 0, "", "", None
        subjects: set[tuple[str, str]] = set()
        by: dict[str, str] = {}
        for name in found:
            number += 1
            if name.last != number:
                raise EvidenceBroken(f"it is missing, and {name.text} is there", file=names.statement(number))
            content = self._files.read(name.text)
            read = self._statement(name, content, last)
            for subject in read.subject:
                pair = (subject.name, subject.digest.get("sha256", ""))
                if pair in subjects:
                    raise EvidenceBroken("it states a thing that was stated before", file=name.text)
                subjects.add(pair)
                by.setdefault(subject.object, name.text)
            if read.predicate.checkpoint not in by:
                raise EvidenceBroken("it names a checkpoint that nobody states", file=name.text)
            if read.predicate.checkpoint != checkpoint:
                checkpoint = read.predicate.checkpoint
                anchor = self._checkpoint(checkpoint)
            if anchor is None or anchor.size != read.predicate.size:
                raise EvidenceBroken("it names a checkpoint of another size", file=name.text)
            last = names.hexed(content)
            self._say("statements", number, len(found))
        return Stated(number, last, checkpoint, anchor, frozenset(subjects)), by

    def _statement(self, name: Name, content: bytes, last: str) -> Statement:
        try:
            payload = self._trust.statement(content)
        except note.NoteBroken as error:
            raise EvidenceBroken(error.why, file=name.text) from None
        read = statement.read(payload, name.text)
        about = read.predicate
        self._origin = self._origin or about.origin
        self._environment = self._environment or about.environment
        if about.origin != self._origin:
            raise EvidenceBroken(f"it is of the log {about.origin}, not of {self._origin}", file=name.text)
        if about.environment != self._environment:
            raise EvidenceBroken("it is of another environment", file=name.text)
        if about.number != name.last:
            raise EvidenceBroken(f"it is statement {about.number} under another name", file=name.text)
        if about.previous != last:
            raise EvidenceBroken("it does not follow the statement before", file=name.text)
        return read

    def _checkpoint(self, file: str) -> note.Checkpoint:
        name = names.read(file)
        if name is None or name.kind is not Kind.CHECKPOINT:
            raise EvidenceBroken("it is named as a checkpoint and is none", file=file)
        try:
            content = self._files.read(file)
        except KeyError:
            raise EvidenceBroken("it is missing, and a statement names it", file=file) from None
        _hold_to_name(name, content)
        try:
            found = note.opened(content, self._trust.note_keys(self._origin), self._trust.is_good)
        except note.NoteBroken as error:
            raise EvidenceBroken(error.why, file=file) from None
        if found.size != name.last:
            raise EvidenceBroken(f"it is of size {found.size}", file=file)
        return found

    def _artifacts(self, found: Sequence[Name]) -> None:
        for done, name in enumerate(found, start=1):
            _hold_to_name(name, self._files.read(name.text))
            self._say("artifacts", done, len(found))

    def _journal(self, found: Sequence[Name]) -> list[Sealed]:
        """Every entry; segments may overlap where a push was cut off, and then say the same."""
        sealed: list[Sealed] = []
        for done, name in enumerate(found, start=1):
            if name.first > len(sealed) + 1:
                raise EvidenceBroken(f"it is missing, and entry {name.first} is there", n=len(sealed) + 1)
            self._segment(name, self._files.read(name.text), sealed)
            self._say("segments of the journal", done, len(found))
        return sealed

    def _segment(self, name: Name, content: bytes, sealed: list[Sealed]) -> None:
        """Add what *content* has beyond *sealed*; the first entry that is wrong is named before the object is."""
        n = name.first - 1
        for n, line in enumerate(content.splitlines(keepends=True), start=name.first):
            previous = sealed[n - 2].digest if 1 < n <= len(sealed) + 1 else GENESIS
            entry = entries.opened(line, n, previous, name.text)
            if n > len(sealed):
                sealed.append(entry)
            elif sealed[n - 1] != entry:
                raise EvidenceBroken("it is another entry than elsewhere", file=name.text, n=n, act=entry.act)
        if n != name.last:
            raise EvidenceBroken(f"it ends with entry {n} and not {name.last}", file=name.text, n=n + 1)
        _hold_to_name(name, content)

    def _checkpoints(self, found: Sequence[Name], tree: Tree) -> None:
        for done, name in enumerate(found, start=1):
            _hold_to(tree, self._checkpoint(name.text), name.text, name.text)
            self._say("checkpoints", done, len(found))

    def _named_artifacts(self, sealed: Sequence[Sealed], present: set[str]) -> None:
        for entry in sealed:
            for digest in entry.artifacts():
                if f"objects/{digest}" not in present:
                    raise EvidenceBroken(
                        f"its artifact {digest} is missing",
                        n=entry.n,
                        act=entry.act,
                        file=f"objects/{digest}",
                    )


def _is_statement(name: str) -> bool:
    return name.startswith(f"{Kind.STATEMENT}/")


def _hold_to_name(name: Name, content: bytes) -> None:
    if names.hexed(content) != name.digest:
        raise EvidenceBroken("its content is not what its name says", file=name.text)


def _hold_to(tree: Tree, anchor: note.Checkpoint | None, what: str, file: str) -> None:
    """The journal holds all that *anchor* does, under its root."""
    if anchor is None:
        return
    if anchor.size > tree.size:
        raise EvidenceBroken(
            f"the tail is lost: {what} anchors {anchor.size} entries, and {tree.size} are here",
            file=file,
            n=tree.size + 1,
        )
    if tree.root(anchor.size) != anchor.root:
        raise EvidenceBroken(f"the first {anchor.size} entries are not those that {what} anchors", file=file)
