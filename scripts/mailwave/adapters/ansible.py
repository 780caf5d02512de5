"""Ansible: one play in, one typed result out.

Each run has a private data folder of its own, made for it and removed after it, so that nothing of one run can be read
by the next. Ansible runs out of process and with a short list of environment variables: it sees the credentials' files
through the endpoints file, and no secret of the operator command.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mailwave.adapters.ansible_protocol import Answered, Closed, Ended, Message, Order, Progress, Said
from mailwave.core.plays import Answer, Beat, PlayResult, Tally, judge

Variable = str | int | bool
OnBeat = Callable[[Beat], None]

ENVIRONMENT = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "NO_PROXY"),
    *("KRB5_CONFIG", "KRB5CCNAME"),
)
"""What a play may see of the command's environment variables."""

LONGEST = 3600
"""Seconds; a cmdlet may take 15 minutes (fact A26), and a play has a few."""

GRACE = 20.0
"""Seconds that a play gets to end after it was told to."""

SAID = 20
"""How many of the lines printed outside tasks are kept."""

ERRORS = "worker.err"
"""The file of a run's private folder that keeps what its process says beside its messages."""

_CUT_OFF = {"timeout": "it took too long and was ended", "canceled": "it was cancelled"}
_TEMPLATE = re.compile(r"\{[{%#]")
_SECRET = re.compile(r"pass(word|phrase|wd)?|secret|token|credential|private_?key|api_?key", re.IGNORECASE)


class NoSuchPlay(Exception):
    """There is no playbook called *play*; *known* are those that there are."""

    def __init__(self, *, play: str, known: Sequence[str]) -> None:
        self.play = play
        self.known = list(known)
        super().__init__(f"there is no play {play!r}; there are {', '.join(known)}")


class VariableRefused(Exception):
    """The variable *name* may not be handed to a play: *why*."""

    def __init__(self, *, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"variable {name!r} is not handed to a play: {why}")


class PlayRefusedInDryRun(Exception):
    """*play* was to change something, in a dry run."""

    def __init__(self, *, play: str) -> None:
        self.play = play
        super().__init__(f"play {play!r} may change something and this is a dry run")


@dataclass
class _Run:
    """What a run has reported so far."""

    answers: list[Answer] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    servers: dict[str, Tally] | None = None
    exit_code: int | None = None

    def take(self, message: Message, on_beat: OnBeat | None) -> None:
        match message:
            case Progress(beat):
                if on_beat:
                    on_beat(beat)
            case Answered(answer):
                self.answers.append(answer)
            case Said(lines):
                self.said = [*self.said, *filter(str.strip, lines)][-SAID:]
            case Closed(servers):
                self.servers = servers
            case Ended(exit_code, status):
                self.exit_code = exit_code
                if status in _CUT_OFF:
                    self.said.append(_CUT_OFF[status])


class Ansible:
    """Runs the playbooks of the folder *playbooks* on the servers of the estate file *inventory*.

    *endpoints* is the endpoints file. A dry run lets only check mode pass. *seconds* is the longest a play may take.
    """

    def __init__(
        self,
        playbooks: Path,
        inventory: Path,
        endpoints: Path,
        *,
        dry_run: bool = True,
        seconds: int = LONGEST,
    ) -> None:
        self._playbooks = playbooks.resolve()
        self._inventory = inventory.resolve()
        self._endpoints = endpoints.resolve()
        self._dry_run = dry_run
        self._seconds = seconds

    def run_play(
        self,
        play: str,
        *,
        variables: Mapping[str, Variable] | None = None,
        servers: Sequence[str] = (),
        check: bool = False,
        on_beat: OnBeat | None = None,
    ) -> PlayResult:
        """Run *play* on *servers* (all that it is for, when none is named) and return what came of it.

        In *check* nothing changes and every answer is a prediction. A run that was cut off, or took too long, is
        UNKNOWN, never failed.

        Raises:
            NoSuchPlay: there is no such playbook.
            VariableRefused: a variable looks like a secret or like a template.
            PlayRefusedInDryRun: it is no check, and this is a dry run.
        """
        if self._dry_run and not check:
            raise PlayRefusedInDryRun(play=play)
        self._refuse_unknown(play)
        _refuse_unfit(variables or {})
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="mailwave-play-") as private:
            order = Order(
                playbook=f"{play}.yml",
                project=str(self._playbooks),
                private=private,
                inventory=str(self._inventory),
                variables=dict(variables or {}),
                arguments="--check --diff" if check else "--diff",
                seconds=self._seconds,
                limit=",".join(servers),
            )
            run = self._carry_out(order, on_beat)
        return PlayResult(
            play=play,
            outcome=judge(servers=run.servers, answers=run.answers, exit_code=run.exit_code),
            servers=run.servers or {},
            answers=tuple(run.answers),
            said=tuple(run.said),
            seconds=time.monotonic() - begun,
        )

    def _refuse_unknown(self, play: str) -> None:
        known = sorted(path.stem for path in self._playbooks.glob("[0-9]*.yml"))
        if play not in known:
            raise NoSuchPlay(play=play, known=known)

    def _carry_out(self, order: Order, on_beat: OnBeat | None) -> _Run:
        run = _Run()
        decode = msgspec.json.Decoder(Message).decode
        with _worker(order, self._environment(order.private)) as process:
            for line in _lines(process, time.monotonic() + order.seconds + GRACE):
                run.take(decode(line), on_beat)
        if run.servers is None:
            words = Path(order.private, ERRORS).read_text(encoding="utf-8", errors="replace")
            run.take(Said(words.splitlines()), None)
        return run

    def _environment(self, private: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        programs = Path(sys.executable).parent
        return kept | {
            "PATH": f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}",
            "ANSIBLE_CONFIG": str(self._playbooks / "ansible.cfg"),
            "ANSIBLE_HOME": f"{private}/ansible",
            "TMPDIR": private,
            "ANSIBLE_NOCOLOR": "1",
            "MAILWAVE_ENDPOINTS": str(self._endpoints),
        }


def _refuse_unfit(variables: Mapping[str, Variable]) -> None:
    """Variables travel on a command line, which others can see, and Ansible takes them for templates."""
    for name, value in variables.items():
        if _SECRET.search(name):
            raise VariableRefused(
                name=name, why="its name is that of a secret; name a file in the endpoints file"
            )
        if isinstance(value, str) and _TEMPLATE.search(value):
            raise VariableRefused(name=name, why="Ansible would take its value for a template")


@contextmanager
def _worker(order: Order, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The process that runs *order*; leaving the block early cancels the play and waits for it to end."""
    with Path(order.private, ERRORS).open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailwave.adapters.ansible_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=dict(environment),
            start_new_session=True,  # Ctrl-C is for the operator command, which then cancels the play in order
        )
    assert process.stdin is not None  # noqa: S101  both pipes were asked for above
    with process:
        try:
            with suppress(BrokenPipeError):  # it could not even start; what it said of that is in ERRORS
                process.stdin.write(msgspec.json.encode(order) + b"\n")
                process.stdin.flush()
            yield process
        finally:
            _end(process)
            _end_stragglers(order.private)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the worker's standard input, which cancels what still runs, and see it end."""
    with suppress(BrokenPipeError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_stragglers(private: str) -> None:
    """End what a killed play left behind; its processes are known by the run's *private* folder in their environment.

    Ansible's own workers lead sessions of their own and wait for a dead play for ever (seen with ansible-core 2.21).
    Looks in /proc, so it ends nothing where there is none.
    """
    mark = f"TMPDIR={private}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            if mark in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)


def _lines(process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
    """The whole lines that *process* writes, until it ends or *deadline* (monotonic seconds) passes."""
    assert process.stdout is not None  # noqa: S101  the pipe was asked for
    descriptor, rest = process.stdout.fileno(), b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            return
        data = os.read(descriptor, 65536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
