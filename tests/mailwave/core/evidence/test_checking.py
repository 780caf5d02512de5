"""What an auditor sees: a whole vault is taken, and whatever was done to one is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.adapters.evidence_keys import TrustedKeys
from mailwave.core.evidence import names
from mailwave.core.evidence.checking import Check, Verified
from mailwave.core.evidence.note import Checkpoint
from mailwave.core.evidence.refusals import EvidenceBroken, JournalForked, SecretInEvidence, UnfitName
from tests.mailwave.core.evidence.vaults import (
    ANOTHER,
    ARTIFACTS,
    ORIGIN,
    SEAL,
    TRUST,
    MadeJournal,
    Objects,
    pushing,
    three_pushes,
)


@cache
def whole() -> Objects:
    """A vault that nobody touched; a test changes a copy."""
    return three_pushes()


@cache
def other() -> Objects:
    return three_pushes("nhsmail.example/mailwave/pilot")


def check(objects: Objects, anchor: Checkpoint | None = None, origin: str = ORIGIN) -> Verified:
    return Check(objects, TRUST, origin=origin).run(anchor)


def broken(objects: Objects, anchor: Checkpoint | None = None) -> EvidenceBroken:
    with pytest.raises(EvidenceBroken) as caught:
        check(objects, anchor)
    return caught.value


def of_kind(kind: names.Kind, objects: Objects | None = None) -> list[str]:
    return sorted(name for name in objects or whole() if name.startswith(f"{kind}/"))


def test_a_whole_vault() -> None:
    """It should say what a vault holds that nobody touched."""
    found = check(whole())
    counts = (found.entries, found.statements, found.checkpoints, found.artifacts, found.unstated)
    assert (12, 3, 3, 2, ()) == counts
    assert [f"wave W{n}" for n in (1, 2)] == [entry.subject for entry in found.sealed[:2]]


@settings(max_examples=300)
@given(st.data())
def test_no_byte_of_any_object_can_be_changed(data: st.DataObject) -> None:
    """It should refuse, and name, the object of which one byte was changed, whichever."""
    name = data.draw(st.sampled_from(sorted(whole())))
    at = data.draw(st.integers(0, len(whole()[name]) - 1))
    changed = bytearray(whole()[name])
    changed[at] ^= data.draw(st.integers(1, 255))
    assert broken(Objects(whole() | {name: bytes(changed)})).file == name


def test_no_object_can_go() -> None:
    """It should refuse a vault that lacks any one object; without its last statement it is told what nobody states."""
    for name in whole():
        left = Objects({each: content for each, content in whole().items() if each != name})
        if name == of_kind(names.Kind.STATEMENT)[-1]:
            assert len(check(left).unstated) == 2
        else:
            assert broken(left)


def test_no_object_can_be_cut() -> None:
    """It should refuse, and name, an object that ends early."""
    for name, content in whole().items():
        for left in (content[:-1], b""):
            assert name == broken(Objects(whole() | {name: left})).file


def edited(edit: Callable[[list[bytes]], list[bytes]]) -> EvidenceBroken:
    """What is said of the second segment after its lines were *edited*."""
    name = of_kind(names.Kind.SEGMENT)[1]
    return broken(Objects(whole() | {name: b"".join(edit(whole()[name].splitlines(keepends=True)))}))


def renamed(line: bytes, **changes: object) -> bytes:
    """*line* with other members."""
    return msgspec.json.encode({**msgspec.json.decode(line), **changes}, order="sorted") + b"\n"


@pytest.mark.parametrize(
    ("edit", "n", "act", "why"),
    [
        (lambda lines: [lines[1], lines[0], *lines[2:]], 3, "intent", "calls itself entry 4"),
        (lambda lines: [lines[0], *lines], 4, "outcome", "calls itself entry 3"),
        (lambda lines: lines[:2] + lines[3:], 5, "intent", "calls itself entry 6"),
        (lambda lines: lines[:-1], 7, "", "ends with entry 6"),
        (lambda lines: [renamed(lines[0], act="approve"), *lines[1:]], 3, "approve", "was changed"),
        (lambda lines: [lines[0].replace(b'","', b'", "', 1), *lines[1:]], 3, "outcome", "not written as it was"),
        (lambda lines: [b"{}\n", *lines[1:]], 3, "", "cannot be read"),
    ],
)  # fmt: skip
def test_the_first_bad_entry_is_named(
    edit: Callable[[list[bytes]], list[bytes]], n: int, act: str, why: str
) -> None:
    """It should name number and act of the first entry that was reordered, repeated, taken out or changed."""
    found = edited(edit)
    assert (n, act, of_kind(names.Kind.SEGMENT)[1]) == (found.n, found.act, found.file)
    assert why in found.why
    assert f"entry {n}" in str(found)


def test_a_lost_tail_is_found_by_the_checkpoint() -> None:
    """It should find by a checkpoint that the entries which it anchors are gone, with all that states them."""
    gone = {of_kind(kind)[-1] for kind in (names.Kind.STATEMENT, names.Kind.SEGMENT)}
    found = broken(Objects({name: content for name, content in whole().items() if name not in gone}))
    assert (8, "") == (found.n, found.act)
    assert "the tail is lost" in found.why


def test_a_lost_tail_is_found_by_the_anchor_of_a_report() -> None:
    """It should find by a report's line that the last push is gone without a trace; an older report is kept."""
    last = {of_kind(kind)[-1] for kind in (names.Kind.STATEMENT, names.Kind.SEGMENT, names.Kind.CHECKPOINT)}
    cut = Objects({name: content for name, content in whole().items() if name not in last})
    anchor, older = check(whole()).anchor, check(cut).anchor
    assert (7, 12) == (check(cut).entries, anchor.size)
    assert "the tail is lost" in broken(cut, anchor).why
    assert 12 == check(whole(), older).entries
    assert "not those" in broken(whole(), Checkpoint("", 7, anchor.root)).why


def test_another_environment_is_refused() -> None:
    """It should refuse the vault of another environment, one object of it, and its log under our name."""
    with pytest.raises(EvidenceBroken, match=r"of the log nhsmail\.example/mailwave/pilot"):
        check(other())
    for name in of_kind(names.Kind.STATEMENT):
        assert name == broken(Objects(whole() | {name: other()[name]})).file
    swapped = of_kind(names.Kind.CHECKPOINT, other())[0]
    assert swapped == broken(Objects(whole() | {swapped: other()[swapped]})).file


def test_objects_cannot_change_places() -> None:
    """It should refuse two objects of one kind whose contents were exchanged, naming one of them."""
    for kind in names.Kind:
        first, second = of_kind(kind)[:2]
        assert broken(Objects(whole() | {first: whole()[second], second: whole()[first]})).file in (
            first,
            second,
        )


def test_a_history_written_anew_is_refused() -> None:
    """It should refuse a whole vault that was made anew with another journal by whoever holds another key."""
    forged = Objects()
    pushing(forged, MadeJournal(12), seal=ANOTHER).run()
    assert "no trusted key has signed it" in broken(forged).why


@pytest.mark.parametrize(
    "name",
    [
        "journal/../../../etc/passwd", "/etc/passwd", "journal\\x", "statements/1.json", "journal/\x1b[2J",
        "README.txt",
        "objects/" + "A" * 64, "objects/" + "a" * 64 + ".json", "",
        "statements/00000000000\N{DEVANAGARI DIGIT FOUR}.json",
    ],
)  # fmt: skip
def test_hostile_names_are_refused(name: str) -> None:
    """It should refuse whatever is called as no object is, and say so without control characters."""
    found = broken(Objects(whole() | {name: b"x"}))
    assert name == found.file
    assert str(found).isprintable()


class Twice(Objects):
    """A zip can hold a name twice."""

    def names(self) -> list[str]:
        return [*self, of_kind(names.Kind.SEGMENT)[0]]


def test_a_name_that_is_there_twice() -> None:
    """It should refuse a name that is there twice, whichever of the two is read."""
    assert "twice" in broken(Twice(whole())).why


def test_what_a_cut_off_push_has_left_is_told_and_taken_up() -> None:
    """It should tell objects that nobody states from those that somebody does, and the next push states them."""
    objects = Objects(whole())
    cut_off = Objects(whole())
    pushing(cut_off, MadeJournal(15, _named()), ARTIFACTS).run()
    new = sorted(set(cut_off) - set(whole()) - {names.statement(4)})
    objects |= {name: cut_off[name] for name in new}
    assert tuple(new) == check(objects).unstated

    pushed = pushing(objects, MadeJournal(15, _named()), ARTIFACTS).run()
    assert (2, 1, ()) == (pushed.there, pushed.objects, check(objects).unstated)


def _named() -> dict[int, str]:
    return {3: "sha256:" + names.hexed(next(iter(ARTIFACTS.values())))}


def test_a_second_push_sends_nothing() -> None:
    """It should send and state nothing when there is nothing new."""
    objects = Objects(whole())
    pushed = pushing(objects, MadeJournal(12, _named()), ARTIFACTS).run()
    assert (0, 0, 3) == (pushed.objects, pushed.bytes, pushed.statement)
    assert whole() == objects


def test_a_ledger_from_an_old_backup_is_refused() -> None:
    """It should refuse to anchor a journal that is shorter than, or different from, the one in the vault."""
    for journal in (MadeJournal(11, _named()), MadeJournal(14)):
        objects = Objects(whole())
        with pytest.raises(JournalForked):
            pushing(objects, journal, ARTIFACTS).run()
        assert whole() == objects


def test_an_artifact_that_an_entry_names_must_be_there() -> None:
    """It should name the entry whose artifact was never pushed."""
    objects = Objects()
    pushing(objects, MadeJournal(4, _named())).run()
    found = broken(objects)
    assert (3, "outcome") == (found.n, found.act)


@pytest.mark.parametrize(
    "name", ["a b", "../x", "artifacts/../x", "x\n", ".hidden", "a/" + "x" * 300, "objects/" + "a" * 64]
)
def test_no_artifact_has_a_hostile_name(name: str) -> None:
    """It should send nothing when a file has a name that no piece of evidence may have."""
    objects = Objects()
    with pytest.raises(UnfitName):
        pushing(objects, MadeJournal(1), {name: b"x"}).run()
    assert Objects() == objects


def test_a_secret_is_not_sent() -> None:
    """It should name the file and the secret's use, and send nothing."""
    objects = Objects()
    artifacts = {**ARTIFACTS, "events/a.jsonl": b"the word is canary-5d1f"}
    with pytest.raises(SecretInEvidence, match=r"events/a\.jsonl holds the secret of notify") as caught:
        pushing(objects, MadeJournal(3), artifacts, secrets={"the secret of notify": "canary-5d1f"}).run()
    assert "canary-5d1f" not in str(caught.value)
    assert Objects() == objects


def test_a_trusted_key_may_follow_another() -> None:
    """It should take a vault in which a new key goes on where the old one ended, by whoever trusts both."""
    objects, both = Objects(whole()), TrustedKeys([ANOTHER.public_pem, SEAL.public_pem])
    replace(pushing(objects, MadeJournal(15, _named()), ARTIFACTS, seal=ANOTHER), trust=both).run()
    assert 15 == Check(objects, both, origin=ORIGIN).run().entries
    with pytest.raises(EvidenceBroken):
        Check(objects, TRUST, origin=ORIGIN).run()
