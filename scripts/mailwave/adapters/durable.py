"""Durable execution by DBOS: each course is a workflow, and each end of a step a row in its tables.

Those tables are scratch: beside a ledger in a file they are a file, in a ledger's PostgreSQL a schema, and may be
deleted at any time. No wait is recorded and no timer of DBOS is used: a course waits inside its step, for a turn that
is given when the clock port says so. See docs/decisions/0056-durable-execution.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Protocol

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos._error import DBOSWorkflowConflictIDError

from mailwave.adapters.durable_turns import Abandoned, Turns
from mailwave.adapters.ledger_engine import Database, database_file
from mailwave.core.courses import Step
from mailwave.ports.durable import Find, Held

VERSION = "1"
"""Of the courses. Who carries a course on has to have the same: raise it when their steps change, and what was begun
before is begun anew."""

NAME = "mailwave"
SCHEMA = "mailwave_durable"
_SUITABLE = (3, 42)
"""The SQLite that DBOS needs; Debian 12 has 3.40 (pitfall 1 of its measurements in the decision)."""

_QUEUE_SECONDS = 0.2
"""How often DBOS looks for courses that were begun."""

_END_SECONDS = 0.01

_UNDER_WAY = ["ENQUEUED", "PENDING"]
_ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


@dataclass(frozen=True)
class Scratch:
    """Where DBOS keeps its tables, and who asks: an *executor* has the same name in every life of its process."""

    url: str
    executor: str = "only"

    def config(self) -> DBOSConfig:
        """How DBOS is set up for it."""
        config: DBOSConfig = {
            "name": NAME,
            "executor_id": self.executor,
            "application_version": VERSION,
            "dbos_system_schema": SCHEMA,
            "log_level": "CRITICAL",  # what is wrong is raised, without a page of its frames
            "serializer": DBOSPortableJSONSerializer(),
            "use_listen_notify": False,  # nothing is sent to a course
        }
        file = database_file(self.url)
        if file is None:
            engine = Database.at(self.url).writer.execution_options(writes=False)
            return config | {"system_database_url": self.url, "system_database_engine": engine}
        module = suitable_sqlite()
        with module.connect(file) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # DBOS does not, and it lasts
        connection.close()
        return config | {"system_database_url": self.url, "db_engine_kwargs": {"module": module}}


def suitable_sqlite() -> ModuleType:
    """Python's own SQLite where it is new enough for DBOS, else the one that comes as a package."""
    if sqlite3.sqlite_version_info >= _SUITABLE:
        return sqlite3
    from pysqlite3 import dbapi2

    found: ModuleType = dbapi2
    return found


class Peers(Protocol):
    """The other workers of the same ledger."""

    def take_over(self, executor: str) -> bool:
        """Whether *executor* is dead, and this process is the one that shut it out of the ledger."""
        ...

    def here(self) -> Collection[str]:
        """The names of all that are at work, or were when they were last heard of; its own among them."""
        ...


class DbosDurable:
    """Carries the courses that *find* finds, on a queue of this *executor* alone. One is in a process at a time."""

    def __init__(self, find: Find, executor: str, peers: Peers | None) -> None:
        self._find = find
        self._executor = executor
        self._peers = peers
        self._turns = Turns()
        self._asked: dict[str, dict[str, int]] = {}
        """Of courses that were left to others, how many each had when this was asked last."""

    def begin(self, course: str, *, anew: bool = True, shared: bool = False) -> Held:
        """Begin the course with this id or go on with it; one that has ended begins only *anew*."""
        known = DBOS.get_workflow_status(course)
        if known is not None and known.status in _ENDED:
            if not anew:
                return Held.ENDED
            DBOS.delete_workflow(course)
            known = None
        if known is not None and known.queue_name != self._executor:
            if self._peers is None or not self._peers.take_over(str(known.queue_name)):
                return Held.ELSEWHERE
            DBOS.resume_workflow(course, queue_name=self._executor)
        if known is None and shared and not self._falls_here(course):
            return Held.ELSEWHERE
        if known is None:
            with SetWorkflowID(course):
                DBOS.enqueue_workflow(self._executor, _workflow(), course)
            if self._peers is not None and not self._has(course):
                return Held.ELSEWHERE
        self._turns.expect(course)
        return Held.HERE

    def _has(self, course: str) -> bool:
        """Whether *course* is in this worker's queue: of two who begin it at once, one has it."""
        begun = DBOS.get_workflow_status(course)
        return begun is not None and begun.queue_name == self._executor

    def _falls_here(self, course: str) -> bool:
        """Whether *course* is not better left to another worker.

        At first it always is, as others may be about to start; then to those who have less, as long as anybody begins
        anything between two questions: who was heard of and is no more waits for nobody.
        """
        if self._peers is None:
            return True
        loads = dict.fromkeys({*self._peers.here(), self._executor}, 0)
        for each in DBOS.list_workflows(status=_UNDER_WAY, load_input=False, load_output=False):
            if each.queue_name in loads:
                loads[each.queue_name] += 1
        asked, self._asked[course] = self._asked.get(course), loads
        return asked is not None and (loads[self._executor] <= min(loads.values()) or asked == loads)

    def turn(self, now: datetime) -> datetime:
        """Let every course that is due go on as far as it can; return when the next one is due."""
        due = self._turns.give(now)
        for course in self._turns.ended():  # DBOS records the end of a course after its last step
            DBOS.retrieve_workflow(course).get_result(polling_interval_sec=_END_SECONDS)
        return due

    def carry(self, course: str) -> None:
        """The body of the workflow: wait for a turn, then take each step that has not ended."""
        try:
            self._turns.arrive(course)
            for step in self._find(course).steps:
                DBOS.run_step({"name": step.name}, self._take, course, step)
        except (Abandoned, DBOSWorkflowConflictIDError):  # the latter: another worker has taken it over
            self._turns.leave(course)
            raise
        except BaseException as error:
            self._turns.leave(course, error)
            raise
        self._turns.end(course)

    def _take(self, course: str, step: Step) -> None:
        try:
            while (due := step.take()) is not None:
                self._turns.pause(course, due)
        except Abandoned:
            raise
        except BaseException as error:  # DBOS would record it as the end of the step, and of the course
            self._turns.leave(course, error)
            raise Abandoned from error

    def close(self) -> None:
        """End the threads of all courses, which stay where they are."""
        self._turns.close()


@dataclass(frozen=True)
class Dbos:
    """Opens durable execution over *scratch*, among *peers* where several workers share it."""

    scratch: Scratch
    peers: Peers | None = None

    @contextmanager
    def __call__(self, find: Find) -> Iterator[DbosDurable]:
        """Durable execution of the courses that *find* finds, for the time of the block."""
        _workflow()
        durable = DbosDurable(find, self.scratch.executor, self.peers)
        _carrying.append(durable)
        config = self.scratch.config()
        try:
            DBOS(config=config)
            DBOS.listen_queues([self.scratch.executor])
            DBOS.launch()
            DBOS.register_queue(self.scratch.executor, polling_interval_sec=_QUEUE_SECONDS)
            yield durable
        finally:
            _carrying.remove(durable)
            durable.close()
            DBOS.destroy()
            if (engine := config.get("system_database_engine")) is not None:
                engine.dispose()  # DBOS leaves alone what it did not make


_carrying: list[DbosDurable] = []
"""What the workflows of this process are carried by: DBOS knows them by name only."""


def _carry(course: str) -> None:
    if not _carrying:  # this process is about to end: DBOS must not record that the course did
        raise Abandoned
    _carrying[-1].carry(course)


@cache
def _workflow() -> Callable[[str], None]:
    """The one workflow, of which DBOS is told once a process; it may be recovered without end."""
    return DBOS.workflow(name="course", max_recovery_attempts=None)(_carry)
