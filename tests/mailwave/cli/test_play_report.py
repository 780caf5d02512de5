"""What came of plays, for people and for programs, and the exit code that says so."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from mailwave.cli import play_report
from mailwave.core.plays import Answer, BeatStatus, PlayOutcome, PlayResult, Tally
from mailwave.exits import Exit
from mailwave.runbooks.prepare_sites import changes
from tests.mailwave.adapters.canned import FINDING, a_failure, a_verdict, an_answer

UNREAD = {name: FINDING[name] for name in ("id", "fact", "server", "title")} | {"why": "no\x1b[31m answer"}


def a_result(outcome: PlayOutcome, *answers: Answer) -> PlayResult:
    return PlayResult(
        play="03_verify_servers", outcome=outcome, servers={"EX02": Tally(ok=1)}, answers=answers
    )


FOUND = a_result(PlayOutcome.FAILED, a_verdict(findings=[FINDING]))
NOT_READ = a_result(PlayOutcome.FAILED, a_verdict(unknown=[UNREAD]))


def shown(*results: PlayResult) -> str:
    said = io.StringIO()
    Console(file=said, width=160).print(play_report.results(results, as_json=False))
    return said.getvalue()


def test_findings_are_a_table() -> None:
    """It should show each finding with its id, fact, server and repair, and text from outside as it stands."""
    said = shown(FOUND, NOT_READ)

    assert all(
        text in said for text in ("tls-1-2-off", "D23", "EX02", "play 03_server_settings", "[in SCHANNEL]")
    )
    assert '{"Enabled":0}' in said
    assert "nobody knows" in said
    assert "\x1b" not in said


def test_changes_and_failures_are_lines() -> None:
    """It should say what changed, and why a play failed that found nothing."""
    said = shown(a_result(PlayOutcome.OK, an_answer("bindings")), a_result(PlayOutcome.FAILED, a_failure()))

    assert "EX01\\Mail: set bindings" in said
    assert "EX02: The connector: no such endpoint" in said


def test_loops_and_tasks_of_others_are_lines() -> None:
    """It should say what each turn of a loop changed, and which tasks of other collections changed something."""
    turns = [{"identity": f"{name}\\svc", "differing": ["role"]} for name in ("leeds", "bristol")]
    turns.append({"identity": "york\\svc", "differing": []})
    looped = Answer(
        "all", "Rights", "mailwave.exchange.objects", BeatStatus.CHANGED, values={"results": turns}
    )
    registry = Answer("EX02", "Set it", "win_regedit", BeatStatus.CHANGED, values={"turns": ["TLS 1.2"]})
    quiet = Answer("EX02", "Look", "mailwave.exchange.read", BeatStatus.OK)

    lines = changes(a_result(PlayOutcome.OK, looped, registry, quiet), check=False)

    assert ["leeds\\svc: set role", "bristol\\svc: set role", "EX02: did: Set it (TLS 1.2)"] == lines


def test_an_object_is_told_with_its_values() -> None:
    """It should say what each option was and what it becomes, by diff mode or by the object's own result."""
    told = {
        "identity": "EX01\\Mail, EX01\\Scan",
        "differing": ["bindings", "comment"],
        "objects": [
            {
                "identity": "EX01\\Mail",
                "differing": ["bindings", "comment"],
                "before": {"bindings": ["0.0.0.0:25"], "enabled": True},
                "values": {"bindings": ["10.0.0.1:25"], "comment": "ours", "enabled": True},
            },
            {"identity": "EX01\\Scan", "differing": []},
        ],
    }
    sync = {
        "identity": "aadc01",
        "differing": ["sync_cycle_enabled"],
        "diff": {"before": {"sync_cycle_enabled": False}, "after": {"sync_cycle_enabled": True}},
    }
    answers = [
        Answer("all", "It", "mailwave.exchange.it", BeatStatus.CHANGED, values=each) for each in (told, sync)
    ]

    assert [
        'EX01\\Mail: would set bindings from ["0.0.0.0:25"] to ["10.0.0.1:25"], comment from nothing to "ours"',
        "aadc01: would set sync_cycle_enabled from false to true",
    ] == changes(a_result(PlayOutcome.OK, *answers), check=True)


def test_json_holds_everything() -> None:
    """It should give programs the findings, what was not read, and the outcome."""
    text = str(play_report.results([FOUND, NOT_READ], as_json=True))

    found, not_read = json.loads(text)
    assert (found["outcome"], found["findings"][0]["id"]) == ("failed", "tls-1-2-off")
    assert not_read["unread"][0]["id"] == "tls-1-2-off"


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([a_result(PlayOutcome.OK)], Exit.OK),
        ([a_result(PlayOutcome.OK), FOUND], Exit.FINDINGS),
        ([FOUND, NOT_READ], Exit.OUTCOME_UNKNOWN),
        ([FOUND, a_result(PlayOutcome.UNKNOWN)], Exit.OUTCOME_UNKNOWN),
        ([a_result(PlayOutcome.FAILED, a_failure())], Exit.PLAY_FAILED),
    ],
)
def test_code(results: list[PlayResult], code: Exit) -> None:
    """It should end with 0 only where everything was read and nothing is wrong."""
    assert code is play_report.code(results)
