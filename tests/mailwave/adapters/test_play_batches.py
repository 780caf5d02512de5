"""Batches by plays, on a stand-in for Ansible: what is handed on, and what becomes of a play that was cut off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailwave.adapters.play_batches import START, TWINS, PlayBatches
from mailwave.adapters.play_files import load_plays
from mailwave.adapters.plays import Plays
from mailwave.core.batches import Release
from mailwave.core.outcomes import ActUnknown, PlayFailed
from mailwave.core.plays import Answer, PlayOutcome
from tests.mailwave.adapters.canned import Canned, a_failure
from tests.mailwave.adapters.small_plays import ROOT

DIGEST = "sha256:" + "0" * 64
CUT_OFF: tuple[PlayOutcome, tuple[Answer, ...]] = (PlayOutcome.UNKNOWN, ())
BAD = (PlayOutcome.FAILED, (a_failure(),))
TWIN = TWINS[START]


def test_hands_on_what_the_plays_take(tmp_path: Path) -> None:
    """It should give each play just the variables that the table of plays knows, in the plays' own words."""
    canned, file = Canned(), tmp_path / "w001.json"
    batches, table = PlayBatches(Plays(canned)), load_plays(ROOT / "playbooks")
    release = Release(datetime(2026, 9, 1, 20, tzinfo=UTC), datetime(2026, 9, 2, 5, tzinfo=UTC))

    for play, act, more in (
        ("50", batches.start, ()),
        ("52", batches.stop, ()),
        ("54", batches.complete, (release,)),
        ("56", batches.roll_back, ()),
    ):
        act(file, DIGEST, *more)
        known = table.find(play)
        assert (known.name, (), False) == canned.asked[-1]
        assert set(known.variables) == set(canned.variables)
        assert TWINS[known.name] == known.twin
    assert canned.variables == {"batch_manifest": str(file), "batch_digest": "0" * 64}


def test_a_play_that_failed(tmp_path: Path) -> None:
    """It should say that nothing is in doubt, and why."""
    with pytest.raises(PlayFailed, match="no such endpoint"):
        PlayBatches(Plays(Canned({START: BAD}))).start(tmp_path / "w001.json", DIGEST)


@pytest.mark.parametrize("twin", [None, BAD, CUT_OFF], ids=["done", "not done", "cut off again"])
def test_a_play_that_was_cut_off(tmp_path: Path, twin: tuple[PlayOutcome, tuple[Answer, ...]] | None) -> None:
    """It should let the twin say that it is done; else it may still take effect, and stays unknown."""
    canned = Canned({START: CUT_OFF} | ({TWIN: twin} if twin else {}))
    batches = PlayBatches(Plays(canned))

    if twin is None:
        batches.start(tmp_path / "w001.json", DIGEST)
    else:
        with pytest.raises(ActUnknown):
            batches.start(tmp_path / "w001.json", DIGEST)
    assert [play for play, _, _ in canned.asked] == [START, TWIN]
