"""The engine as a process: in a session of its own, marked with whose it is, and ended when its operator is dead.

A mark in the environment is inherited by the providers that the engine starts, lives exactly as long as they do, and
needs no file: whatever else is killed, the next run finds every process that still works for a dead one. Process ids
are used again, so an owner is its id and its start time, and signals go through a descriptor of the process that was
looked at. Linux only: it reads /proc.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi import automation as auto
from pulumi.automation.errors import create_command_error

MARK = "MAILWAVE_ENGINE_OF"
"""The environment variable with the mark: the owner's process id and start, then the stack and its backend."""

WRITING = ("up", "destroy")
"""The engine's commands that are marked: nothing else leaves an effect behind."""

GRACE = 40.0
"""Seconds that an orphan gets to end what it has under way; our providers take at most 30."""

_PROC = Path("/proc")


@dataclass(frozen=True)
class Owner:
    """A process of this machine: *start* is in clock ticks since the machine started."""

    pid: int
    start: int

    @classmethod
    def me(cls) -> Owner:
        """This process."""
        return cls(os.getpid(), _start(os.getpid()) or 0)

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs, and not another with its id."""
        return _start(self.pid) == self.start


@dataclass(frozen=True)
class Orphan:
    """A process that works on a stack for a dead owner, by its *descriptor*, which only it can have."""

    pid: int
    descriptor: int
    is_engine: bool

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, number)

    def ended_by(self, deadline: float) -> bool:
        """Wait for its end, no longer than until *deadline* (monotonic seconds)."""
        left = max(0.0, deadline - time.monotonic())
        return bool(select.select([self.descriptor], [], [], left)[0])


class EngineCommand(auto.PulumiCommand):
    """`pulumi`, in a session of its own: Ctrl-C is for the operator command, which passes it on and waits."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> auto.CommandResult:
        """Run one command; raise what the Automation API raises for its failure."""
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        if args[0] in WRITING:
            environment[MARK] = _mark(_stack_of(args), environment)
        with subprocess.Popen(
            [self.command, "--non-interactive", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            output, errors = _outcome(process)
        result = auto.CommandResult(stdout=output.rstrip(), stderr=errors.rstrip(), code=process.returncode)
        if process.returncode:
            raise create_command_error(result)
        return result


def _outcome(process: subprocess.Popen[str]) -> tuple[str, str]:
    try:
        return process.communicate()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)  # it ends what is under way, and frees the stack
        process.communicate()
        raise


def _stack_of(args: Sequence[str]) -> str:
    return args[args.index("--stack") + 1]


def _mark(stack: str, environment: Mapping[str, str]) -> str:
    me = Owner.me()
    return f"{me.pid} {me.start} {_place(stack, environment)}"


def _place(stack: str, environment: Mapping[str, str]) -> str:
    """Which stack of which backend: two rehearsals on one machine have the same stacks."""
    return f"{stack.rpartition('/')[2]} {environment.get('PULUMI_BACKEND_URL', '')}"


@contextlib.contextmanager
def orphans(stack: str) -> Iterator[list[Orphan]]:
    """The processes that work on *stack* for an owner that is dead."""
    found: list[Orphan] = []
    try:
        for folder in _PROC.glob("[0-9]*"):
            orphan = _orphan(int(folder.name), _place(stack, os.environ))
            found += [orphan] if orphan else []
        yield found
    finally:
        for orphan in found:
            os.close(orphan.descriptor)


def _orphan(pid: int, place: str) -> Orphan | None:
    try:
        descriptor = os.pidfd_open(
            pid
        )  # before it is looked at: from here on the id cannot mean another process
    except OSError:
        return None
    mark = _read_mark(pid).split(" ", maxsplit=2)
    if mark[2:] == [place] and not Owner(int(mark[0]), int(mark[1])).is_alive:
        return Orphan(pid, descriptor, is_engine=os.getsid(pid) == pid)
    os.close(descriptor)
    return None


def _read_mark(pid: int) -> str:
    """The mark in the process's environment; empty where there is none or the process is another user's."""
    try:
        variables = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    name = f"{MARK}=".encode()
    return next((each[len(name) :].decode() for each in variables if each.startswith(name)), "")


def end(found: Sequence[Orphan], grace: float = GRACE) -> None:
    """End every orphan: engines first, which finish and record what they have under way, then providers.

    What does not end in *grace* seconds is killed. On return none of them runs, so that nothing can still be sent.
    """
    for group in (
        [each for each in found if each.is_engine],
        [each for each in found if not each.is_engine],
    ):
        for orphan in group:
            orphan.send(signal.SIGINT)
        deadline = time.monotonic() + grace
        for orphan in group:
            if not orphan.ended_by(deadline):
                orphan.send(signal.SIGKILL)
                orphan.ended_by(time.monotonic() + grace)


def was_alive(pid: int, at: datetime) -> bool:
    """Whether the process with id *pid* is the one that had it at the moment *at*, and still runs."""
    start = _start(pid)
    return start is not None and _moment(start) <= at.timestamp() + 1


def _moment(ticks: int) -> float:
    """The moment *ticks* after the machine started, in seconds since 1970."""
    lines = (_PROC / "stat").read_text(encoding="ascii").splitlines()
    booted = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
    return booted + ticks / os.sysconf("SC_CLK_TCK")


def _start(pid: int) -> int | None:
    """When the process started, in ticks; None when there is none, or one that has ended and was not collected."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def moment_of(text: str) -> datetime:
    """The time in a lock's description, with its zone; one without is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
