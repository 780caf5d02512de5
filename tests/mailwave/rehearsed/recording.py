"""Writes down what one process asked of the outside and of its ledger, and what it was told, as a history of calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from mailwave.core.outcomes import ActPostponed, ActRefused
from tests.mailwave.rehearsed.histories import OK, REFUSED, UNKNOWN, Call

CHANGES = {
    "complete": "complete",
    "retry": "retry",
    "approve_skipped": "approve",
    "stop": "stop",
    "withdraw": "withdraw",
}


class History:
    """What several processes did: *moves* by address, and *notices* by reference."""

    def __init__(self) -> None:
        self.moves: list[Call] = []
        self.notices: list[Call] = []
        self._moments = count()

    def during[Result](
        self,
        into: list[Call],
        made: Callable[[int, int | None, str, Any], Iterable[Call]],
        act: Callable[[], Result],
    ) -> Result:
        """Do *act*, and put *into* a list what *made* makes of its beginning, end, outcome and result."""
        began = next(self._moments)
        try:
            result = act()
        except (ActRefused, ActPostponed):
            into += made(began, next(self._moments), REFUSED, None)
            raise
        except BaseException:  # the answer was lost, or the process died
            into += made(began, None, UNKNOWN, None)
            raise
        into += made(began, next(self._moments), OK, result)
        return result

    def moment(self) -> int:
        """A moment after all others."""
        return next(self._moments)


class _Recorded:
    def __init__(self, inner: Any, history: History, process: str) -> None:
        self._inner = inner
        self._history = history
        self._process = process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class RecordedTarget(_Recorded):
    """A target whose reads and changes are written down, by address; *known* are those of each batch."""

    def __init__(self, inner: Any, history: History, process: str, known: Mapping[str, set[str]]) -> None:
        super().__init__(inner, history, process)
        self._known = known

    def moves(self, batch: str) -> Any:
        """Read every migration user of *batch*; who is not shown was read as nobody."""

        def made(began: int, ended: int | None, outcome: str, moves: Any) -> Iterable[Call]:
            if outcome != OK:
                return
            shown = {move.address: move.status for move in moves}
            for address in sorted(self._known.get(batch, set()) | shown.keys()):
                yield Call(
                    self._process, address, "read", began, ended, outcome, batch, shown.get(address, "")
                )

        return self._history.during(self._history.moves, made, lambda: self._inner.moves(batch))

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if name not in CHANGES:
            return found

        def call(move: Any, *rest: Any) -> Any:
            def made(began: int, ended: int | None, outcome: str, _: Any) -> Iterable[Call]:
                yield Call(self._process, move.address, CHANGES[name], began, ended, outcome, move.batch)

            return self._history.during(self._history.moves, made, lambda: found(move, *rest))

        return call


class RecordedBatches(_Recorded):
    """Batches whose starts are written down for each of their users."""

    def start(self, manifest: Path, digest: str) -> None:
        """Create and start the batch."""
        users = [user["EmailAddress"].lower() for user in msgspec.json.decode(manifest.read_bytes())["users"]]

        def made(began: int, ended: int | None, outcome: str, _: Any) -> Iterable[Call]:
            for user in users:
                yield Call(self._process, user, "start", began, ended, outcome, manifest.stem)

        self._history.during(self._history.moves, made, lambda: self._inner.start(manifest, digest))


class RecordedNotifier(_Recorded):
    """A notifier whose notices and searches are written down, by reference."""

    def send(self, letter: Any) -> Any:
        """Send one notice."""

        def made(began: int, ended: int | None, outcome: str, _: Any) -> Iterable[Call]:
            yield Call(self._process, letter.reference, "send", began, ended, outcome)

        return self._history.during(self._history.notices, made, lambda: self._inner.send(letter))

    def find(self, reference: str) -> Any:
        """Search for one."""

        def made(began: int, ended: int | None, outcome: str, found: Any) -> Iterable[Call]:
            if outcome == OK:
                yield Call(
                    self._process, reference, "find", began, ended, outcome, "", str(int(found is not None))
                )

        return self._history.during(self._history.notices, made, lambda: self._inner.find(reference))


class RecordedLedger(_Recorded):
    """A ledger whose claims of where mailboxes stand are written down, by address, once they are kept."""

    def __init__(self, inner: Any, history: History, process: str) -> None:
        super().__init__(inner, history, process)
        self._address = {each.mailbox.guid: each.mailbox.smtp for each in inner.mailboxes()}

    def move_state(self, changes: Any, reason: Any) -> Any:
        """Take every step."""
        return self._claimed(changes, lambda: self._inner.move_state(changes, reason))

    def record_poll(self, sightings: Any, changes: Any, reason: Any) -> Any:
        """Take every step, and note what was seen."""
        return self._claimed(changes, lambda: self._inner.record_poll(sightings, changes, reason))

    def _claimed(self, changes: Any, act: Callable[[], Any]) -> Any:
        last = {self._address[change.guid]: change.to.value for change in changes}

        def made(began: int, ended: int | None, outcome: str, _: Any) -> Iterable[Call]:
            for address, state in last.items():
                yield Call(self._process, address, "claim", began, ended, outcome, "", state)

        return self._history.during(self._history.moves, made, act)
