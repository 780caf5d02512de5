"""An outside and a clock that several worker processes share, in a process that none of their deaths reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.managers import BaseManager
from pathlib import Path
from threading import Condition, Lock
from typing import Any

from bench.evening.outside import Outside
from bench.evening.run import BEGIN, drawn

NOTED = ("start", "endpoints")
"""Of whom it is asked who called them: who started which batch, and who governed."""

KEY = b"nobody else is on this socket"


class Meeting:
    """Virtual time that moves on only when all who are here are asleep, to the first moment that one of them wants.

    A worker that died keeps its place until it is back, so that time does not run away while its database is down; one
    that is frozen is sent away by whoever froze it.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._asleep: dict[str, datetime] = {}
        self._here: set[str] = set()
        self._changed = Condition()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        with self._changed:
            return self._now

    def come(self, who: str) -> None:
        """*who* is here, and awake."""
        with self._changed:
            self._here.add(who)
            self._asleep.pop(who, None)

    def go(self, who: str) -> None:
        """*who* is not waited for any more."""
        with self._changed:
            self._here.discard(who)
            self._asleep.pop(who, None)
            self._move_on()

    def sleep_until(self, who: str, when: datetime) -> None:
        """Return once *when* has come."""
        with self._changed:
            self._asleep[who] = when
            self._move_on()
            self._changed.wait_for(lambda: self._now >= when)
            self._asleep.pop(who, None)

    def _move_on(self) -> None:
        if self._here and self._here <= self._asleep.keys():
            self._now = max(self._now, min(self._asleep.values()))
            self._changed.notify_all()


class World:
    """What is outside, asked by one process at a time, and its clock."""

    def __init__(self) -> None:
        self.clock = Meeting(BEGIN)
        self._outside = Outside(self.clock.now, drawn)
        self._asking = Lock()
        self._noted: list[tuple[str, str, str]] = []

    def ask(self, who: str, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call one method of the outside, as the worker *who*."""
        with self._asking:
            if name in NOTED:
                self._noted.append((name, who, str(arguments[0].stem) if arguments else ""))
            return getattr(self._outside, name)(*arguments, **named)

    def time(self, name: str, *arguments: Any) -> Any:
        """Call one method of the clock."""
        return getattr(self.clock, name)(*arguments)

    def noted(self) -> list[tuple[str, str, str]]:
        """Which worker has called which of the methods `NOTED`, for which batch, in that order."""
        return list(self._noted)

    def accounts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How often each notice was sent, and each batch made."""
        return dict(self._outside.sent), dict(self._outside.made)


class _Server(BaseManager):
    pass


_WORLD: list[World] = []


def _world() -> World:
    if not _WORLD:
        _WORLD.append(World())
    return _WORLD[0]


_Server.register("world", _world, exposed=("ask", "time", "accounts", "noted"))


@contextmanager
def served(socket: Path) -> Iterator[Any]:
    """Serve a new world at *socket* for the time of the block."""
    manager = _Server(address=str(socket), authkey=KEY)
    manager.start()
    try:
        yield manager.world()  # type: ignore[attr-defined]  # registered above
    finally:
        manager.shutdown()


def joined(socket: Path) -> Any:
    """The world that another process serves at *socket*."""
    manager = _Server(address=str(socket), authkey=KEY)
    manager.connect()
    return manager.world()  # type: ignore[attr-defined]  # registered above


class Remote:
    """The outside of *world*, as every port there is, for the worker *who*."""

    names = ("office",)

    def __init__(self, world: Any, who: str) -> None:
        self._world = world
        self._who = who

    def __getattr__(self, name: str) -> Any:
        """One of its methods."""
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._world.ask(self._who, name, tuple(map(_listed, arguments)), named)

        return call


def _listed(each: Any) -> Any:
    """A view or what is made one by one as a list, which can be sent."""
    return (
        list(each) if isinstance(each, Iterable) and not isinstance(each, str | list | Path | tuple) else each
    )


class RemoteClock:
    """The clock of *world* as the worker *name* has it."""

    def __init__(self, world: Any, name: str) -> None:
        self._world = world
        self._name = name

    def now(self) -> datetime:
        """The present moment, in UTC."""
        found: datetime = self._world.time("now")
        return found

    def sleep_until(self, when: datetime) -> None:
        """Return once *when* has come."""
        self._world.time("sleep_until", self._name, when)
