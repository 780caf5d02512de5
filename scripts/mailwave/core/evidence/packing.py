"""What a push adds: the entries since the last one in segments, a checkpoint over all, and artifacts not yet kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from mailwave.core.evidence import names, note, statement
from mailwave.core.evidence.entries import Sealed
from mailwave.core.evidence.merkle import Tree, is_consistent
from mailwave.core.evidence.refusals import JournalForked
from mailwave.core.evidence.statement import Predicate, Statement, Subject

SEGMENT = 2_000
"""Entries in one object: 1 to 2 MB, sent in one request."""


class Stated(msgspec.Struct, frozen=True):
    """What the statements of the vault say so far: *number* of them, *last* the sha256 of the last one's bytes.

    *checkpoint* is the last object of that kind and *anchor* what it says; *subjects* are stated.
    """

    number: int = 0
    last: str = ""
    checkpoint: str = ""
    anchor: note.Checkpoint | None = None
    subjects: frozenset[tuple[str, str]] = frozenset()

    @property
    def size(self) -> int:
        """The entries that the vault anchors."""
        return self.anchor.size if self.anchor else 0


class Package(msgspec.Struct, frozen=True):
    """What a push adds: *objects* by name, and *subjects* and *checkpoint* for its statement."""

    objects: Mapping[str, bytes]
    subjects: tuple[Subject, ...]
    checkpoint: str


def refuse_fork(stated: Stated, tree: Tree) -> None:
    """Raise `JournalForked` unless the journal of *tree* begins with what the vault anchors."""
    anchor = stated.anchor
    if anchor is None:
        return
    if tree.size < anchor.size or not is_consistent(
        anchor.size, anchor.root, tree.size, tree.root(), tree.consistency(anchor.size)
    ):
        raise JournalForked(anchored=anchor.size, held=tree.size)


Sign = Callable[[note.Checkpoint], bytes]
"""A checkpoint as a signed note."""


def pack(
    origin: str,
    sealed: Sequence[Sealed],
    tree: Tree,
    stated: Stated,
    artifacts: Mapping[str, bytes],
    sign: Sign,
) -> Package:
    """What the vault, which has *stated*, lacks of the journal and of *artifacts* (by file name).

    Raises:
        JournalForked: the journal is not the one that the vault anchors.
        UnfitName: a file has a name that no object may have.
    """
    refuse_fork(stated, tree)
    objects: dict[str, bytes] = {}
    subjects: list[Subject] = []
    for name, content in artifacts.items():
        subject = statement.artifact(name, content)
        if (name, subject.digest["sha256"]) not in stated.subjects:
            objects[subject.object] = content
            subjects.append(subject)
    checkpoint = stated.checkpoint
    kept: dict[str, bytes] = {}
    for start in range(stated.size, len(sealed), SEGMENT):
        lines = sealed[start : start + SEGMENT]
        content = b"".join(entry.line for entry in lines)
        kept[names.segment(lines[0].n, lines[-1].n, content)] = content
    if kept:
        content = sign(note.Checkpoint(origin, tree.size, tree.root()))
        checkpoint = names.checkpoint(tree.size, content)
        kept[checkpoint] = content
    subjects += [Subject(name, {"sha256": names.hexed(content)}) for name, content in kept.items()]
    return Package({**objects, **kept}, tuple(subjects), checkpoint)


def stating(
    package: Package, stated: Stated, *, origin: str, environment: str, at: str, size: int
) -> Statement:
    """The statement of a push that adds *package* to what is *stated*; *at* is UTC text."""
    predicate = Predicate(
        origin=origin,
        environment=environment,
        number=stated.number + 1,
        previous=stated.last,
        at=at,
        size=size,
        checkpoint=package.checkpoint,
    )
    return Statement(subject=package.subjects, predicate=predicate)
