"""Start and stop the process that serves the simulated estate."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from rehearsal import child, kdc
from rehearsal.approvers import make_approvers
from rehearsal.errors import PREFIX, AlreadyUp, NotUp, ServerEnded, ServerFailed, ServerRefused
from rehearsal.home import ROOT, Home, Record
from rehearsal.providers import install

START_SECONDS = 100
"""How long a server that lives may take to listen: seconds on an idle machine, more than a minute on a busy one."""

STOP_SECONDS = 10
PASSPHRASE = "rehearsal"
"""It protects nothing: the salts in the rehearsal's stack files, which Git keeps, belong to this passphrase."""


@dataclass(frozen=True)
class Running:
    """A served estate: what `endpoints.json` says, and the environment in which its users run."""

    home: Home
    process: subprocess.Popen[bytes]
    endpoints: dict[str, Any]
    settings: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment with the rehearsal's settings on top."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | self.settings

    def run(
        self, command: Sequence[str], *, output: int | None = None, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run *command* as a user of this estate, with *more* variables; *output*: as in `subprocess`."""
        return child.run(
            command,
            folder=ROOT,
            environment=self.environment | dict(more or {}),
            lock=self.home.lock.fileno(),
            output=output,
        )


def start(home: Home, record: Record, first_port: int | None, *, outlive: bool) -> Running:
    """Serve the estate of *record*; unless *outlive*, the server ends when this process does, however that ends.

    Whoever has it outlive this process must `finish` it when what follows fails.
    """
    endpoints_file = home.path / "endpoints.json"
    endpoints_file.unlink(missing_ok=True)
    with (home.path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            _command(home, record, first_port, outlive=outlive),
            stdin=subprocess.DEVNULL if outlive else subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C ends the operator first, its services after it
            pass_fds=[home.lock.fileno()],
        )
    with contextlib.ExitStack() as unless_ready:
        unless_ready.callback(finish, process)
        if outlive:
            home.sign(f"process {process.pid}")
        (home.path / "server.pid").write_text(str(process.pid), encoding="ascii")
        await_listening(process, endpoints_file, home.path / "server.log")
        if (why := kdc.unproved()) is not None:
            print(why, file=sys.stderr)
        endpoints = json.loads(endpoints_file.read_text(encoding="utf-8"))
        settings = home.settings(
            environment=record.environment, cloud=endpoints["cloud"], tenant=endpoints["tenant"]
        )
        make_approvers(home.path, record.environment)
        _prepare_engine(home)
        home.write_env(settings)
        unless_ready.pop_all()
    return Running(home, process, endpoints, settings)


def _command(home: Home, record: Record, first_port: int | None, *, outlive: bool) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "rehearsal",
        "serve",
        "--home",
        str(home.path),
        "--seed",
        str(record.seed),
        "--size",
        record.size,
        "--environment",
        record.environment,
    ]
    if first_port is not None:
        command += ["--first-port", str(first_port)]
    if record.faults is not None:
        command += ["--faults", record.faults]
    return command if outlive else [*command, "--lifeline"]


def await_listening(process: subprocess.Popen[bytes], endpoints: Path, log: Path) -> None:
    """Wait until the server *process*, whose words go to *log*, has written *endpoints*, as long as it lives.

    Raises:
        ServerRefused: it ended with a sentence and advice.
        ServerFailed: it ended otherwise, or does not come to listen.
    """
    deadline = time.monotonic() + START_SECONDS
    while not endpoints.exists():
        if process.poll() is not None:
            words = log.read_text(encoding="utf-8", errors="replace").strip()
            if words.startswith(PREFIX):
                raise ServerRefused(words=words, code=process.returncode)
            raise ServerFailed(problem=words or f"exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise ServerFailed(problem=f"nothing listened after {START_SECONDS} seconds")
        time.sleep(0.02)


def _prepare_engine(home: Home) -> None:
    """Stand-in providers in a PULUMI_HOME of the rehearsal's own, a backend folder and the passphrase."""
    passphrase = home.path / "credentials" / "pulumi-passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE, encoding="ascii")
    (home.path / "state").mkdir(exist_ok=True)
    install.install(home.path / "pulumi-home")


@contextlib.contextmanager
def serving(home: Home, record: Record, first_port: int | None) -> Iterator[Running]:
    """The served estate for the time of the block."""
    running = start(home, record, first_port, outlive=False)
    try:
        yield running
    finally:
        finish(running.process)


@contextlib.contextmanager
def answering(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """A block that talks to the server *process*; raise `ServerEnded` when it fails because that is gone."""
    try:
        yield
    except (httpx2.HTTPError, OSError):
        if process.poll() is None:
            raise
        raise ServerEnded(code=process.returncode) from None


def finish(process: subprocess.Popen[bytes]) -> None:
    """End the server *process*, if it has not ended."""
    process.terminate()
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop(home: Path) -> int:
    """Stop the server that `up` left running in *home* and return its process id; raise `NotUp`."""
    pid_file = home / "server.pid"
    written = pid_file.read_text(encoding="ascii", errors="replace") if pid_file.is_file() else ""
    if not written.isdigit() or not _holds(home, pid := int(written)):
        raise NotUp
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _holds(home, pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    pid_file.unlink()
    return pid


def _holds(home: Path, pid: int) -> bool:
    """Whether the lock of *home* is held and signed by *pid*: a process id alone may have been used again."""
    try:
        with Home.held(home):
            return False
    except AlreadyUp as refusal:
        return refusal.holder == f"process {pid}"
