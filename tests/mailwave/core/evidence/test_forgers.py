"""Vaults that somebody with a trusted key has spoiled: signatures are good, and what they sign does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from mailwave.core.evidence import entries, names, note, statement
from mailwave.core.evidence.checking import Check
from mailwave.core.evidence.note import Checkpoint, NoteBroken
from mailwave.core.evidence.refusals import EvidenceBroken
from mailwave.core.evidence.statement import Statement
from tests.mailwave.core.evidence.vaults import (
    ORIGIN,
    SEAL,
    TRUST,
    MadeEntry,
    MadeJournal,
    Objects,
    three_pushes,
)

replace = msgspec.structs.replace


def broken(objects: Objects) -> EvidenceBroken:
    with pytest.raises(EvidenceBroken) as caught:
        Check(objects, TRUST, origin=ORIGIN).run()
    return caught.value


def stated(objects: Objects, number: int) -> Statement:
    return statement.read(TRUST.statement(objects[names.statement(number)]), "")


def restated(objects: Objects, number: int, changed: Statement) -> EvidenceBroken:
    """What is said when *changed*, well signed, stands in the place of a statement."""
    return broken(Objects(objects | {names.statement(number): SEAL.statement(changed.payload)}))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"previous": "0" * 64}, "does not follow the statement before"),
        ({"previous": ""}, "does not follow the statement before"),
        ({"number": 2}, "is statement 2 under another name"),
        ({"origin": "elsewhere"}, "of the log elsewhere"),
        ({"environment": "pilot"}, "of another environment"),
        ({"size": 7}, "a checkpoint of another size"),
        ({"checkpoint": "checkpoints/x"}, "a checkpoint that nobody states"),
    ],
)
def test_a_statement_that_does_not_fit(changes: Mapping[str, Any], why: str) -> None:
    """It should refuse a well-signed statement of another place, log or size, and name it."""
    objects = three_pushes()
    last = stated(objects, 3)
    found = restated(objects, 3, replace(last, predicate=replace(last.predicate, **changes)))
    assert names.statement(3) == found.file
    assert why in found.why


def test_a_thing_is_stated_once() -> None:
    """It should refuse a statement of what was stated before, and of what is not there."""
    objects = three_pushes()
    last, first = stated(objects, 3), stated(objects, 1)
    assert (
        "stated before" in restated(objects, 3, replace(last, subject=(*last.subject, first.subject[0]))).why
    )
    gone = statement.artifact("events/gone", b"gone")
    assert "it is missing" in restated(objects, 3, replace(last, subject=(*last.subject, gone))).why


def test_another_kind_of_statement_is_none() -> None:
    """It should refuse an in-toto statement that is not of evidence, and text that is no statement."""
    objects = three_pushes()
    assert "something else" in restated(objects, 3, replace(stated(objects, 3), predicateType="urn:x")).why
    assert (
        "nothing that can be read"
        in broken(Objects(objects | {names.statement(3): SEAL.statement(b"{}")})).why
    )


def test_a_checkpoint_under_another_size() -> None:
    """It should refuse a well-signed checkpoint whose name says another size."""
    tree = entries.tree(entries.seal(MadeJournal(12).journal()))
    content = SEAL.checkpoint(Checkpoint(ORIGIN, 7, tree.root(7)))
    name = names.checkpoint(11, content)
    found = broken(Objects(three_pushes() | {name: content}))
    assert (name, "it is of size 7") == (found.file, found.why)


def test_a_second_history_is_found() -> None:
    """It should name the first entry of which a well-sealed segment says something else."""
    objects = three_pushes()
    told = Check(objects, TRUST).run().sealed
    other = entries.seal([*(_entry(each) for each in told[:7]), MadeEntry(8, "approve", "another wave")])
    assert other[6] == told[6]
    name = names.segment(8, 8, other[7].line)
    found = broken(Objects(objects | {name: other[7].line}))
    assert (8, "is another entry than elsewhere") == (found.n, found.why.removeprefix("it "))


def _entry(sealed: entries.Sealed) -> MadeEntry:
    made = {each.n: each for each in MadeJournal(12, {3: _artifact(sealed)}).journal()}
    return made[sealed.n]


def _artifact(sealed: entries.Sealed) -> str:
    return "sha256:" + (sealed.artifacts() or ["0" * 64])[0]


def test_a_signature_of_another_log_does_not_count() -> None:
    """It should not take what the key of our log signs about another log."""
    (key,) = TRUST.note_keys(ORIGIN)
    other = Checkpoint("elsewhere/log", 1, b"\0" * 32)
    signed = note.signed(other, key, lambda message: bytes.fromhex(SEAL._signer.sign(message).signature))
    with pytest.raises(NoteBroken, match="no trusted key"):
        note.opened(signed, [key], TRUST.is_good)


def test_an_ecdsa_key_is_named_by_its_own_digest() -> None:
    """It should name a key on P-256 as the standard says: by the sha256 of its SubjectPublicKeyInfo alone."""
    key = note.NoteKey("log", note.ECDSA, b"der")
    assert "5050d80d" == key.id.hex() == note.NoteKey("other", note.ECDSA, b"der").id.hex()
