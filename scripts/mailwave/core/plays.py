"""What came of one run of a playbook, as values; and the one rule that decides how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec


class BeatStatus(StrEnum):
    """Where one server stands with one task."""

    STARTED = "started"
    OK = "ok"
    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


class Beat(msgspec.Struct, frozen=True):
    """One step of progress: *server* and *task*, and the *status* just reached."""

    play: str
    server: str
    task: str
    status: BeatStatus


class Answer(msgspec.Struct, frozen=True):
    """What one *task* returned for one *server*; *values* are its own, without what Ansible adds.

    *outcome* is empty unless it failed: refused, unreachable (nothing was changed), unknown (read back later), or
    failed for a task that says none of these.
    """

    server: str
    task: str
    action: str
    status: BeatStatus
    outcome: str = ""
    message: str = ""
    values: Mapping[str, Any] = {}

    @property
    def failed(self) -> bool:
        """The task did not do what it was for."""
        return self.status in {BeatStatus.FAILED, BeatStatus.UNREACHABLE}


class Tally(msgspec.Struct, frozen=True):
    """How many tasks of one server ended in each way."""

    ok: int = 0
    changed: int = 0
    failed: int = 0
    unreachable: int = 0
    skipped: int = 0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a verify play found wrong on *server*: the check's *id*, the *fact* it rests on, and what repairs it.

    *subject* names the object meant, where a server has several. *play* is the play that repairs it, empty where a
    person does, and *repair* says which. *found* and *expected* are values of the kind that the check compares.
    """

    id: str
    fact: str
    server: str
    title: str
    repair: str
    found: Any = None
    expected: Any = None
    subject: str = ""
    play: str = ""


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """What a verify play could not read on *server*, and *why*: it is no finding, and it is not in order either."""

    id: str
    fact: str
    server: str
    title: str
    why: str
    subject: str = ""


class PlayOutcome(StrEnum):
    """How a run ended. UNKNOWN: some of it may have taken effect, and only reading back can tell."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class PlayResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run of *play*. *said* are the last lines it printed outside tasks, *seconds* how long it took."""

    play: str
    outcome: PlayOutcome
    servers: Mapping[str, Tally]
    answers: tuple[Answer, ...]
    said: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Something changed, or in check mode would change, on some server."""
        return any(tally.changed for tally in self.servers.values())

    @property
    def failures(self) -> tuple[Answer, ...]:
        """The answers of tasks that failed, in the order in which they came."""
        return tuple(answer for answer in self.answers if answer.failed)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the play's verdicts found wrong, in the order in which they came."""
        return tuple(
            msgspec.convert(each, Finding)
            for answer in self.answers
            if answer.action.endswith(".verdict")
            for each in answer.values.get("findings", ())
        )

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What the play's verdicts could not decide."""
        return tuple(
            msgspec.convert(each, Unread)
            for answer in self.answers
            if answer.action.endswith(".verdict")
            for each in answer.values.get("unknown", ())
        )

    @property
    def why(self) -> str:
        """One sentence on why it did not end well; empty when it did."""
        if self.outcome is PlayOutcome.OK:
            return ""
        if self.failures:
            first = self.failures[0]
            return f"{first.server}: {first.task}: {first.message}"
        if not self.servers and self.outcome is PlayOutcome.FAILED:
            return "it ran on no server"
        return self.said[-1] if self.said else "it ended without its closing report"


def judge(
    *, servers: Mapping[str, Tally] | None, answers: Iterable[Answer], exit_code: int | None
) -> PlayOutcome:
    """How a run ended.

    *servers* is its closing report, None when there was none: that is the sign of a run that was cut off, whose
    effect nobody knows. A run that reached no server did nothing, which is never a success.
    """
    failures = [answer for answer in answers if answer.failed]
    if servers is None or any(answer.outcome == "unknown" for answer in failures):
        return PlayOutcome.UNKNOWN
    troubled = any(tally.failed or tally.unreachable for tally in servers.values())
    if troubled or failures or exit_code != 0 or not servers:
        return PlayOutcome.FAILED
    return PlayOutcome.OK
