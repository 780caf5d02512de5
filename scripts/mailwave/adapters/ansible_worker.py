"""The process that runs one play with ansible-runner; adapters/ansible.py starts it, and nothing else should.

ansible-runner forks to make its terminal, and forking a process with threads, such as the operator command with an
engine inside, may hang it. Here there are no threads. This process also ties the play's life to the command's: its
standard input stays open as long as the command wants the play, and its end cancels the play.

Events are boiled down to what the command uses and none is written to disk: they carry task arguments and results.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import ansible_runner
import msgspec

from mailwave.adapters.ansible_protocol import Answered, Closed, Ended, Message, Order, Progress, Said, Turned
from mailwave.adapters.stragglers import end_stragglers
from mailwave.core.plays import Answer, Beat, BeatStatus, Tally

COLLECTION = "mailwave.exchange."
_STATUSES = {
    "runner_on_start": BeatStatus.STARTED,
    "runner_on_ok": BeatStatus.OK,
    "runner_on_skipped": BeatStatus.SKIPPED,
    "runner_on_failed": BeatStatus.FAILED,
    "runner_on_unreachable": BeatStatus.UNREACHABLE,
}
_NOT_VALUES = {"changed", "failed", "msg", "invocation", "exception", "outcome"}
_PRINTED = {"verbose", "warning", "system_warning", "deprecated", "error", "playbook_on_no_hosts_matched"}


class Reporter:
    """Turns ansible-runner's events into messages on *channel*."""

    def __init__(self, channel: BinaryIO) -> None:
        self._channel = channel

    def send(self, message: Message) -> None:
        """Write one message."""
        self._channel.write(msgspec.json.encode(message) + b"\n")

    def event(self, event: Mapping[str, Any]) -> bool:
        """Take one event; the answer tells ansible-runner not to keep it."""
        kind, data = event["event"], event.get("event_data") or {}
        if kind in _STATUSES:
            self._task(_STATUSES[kind], data)
        elif kind == "playbook_on_play_start":
            self.send(Turned())
        elif kind == "playbook_on_stats":
            self.send(Closed(_tallies(data)))
        elif kind in _PRINTED and event.get("stdout"):
            self.send(Said(event["stdout"].splitlines()))
        return False

    def _task(self, status: BeatStatus, data: Mapping[str, Any]) -> None:
        result = data.get("res") or {}
        if status is BeatStatus.OK and result.get("changed"):
            status = BeatStatus.CHANGED
        if status is BeatStatus.FAILED and data.get("ignore_errors"):
            status = BeatStatus.OK
        server, task, action = data.get("host", ""), data.get("task", ""), data.get("resolved_action", "")
        self.send(Progress(Beat(data.get("play", ""), server, task, status)))
        action = action or data.get("task_action", "")
        ours = action.startswith(COLLECTION)
        if status is BeatStatus.CHANGED and not ours:
            result = _changed_by_others(result)
        answer = _answer(server, task, action, status, result)
        if answer.failed or status is BeatStatus.CHANGED or (ours and status is not BeatStatus.STARTED):
            self.send(Answered(answer))


def _changed_by_others(result: Mapping[str, Any]) -> dict[str, Any]:
    """Which turns of a loop changed something, and no more: what others return may hold the contents of files."""
    turns = [each for each in result.get("results") or () if each.get("changed")]
    labels = [each.get("_ansible_item_label", each.get("item")) for each in turns]
    return {"turns": [label for label in labels if isinstance(label, str)]}


def _answer(server: str, task: str, action: str, status: BeatStatus, result: Mapping[str, Any]) -> Answer:
    failed = status in {BeatStatus.FAILED, BeatStatus.UNREACHABLE}
    values = {
        key: value for key, value in result.items() if key not in _NOT_VALUES and not key.startswith("_")
    }
    return Answer(
        server=server,
        task=task,
        action=action,
        status=status,
        outcome=str(result.get("outcome") or "failed") if failed else "",
        message=str(result.get("msg") or ""),
        values=values,
    )


def _tallies(data: Mapping[str, Any]) -> dict[str, Tally]:
    counts = {name: data.get(key) or {} for name, key in _COUNTS.items()}
    servers = sorted({server for of_servers in counts.values() for server in of_servers})
    return {server: Tally(**{name: counts[name].get(server, 0) for name in counts}) for server in servers}


_COUNTS = {
    "ok": "ok",
    "changed": "changed",
    "failed": "failures",
    "unreachable": "dark",
    "skipped": "skipped",
}


def cancelled() -> bool:
    """Whoever ordered the play closed its end of standard input, or is gone."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


def _write_settings(order: Order) -> None:
    """Settings go into a file: ansible-runner 2.4 drops those it is handed when that file is missing.

    The time-out of pexpect is how long a quiet play keeps ansible-runner from looking at its clock and at `cancelled`.
    """
    folder = Path(order.private, "env")
    folder.mkdir()
    settings = {"pexpect_timeout": 1, "job_timeout": order.seconds, "suppress_output_file": True}
    (folder / "settings").write_bytes(msgspec.json.encode(settings))


def run(order: Order, reporter: Reporter) -> None:
    """Run the play and report on it."""
    _write_settings(order)
    runner = ansible_runner.run(
        private_data_dir=order.private,
        project_dir=order.project,
        playbook=order.playbook,
        inventory=order.inventory,
        extravars=order.variables,
        cmdline=order.arguments,
        limit=order.limit or None,
        suppress_env_files=True,  # values would stay in env/ and leak into a next run
        quiet=True,
        event_handler=reporter.event,
        cancel_callback=cancelled,
    )
    reporter.send(Ended(runner.rc, runner.status))


def main() -> None:
    """Read the order from standard input, run it, and write messages to what was standard output."""
    command = os.getppid()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as channel:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not mix with the messages
        line = sys.stdin.buffer.readline()  # the only line: nothing is left behind for cancelled() to miss
        order = msgspec.json.decode(line, type=Order)
        try:
            run(order, Reporter(channel))
        finally:
            if os.getppid() != command:  # whoever should see to the end of the run was killed
                end_stragglers(f"TMPDIR={order.private}")
                shutil.rmtree(order.private, ignore_errors=True)


if __name__ == "__main__":
    main()
