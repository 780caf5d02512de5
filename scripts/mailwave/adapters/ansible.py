"""Ansible: one play in, one typed result out.

Each run has a private data folder of its own, made for it and removed after it, so that nothing of one run can be read
by the next. Ansible runs out of process and with a short list of environment variables: it sees the credentials' files
through the endpoints file, and no secret of the operator command. Whatever comes back is searched for those secrets
before anybody sees it.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mailwave.adapters.ansible_process import ERRORS, GRACE, lines, worker
from mailwave.adapters.ansible_protocol import Answered, Closed, Ended, Message, Order, Progress, Said, Turned
from mailwave.adapters.play_files import last_play
from mailwave.adapters.play_lock import alone
from mailwave.adapters.secrets import Censor
from mailwave.adapters.stragglers import end_stragglers
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.core.play_table import NoSuchPlay
from mailwave.core.plays import Answer, Beat, BeatStatus, PlayResult, Tally, judge

Variable = str | int | bool
OnBeat = Callable[[Beat], None]
OnDone = Callable[[str], None]

ENVIRONMENT = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "NO_PROXY"),
    *("KRB5_CONFIG", "KRB5CCNAME"),
)
"""What a play may see of the command's environment variables."""

LONGEST = 3600
"""Seconds; a cmdlet may take 15 minutes (fact A26), and a play has a few."""

THROTTLED = "throttled"
"""The value of an answer that names the cmdlet of each request that Exchange Online has put off (429)."""

MARK = "MAILWAVE_PLAY"
"""The variable in the environment of a play's processes that says whose they are."""

SAID = 20
"""How many of the lines printed outside tasks are kept."""

_CUT_OFF = {"timeout": "it took too long and was ended", "canceled": "it was cancelled"}
_TEMPLATE = re.compile(r"\{[{%#]")
_SECRET = re.compile(r"pass(word|phrase|wd)?|secret|token|credential|private_?key|api_?key", re.IGNORECASE)
_TROUBLE = {BeatStatus.FAILED, BeatStatus.UNREACHABLE}


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
    """What a run has reported so far. *play* is the name of its playbook's last play, which is the one that counts.

    Ansible takes the servers of a play in batches where it is told to, and goes on to the next batch only when it is
    through with one: then *on_done* is told of each server of that batch on which nothing failed.
    """

    play: str
    on_beat: OnBeat | None = None
    on_done: OnDone | None = None
    answers: list[Answer] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    servers: dict[str, Tally] | None = None
    exit_code: int | None = None
    under_way: dict[str, bool] = field(default_factory=dict)
    announce: Announce = nowhere

    def take(self, message: Message) -> None:
        match message:
            case Progress(beat):
                self._beat(beat)
            case Answered(answer):
                self.answers.append(answer)
                for cmdlet in answer.values.get(THROTTLED, ()):
                    text = f"put off by Exchange Online (429) in play {self.play!r}"
                    self.announce(Event(Kind.THROTTLED, str(cmdlet), text))
            case Said(lines):
                self.said = [*self.said, *filter(str.strip, lines)][-SAID:]
            case Turned():
                self._turn()
            case Closed(servers):
                self._turn()
                self.servers = servers
            case Ended(exit_code, status):
                self.exit_code = exit_code
                if status in _CUT_OFF:
                    self.said.append(_CUT_OFF[status])

    def _beat(self, beat: Beat) -> None:
        if beat.play == self.play:
            self.under_way[beat.server] = (
                self.under_way.get(beat.server, True) and beat.status not in _TROUBLE
            )
        if self.on_beat:
            self.on_beat(beat)

    def _turn(self) -> None:
        through, self.under_way = self.under_way, {}
        for server, well in through.items():
            if well and self.on_done:
                self.on_done(server)


class Ansible:
    """Runs the playbooks of the folder *playbooks* on the servers of the estate file *inventory*.

    *endpoints* is the endpoints file. A dry run lets only check mode pass. *seconds* is the longest a play may take.
    *locks* is a folder in which a play that changes something is locked while it runs. *announce* is told of each
    request of a play that Exchange Online has put off.
    """

    def __init__(
        self,
        playbooks: Path,
        inventory: Path,
        endpoints: Path,
        *,
        dry_run: bool = True,
        seconds: int = LONGEST,
        locks: Path | None = None,
        announce: Announce = nowhere,
    ) -> None:
        self._playbooks = playbooks.resolve()
        self._inventory = inventory.resolve()
        self._endpoints = endpoints.resolve()
        self._dry_run = dry_run
        self._seconds = seconds
        self._locks = locks
        self._announce = announce

    def run_play(
        self,
        play: str,
        *,
        variables: Mapping[str, Variable] | None = None,
        servers: Sequence[str] = (),
        check: bool = False,
        on_beat: OnBeat | None = None,
        on_done: OnDone | None = None,
    ) -> PlayResult:
        """Run *play* on *servers* (all that it is for, when none is named) and return what came of it.

        In *check* nothing changes and every answer is a prediction. A run that was cut off, or took too long, is
        UNKNOWN, never failed. *on_done* is told of each server that the play is through with, without a failure.

        Raises:
            NoSuchPlay: there is no such playbook.
            VariableRefused: a variable looks like a secret or like a template, or holds a secret.
            PlayRefusedInDryRun: it is no check, and this is a dry run.
            PlayUnderWay: another command runs it.
        """
        if self._dry_run and not check:
            raise PlayRefusedInDryRun(play=play)
        self._refuse_unknown(play)
        censor = Censor.of_endpoints(self._endpoints)
        refuse_unfit(variables or {}, censor)
        begun = time.monotonic()
        name = str(last_play(self._playbooks / f"{play}.yml").get("name", ""))
        run = _Run(name, on_beat, None if check else on_done, announce=self._announce)
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
            with self._alone(play, check=check) as inherited:
                if inherited:
                    end_stragglers(
                        f"{MARK}={self._whose(play)}"
                    )  # of a run all of whose watchers were killed
                self._carry_out(order, run, censor, inherited)
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

    def _alone(self, play: str, *, check: bool) -> AbstractContextManager[tuple[int, ...]]:
        if self._locks is None or check:
            return nullcontext(())
        return alone(self._locks / f"{play}.lock", play)

    def _whose(self, play: str) -> str:
        """What the processes of *play* have as `MARK` in their environment, by which a later run of it knows them."""
        return f"{self._locks}/{play}"

    def _carry_out(self, order: Order, run: _Run, censor: Censor, inherited: tuple[int, ...]) -> None:
        decode = msgspec.json.Decoder(Message).decode
        with worker(order, self._environment(order), inherited) as process:
            for line in lines(process, time.monotonic() + order.seconds + GRACE):
                run.take(decode(censor.line(line)))
        if run.servers is None:
            words = Path(order.private, ERRORS).read_text(encoding="utf-8", errors="replace")
            run.take(Said(censor.text(words).splitlines()))

    def _environment(self, order: Order) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        programs = Path(sys.executable).parent
        return kept | {
            "PATH": f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}",
            "ANSIBLE_CONFIG": str(self._playbooks / "ansible.cfg"),
            "ANSIBLE_HOME": f"{order.private}/ansible",
            "TMPDIR": order.private,
            MARK: self._whose(order.playbook.removesuffix(".yml")),
            "ANSIBLE_NOCOLOR": "1",
            "MAILWAVE_ENDPOINTS": str(self._endpoints),
        }


def refuse_unfit(variables: Mapping[str, Variable], censor: Censor) -> None:
    """Variables travel on a command line, which others can see, and Ansible takes them for templates.

    Raises:
        VariableRefused: a variable looks like a secret or like a template, or holds a secret.
    """
    for name, value in variables.items():
        if _SECRET.search(name):
            raise VariableRefused(
                name=name, why="its name is that of a secret; name a file in the endpoints file"
            )
        if isinstance(value, str) and _TEMPLATE.search(value):
            raise VariableRefused(name=name, why="Ansible would take its value for a template")
        if censor.text(str(value)) != str(value):
            raise VariableRefused(name=name, why="its value holds a credential of the endpoints file")
