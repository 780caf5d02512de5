"""The playbooks by what they do, on a stand-in for Ansible that answers as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.plays import Plays
from mailwave.core.outcomes import ActRefused, ActUnknown
from mailwave.core.plays import Answer, BeatStatus, PlayOutcome, PlayResult, Tally

BOTH = {"EX01": Tally(ok=4, changed=1), "EX02": Tally(ok=4)}


class Canned:
    """Answers every play with *outcome*, and keeps what it was asked for."""

    def __init__(self, outcome: PlayOutcome = PlayOutcome.OK, *answers: Answer) -> None:
        self.outcome = outcome
        self.answers = answers
        self.asked: list[tuple[str, bool]] = []
        self.variables: dict[str, Any] = {}

    def run_play(
        self, play: str, *, variables: Mapping[str, Any], check: bool, on_beat: object
    ) -> PlayResult:
        self.asked.append((play, check))
        self.variables = dict(variables)
        return PlayResult(play=play, outcome=self.outcome, servers=BOTH, answers=self.answers)


def an_answer(*differing: str, status: BeatStatus = BeatStatus.CHANGED) -> Answer:
    values = {"identity": "EX01\\Mail", "differing": list(differing)}
    return Answer("EX01", "Receive connector", "mailwave.exchange.receive_connector", status, values=values)


def test_check_says_what_differs() -> None:
    """It should only predict, and say which options of which server differ."""
    canned = Canned(PlayOutcome.OK, an_answer("bindings", "comment"), an_answer())

    lines = Plays(canned).prepare_servers(check=True)

    assert ["EX01\\Mail: would set bindings, comment"] == lines
    assert [("10_receive_connector", True)] == canned.asked


def test_apply_is_verified() -> None:
    """It should verify with the twin of each play that it applied."""
    canned = Canned(PlayOutcome.OK, an_answer("bindings"))

    assert Plays(canned).prepare_servers(check=False) == ["EX01\\Mail: set bindings"]
    assert [("10_receive_connector", False), ("11_verify_receive_connector", False)] == canned.asked


def test_batch(tmp_path: Path) -> None:
    """It should hand the manifest and its digest to the play, in the play's own words."""
    canned = Canned()

    Plays(canned).start_batch(tmp_path / "w001.json", "sha256:" + "0" * 64)

    assert {"batch_manifest": str(tmp_path / "w001.json"), "batch_digest": "0" * 64} == canned.variables
    assert [("50_start_batch", False)] == canned.asked


@pytest.mark.parametrize(
    ("outcome", "error"), [(PlayOutcome.FAILED, ActRefused), (PlayOutcome.UNKNOWN, ActUnknown)]
)
def test_not_well(tmp_path: Path, outcome: PlayOutcome, error: type[Exception]) -> None:
    """It should tell what did not happen from what nobody knows."""
    failed = Answer("exchange-online", "The batch runs", "", BeatStatus.FAILED, "refused", "no such endpoint")

    with pytest.raises(error) as caught:
        Plays(Canned(outcome, failed)).start_batch(tmp_path / "w001.json", "0" * 64)
    assert "play 50_start_batch of w001: exchange-online: The batch runs: no such endpoint" == str(
        caught.value
    )
