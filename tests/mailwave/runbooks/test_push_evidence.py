"""A push is cut off at every boundary, and the next one leaves the vault as if nothing had happened."""

from __future__ import annotations

from itertools import count

import pytest

from mailwave.core.evidence import names, packing
from mailwave.core.evidence.checking import Check
from tests.mailwave.core.evidence.vaults import ARTIFACTS, ORIGIN, TRUST, MadeJournal, Objects, pushing

SEGMENT = 5
JOURNAL = MadeJournal(SEGMENT + 3)


@pytest.fixture(autouse=True)
def _short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "SEGMENT", SEGMENT)


class CutOffError(Exception):
    """The process is gone."""


class Cut(Objects):
    """A vault whose writer is gone at the write number *at*: before it, or after it took effect."""

    def cut(self, at: int, *, took_effect: bool) -> Cut:
        self.left, self.took_effect = at, took_effect
        return self

    def keep(self, name: str, content: bytes) -> bool:
        self.left -= 1
        if self.left == 0:
            if self.took_effect:
                super().keep(name, content)
            raise CutOffError
        return super().keep(name, content)


def test_every_boundary() -> None:
    """It should hold the same objects after a cut at write n = 1, 2, 3, … and another push, and send none twice."""
    whole = Objects()
    pushing(whole, JOURNAL, ARTIFACTS).run()
    for at in count(1):
        ends = []
        for took_effect in (False, True):
            objects = Cut().cut(at, took_effect=took_effect)
            try:
                pushing(objects, JOURNAL, ARTIFACTS).run()
            except CutOffError:
                objects.cut(0, took_effect=False)
                pushed = pushing(objects, JOURNAL, ARTIFACTS).run()
                done = at if took_effect else at - 1
                assert pushed.there in (
                    done,
                    0,
                )  # nothing is sent again, and after the last write nothing at all
                ends.append(whole == objects)
        if not ends:
            break
        assert [True, True] == ends
    assert 7 == at
    assert SEGMENT + 3 == Check(whole, TRUST, origin=ORIGIN).run().entries


def test_segments_are_of_one_size() -> None:
    """It should cut a long journal into segments, and begin a new one with each push."""
    objects = Objects()
    for size in (SEGMENT + 3, SEGMENT + 5):
        pushing(objects, MadeJournal(size)).run()
    found = [names.read(name) for name in sorted(objects) if name.startswith("journal/")]
    assert [(1, SEGMENT), (SEGMENT + 1, SEGMENT + 3), (SEGMENT + 4, SEGMENT + 5)] == [
        (each.first, each.last) for each in found if each
    ]


def test_two_pushes_at_once() -> None:
    """It should state things once when two push at the same moment: the number of a statement is taken once."""
    objects, journal = Objects(), MadeJournal(3)
    other = pushing(objects, journal, {"artifacts/a.json": b"a"})
    ready = other.prepare()
    pushing(objects, journal, {"artifacts/b.json": b"b"}).run()
    statement = other.seal.statement(other._statement(ready).payload)
    with pytest.raises(AssertionError):  # as a vault says that something else is there
        objects.keep(names.statement(1), statement)
    other.run()
    assert (2, 2) == (Check(objects, TRUST).run().statements, Check(objects, TRUST).run().artifacts)


def test_nothing_to_push() -> None:
    """It should state nothing for a journal without an entry."""
    objects = Objects()
    pushed = pushing(objects, MadeJournal(0), ARTIFACTS).run()
    assert (0, Objects()) == (pushed.statement, objects)
