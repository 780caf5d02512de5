"""How a run of a play ended, from what it reported."""

from __future__ import annotations

import pytest

from mailwave.core.plays import Answer, BeatStatus, Finding, PlayOutcome, PlayResult, Tally, Unread, judge


def an_answer(status: BeatStatus = BeatStatus.OK, outcome: str = "", message: str = "") -> Answer:
    return Answer("EX01", "a task", "mailwave.exchange.migration_batch", status, outcome, message)


def a_failure(outcome: str) -> Answer:
    return an_answer(BeatStatus.FAILED, outcome, "it went wrong")


@pytest.mark.parametrize(
    ("servers", "answers", "exit_code", "expected"),
    [
        ({"EX01": Tally(ok=3)}, [an_answer()], 0, PlayOutcome.OK),
        ({"EX01": Tally(ok=3, failed=1)}, [a_failure("refused")], 2, PlayOutcome.FAILED),
        ({"EX01": Tally(ok=3, failed=1)}, [a_failure("unknown")], 2, PlayOutcome.UNKNOWN),
        ({"EX01": Tally(ok=1, unreachable=1)}, [], 4, PlayOutcome.FAILED),
        (None, [], 0, PlayOutcome.UNKNOWN),
        (None, [a_failure("refused")], 2, PlayOutcome.UNKNOWN),
        ({"EX01": Tally(ok=3)}, [], 250, PlayOutcome.FAILED),
        ({"EX01": Tally(ok=3)}, [], None, PlayOutcome.FAILED),
        ({}, [], 0, PlayOutcome.FAILED),
    ],
)
def test_judge(
    servers: dict[str, Tally] | None, answers: list[Answer], exit_code: int | None, expected: PlayOutcome
) -> None:
    """It should call a run without closing report unknown, and one that reached no server failed."""
    assert expected is judge(servers=servers, answers=answers, exit_code=exit_code)


def a_result(
    outcome: PlayOutcome, *answers: Answer, said: tuple[str, ...] = (), **servers: Tally
) -> PlayResult:
    return PlayResult(play="50_start_batch", outcome=outcome, servers=servers, answers=answers, said=said)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (a_result(PlayOutcome.OK, EX01=Tally(ok=1)), ""),
        (
            a_result(PlayOutcome.FAILED, a_failure("refused"), EX01=Tally(failed=1)),
            "EX01: a task: it went wrong",
        ),
        (a_result(PlayOutcome.FAILED), "it ran on no server"),
        (a_result(PlayOutcome.UNKNOWN, said=("ERROR: no such file",)), "ERROR: no such file"),
        (a_result(PlayOutcome.UNKNOWN), "it ended without its closing report"),
    ],
)
def test_why(result: PlayResult, why: str) -> None:
    """It should say in one sentence why a run did not end well."""
    assert why == result.why


def test_changed() -> None:
    """It should have changed something when any server did."""
    assert a_result(PlayOutcome.OK, EX01=Tally(ok=1), EX02=Tally(ok=1, changed=1)).changed


def test_findings() -> None:
    """It should hand on what verdicts found and could not read as values, and nothing of other tasks."""
    finding = {
        "id": "mrs-proxy-off",
        "fact": "B44",
        "server": "EX01",
        "subject": "",
        "title": "MRSProxy is switched off",
        "found": False,
        "expected": True,
        "repair": "play 06_mrs_proxy",
        "play": "06_mrs_proxy",
    }
    unread = {
        "id": "disk-full",
        "fact": "policy",
        "server": "EX01",
        "subject": "",
        "title": "full",
        "why": "no answer",
    }
    values = {"findings": [finding], "unknown": [unread], "held": 3, "not_applicable": 0}
    verdict = Answer(
        "EX01", "The verdict", "mailwave.exchange.verdict", BeatStatus.FAILED, "refused", "", values
    )
    other = Answer("EX01", "a task", "mailwave.exchange.objects", BeatStatus.OK, values={"unknown": ["x"]})

    result = a_result(PlayOutcome.FAILED, other, verdict, EX01=Tally(failed=1))

    assert [Finding(**finding)] == list(result.findings)
    assert [Unread(**unread)] == list(result.unread)
