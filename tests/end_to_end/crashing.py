"""A crash at one exact write: the cloud itself ends the operator, before or after the write has taken effect.

SIGKILL leaves nobody a last word, so what a kill of everything leaves is what lies on the disk and in the cloud at that
moment. That is kept at many writes of one single run, whose processes stand still meanwhile, and put back for each.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from rehearsal import server
from rehearsal.cloud import Cloud
from rehearsal.home import Asked, Home
from rehearsal.wire import Reply, Request
from tests.end_to_end.operator import WHY, Done, Operator
from tests.rehearsal.providers.project import LoopbackCloud

TENANT = "9b424469-06f1-47ec-8522-46de505d3489"
"""The tenant of the rehearsal's stacks."""

BUDGET = "azure-native:consumption:Budget"
"""Nothing depends on it, so anybody can remove it."""

SECONDS = 300


class Death(StrEnum):
    """Who is ended by SIGKILL: the rest lives on and ends by itself, or does not."""

    ALL = "operator, engine and providers"
    OPERATOR = "operator"
    ENGINE = "operator and engine"


@dataclass(frozen=True)
class Moment:
    """The *write*-th write to the cloud, counted from 1, before or *after* its effect."""

    write: int
    death: Death
    after: bool = True

    def __str__(self) -> str:
        return f"{self.death} killed {'after' if self.after else 'before'} write {self.write}"


@dataclass(frozen=True)
class Left:
    """What a kill of everything would have left: the rehearsal's folder, the cloud, and what it had made."""

    folder: Path
    cloud: Cloud
    made: Counter[str]


@dataclass
class Crashing:
    """An operator on a cloud of its own; *made* counts the objects that the cloud has made, by type."""

    operator: Operator
    cloud: LoopbackCloud
    folder: Path
    made: Counter[str] = field(default_factory=Counter)
    _moment: Moment | None = None
    _written: Callable[[int], None] | None = None
    _victim: subprocess.Popen[bytes] | None = None
    _writes: int = 0

    @classmethod
    def prepare(cls, home: Home) -> Crashing:
        """An empty cloud and an empty backend in *home*."""
        home.begin(Asked())
        (home.path / "credentials").mkdir()
        server._prepare_engine(home)
        cloud = LoopbackCloud(TENANT)
        kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        settings = home.settings(environment="rehearsal", cloud=cloud.address, tenant=TENANT)
        settings.pop("MAILWAVE_ENDPOINTS")
        found = cls(Operator(kept | settings), cloud, home.path)
        cloud.answer = found._answer
        return found

    def up_killed(self, layer: str, moment: Moment) -> bool:
        """Bring *layer* up and be killed at *moment*; whether it came to that."""
        return self.killed(moment, "infra", "up", *WHY, "--layer", layer)

    def killed(self, moment: Moment, *arguments: str) -> bool:
        """Run a command of `mailwave` and have it killed at *moment*; whether it came to that."""
        self._writes, self._moment = 0, moment
        self._victim = self.operator.start(*arguments)
        self._victim.wait(SECONDS)
        reached, self._moment = self._moment is None, None
        return reached

    def watched(self, writes: Collection[int], *arguments: str) -> tuple[dict[int, Left], int]:
        """Run a command of `mailwave` to its end: what a kill after each of *writes* leaves, and how many there are."""
        found: dict[int, Left] = {}

        def written(write: int) -> None:
            if write in writes:
                with self._standing_still():
                    found[write] = self.keep(str(write))

        self._writes, self._written = 0, written
        self._victim = self.operator.start(*arguments)
        code, self._written = self._victim.wait(SECONDS), None
        assert 0 == code
        return found, self._writes

    def keep(self, name: str) -> Left:
        """What lies on the disk and in the cloud now, kept beside the folder under *name*."""
        kept = shutil.copytree(self.folder, self.folder.with_name("left") / name, symlinks=True)
        return Left(kept, copy.deepcopy(self.cloud.cloud), self.made.copy())

    def put_back(self, left: Left) -> None:
        """Bring disk and cloud to where they were; nothing may run."""
        assert [] == self.operator.processes()
        shutil.rmtree(self.folder)
        shutil.copytree(left.folder, self.folder, symlinks=True)
        self.cloud.cloud, self.made = copy.deepcopy(left.cloud), left.made.copy()

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        assert self._victim
        mine = [self._victim.pid, *self.operator.processes()]
        for pid in mine:
            os.kill(pid, signal.SIGSTOP)
        while not all(map(stands_still, mine)):
            time.sleep(0.001)
        try:
            yield
        finally:
            for pid in mine:
                os.kill(pid, signal.SIGCONT)

    def up(self, *layers: str) -> Done:
        """Bring *layers* up in peace."""
        return self.operator.up(*layers)

    def spoil(self) -> None:
        """Change one object and remove another behind everybody's back; the next update takes two writes to heal it."""
        (account,) = self._paths(":StorageAccount")
        (budget,) = self._paths(BUDGET.removeprefix("azure-native:consumption"))
        self.cloud.send("PATCH", f"/arm{account}", {"minimumTlsVersion": "TLS1_0"})
        self.cloud.send("DELETE", f"/arm{budget}")
        self.made[BUDGET] -= 1

    def objects(self) -> Counter[str]:
        """How many objects the cloud has now, by type."""
        return Counter(row["token"] for row in self._listed())

    def _listed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.cloud.cloud.handle(Request("GET", "/cloud")).body)[
            "value"
        ]
        return rows

    def _paths(self, kind: str) -> list[str]:
        return [row["path"] for row in self._listed() if row["token"].endswith(kind)]

    def close(self) -> None:
        """End whatever still runs, and the cloud."""
        kill(self.operator.processes())
        self.cloud.close()

    def _answer(self, request: Request) -> Reply:
        if request.method == "GET":
            return self.cloud.cloud.handle(request)
        self._writes += 1
        moment = self._moment
        dies = moment is not None and self._writes == moment.write
        if dies and moment and not moment.after:
            self._strike(moment)
            return Reply(503)
        reply = self._perform(request)
        if dies and moment:
            self._strike(moment)
        if self._written:
            self._written(self._writes)
        return reply

    def _perform(self, request: Request) -> Reply:
        before = self.objects()
        reply = self.cloud.cloud.handle(request)
        self.made += self.objects() - before
        return reply

    def _strike(self, moment: Moment) -> None:
        self._moment = None
        assert self._victim
        mine = self.operator.processes()
        self._victim.kill()
        if moment.death is Death.ALL:
            kill(mine)
        elif moment.death is Death.ENGINE:
            kill(pid for pid in mine if os.getsid(pid) == pid)


def stands_still(pid: int) -> bool:
    """Whether every thread of a process is stopped, or the process has ended."""
    states = []
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):
            states.append(thread.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0])
    return set(states) <= {"T", "Z", "X"}


def kill(pids: Iterable[int]) -> None:
    """End processes as a power cut would."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
