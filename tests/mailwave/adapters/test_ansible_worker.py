"""What the process around a play makes of ansible-runner's events."""

from __future__ import annotations

import io
from typing import Any

import msgspec

from mailwave.adapters.ansible_protocol import Answered, Closed, Message, Progress, Said
from mailwave.adapters.ansible_worker import Reporter
from mailwave.core.plays import Answer, Beat, BeatStatus, Tally

TASK = {
    "play": "Start",
    "host": "EX01",
    "task": "The batch runs",
    "resolved_action": "mailwave.exchange.migration_batch",
}


def messages(event: str, data: dict[str, Any] | None = None, stdout: str = "") -> list[Message]:
    channel = io.BytesIO()
    kept = Reporter(channel).event({"event": event, "event_data": data or {}, "stdout": stdout})
    assert not kept
    return [msgspec.json.decode(line, type=Message) for line in channel.getvalue().splitlines()]


def test_task_of_ours() -> None:
    """It should pass on what a task of the collection returned, without what Ansible adds."""
    result = {"changed": True, "guid": "x", "invocation": {"digest": "y"}, "_ansible_no_log": False}

    assert [
        Progress(Beat("Start", "EX01", "The batch runs", BeatStatus.CHANGED)),
        Answered(
            Answer(
                "EX01", "The batch runs", TASK["resolved_action"], BeatStatus.CHANGED, values={"guid": "x"}
            )
        ),
    ] == messages("runner_on_ok", {**TASK, "res": result})


def test_task_of_others() -> None:
    """It should tell of a task of another collection, and not pass on what it returned."""
    data = {**TASK, "resolved_action": "ansible.builtin.assert", "res": {"changed": False}}

    assert [Progress(Beat("Start", "EX01", "The batch runs", BeatStatus.OK))] == messages(
        "runner_on_ok", data
    )


def test_change_by_others() -> None:
    """It should tell which turns of another collection's loop changed something, and not pass on what they returned."""
    turns = [
        {"changed": True, "item": {"path": "P"}, "_ansible_item_label": "P\\Enabled", "content": "x"},
        {"changed": False, "item": "Q"},
        {"changed": True, "item": "R"},
        {"changed": True, "item": {"no": "label"}},
    ]
    data = {
        **TASK,
        "resolved_action": "ansible.windows.win_regedit",
        "res": {"changed": True, "results": turns},
    }

    _, answered = messages("runner_on_ok", data)

    assert isinstance(answered, Answered)
    assert {"turns": ["P\\Enabled", "R"]} == answered.answer.values


def test_failure() -> None:
    """It should pass on a failure with its outcome and sentence, whoever's task it was."""
    failed = {"failed": True, "msg": "nobody knows", "outcome": "unknown", "error": "OutcomeUnknown"}
    _, answered = messages("runner_on_failed", {**TASK, "res": failed})

    assert isinstance(answered, Answered)
    assert ("unknown", "nobody knows") == (answered.answer.outcome, answered.answer.message)


def test_failure_without_outcome() -> None:
    """It should call a failure that says nothing of its outcome just failed."""
    _, answered = messages("runner_on_failed", {**TASK, "res": {"msg": "assertion failed"}})

    assert isinstance(answered, Answered)
    assert answered.answer.outcome == "failed"


def test_closing_report() -> None:
    """It should count each server's tasks, also where a server appears under one heading only."""
    data = {"ok": {"EX01": 3}, "changed": {"EX01": 1}, "failures": {"EX02": 1}, "dark": {}, "skipped": {}}

    assert [Closed({"EX01": Tally(ok=3, changed=1), "EX02": Tally(failed=1)})] == messages(
        "playbook_on_stats", data
    )


def test_printed_lines() -> None:
    """It should pass on what was printed outside tasks."""
    assert [Said(["ERROR!", "no such file"])] == messages("error", stdout="ERROR!\nno such file")


def test_everything_else_is_dropped() -> None:
    """It should pass on nothing of the events that the command does not use."""
    assert messages("playbook_on_task_start", TASK, stdout="TASK [The batch runs]") == []
