"""Run the planned waves to their end: one durable course a wave and one a batch, begun when people are to be warned.

Every step starts from what the ledger and the services say, never from memory, so a run that was killed anywhere is
simply run again; where it was is remembered by the durable engine, and may be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from mailwave.core.courses import NEVER, Course, Step
from mailwave.core.licences import JOIN
from mailwave.core.notices import Milestone, has_reader
from mailwave.core.planner import Batch, Wave
from mailwave.core.states import IN_FLIGHT, MailboxState
from mailwave.ports.durable import Durable, Durably, Held
from mailwave.ports.telemetry import Telemetry, Unwatched
from mailwave.runbooks.acting import close_cut_off
from mailwave.runbooks.wave import batches, completion, moves, preflight
from mailwave.runbooks.wave.batch_course import BatchCourse
from mailwave.runbooks.wave.completion import NotApproved
from mailwave.runbooks.wave.crew import Crew, Sight, are_open
from mailwave.runbooks.wave.gate import GateShut, NeverChecked, NotReady
from mailwave.runbooks.wave.governor_course import GOVERNOR, Governing
from mailwave.runbooks.wave.licences import GroupFull, NotLicensed, SeatsMissing
from mailwave.runbooks.wave.moves import StrangersInBatch, TwoPrimaries
from mailwave.runbooks.wave.removal import REMOVE, REPORT
from mailwave.runbooks.wave.wave_course import DoesNotEnd, WaveCourse


class NoPlan(Exception):
    """There is nothing to run yet."""

    def __init__(self) -> None:
        super().__init__("no plan is saved; run `mailwave wave plan` first")


class NoticeTooLate(Exception):
    """People of *wave* were not told in time, and its night cannot be kept."""

    def __init__(self, *, wave: str, people: int, by: datetime) -> None:
        self.wave = wave
        self.people = people
        self.by = by
        super().__init__(
            f"{people} people of wave {wave} had to be told by {by:%Y-%m-%d %H:%M} UTC and were not"
        )


WATCH = timedelta(seconds=15)
"""Between looks at a wave that another worker has, which may have died."""

STOPS_ITS_WAVE = (
    *(TwoPrimaries, StrangersInBatch, DoesNotEnd, NotApproved, SeatsMissing, NotLicensed),
    *(GateShut, NotReady, NeverChecked, GroupFull),
)
"""What a person must mend before that wave goes on."""


ACTS = (preflight.ACT, batches.ACT, completion.ACT, *moves.ACTS, JOIN, REMOVE, REPORT)
"""What is found open after a kill, and done again."""


@dataclass(frozen=True)
class RunWaves(Crew):
    """Run every saved wave, *durably*. Those that another worker has are asked for again every *watch*.

    *governing* keeps the endpoints' limits meanwhile (None: they stay as they are), *telemetry* watches.
    """

    durably: Durably = field(kw_only=True)
    watch: timedelta = WATCH
    governing: Governing | None = field(default=None, kw_only=True)
    telemetry: Telemetry = field(default_factory=Unwatched, kw_only=True)

    def prepare(self) -> list[Wave]:
        """The waves to run, in the order of their nights.

        Raises:
            NoPlan: none is saved.
            NotApproved: a wave that is not over has no approval that is live at its window.
            NoticeTooLate: it is too late to tell people of a wave.
        """
        waves = self._saved()
        for error in self._barred(waves).values():
            raise error
        return waves

    def run(self) -> None:
        """Go on until no mailbox of any wave is open or without its licence, but for the waves that were stopped.

        A wave that may not begin keeps no other from going on that is under way; where none is, nothing begins.

        Raises:
            NoPlan: none is saved.
            NoticeTooLate, NotApproved: a wave may not begin.
            TwoPrimaries, StrangersInBatch, DoesNotEnd, NotApproved, SeatsMissing, NotLicensed, GateShut, NotReady,
                NeverChecked, GroupFull: a wave was stopped; the others have ended.
        """
        waves = self._saved()
        barred = self._barred(waves)
        free = [wave for wave in waves if wave.id not in barred]
        if barred and not any(map(self._is_under_way, free)):
            raise next(iter(barred.values()))
        courses = Courses(self, waves, self.clock.now())
        for wave, error in barred.items():
            courses.stop(wave, error)
        with self.durably(courses.find) as durable:
            ahead = {wave.id: self._begins(wave) for wave in free}
            while (due := self._turn(durable, courses, ahead)) != NEVER:
                self.clock.sleep_until(due)
        self.remover.settle()
        for error in courses.stopped.values():
            raise error

    def _saved(self) -> list[Wave]:
        plan = self.ledger.plan()
        if plan is None:
            raise NoPlan
        return list(plan.waves)

    def _barred(self, waves: Sequence[Wave]) -> dict[str, Exception]:
        """The waves that may not begin or go on, and why."""
        barred: dict[str, Exception] = {}
        for wave in waves:
            if are_open(self.ledger.mailboxes(wave=wave.id)):
                try:
                    self._check(wave)
                except (NotApproved, NoticeTooLate) as error:
                    barred[wave.id] = error
        return barred

    def _is_under_way(self, wave: Wave) -> bool:
        """Whether people of *wave* wait for it who were told, or are on their way."""
        records = self.ledger.mailboxes(wave=wave.id)
        return are_open(records) and (
            any(record.state in IN_FLIGHT | {MailboxState.UNKNOWN} for record in records)
            or bool(self.ledger.notices_of(Milestone.TWO_WEEKS, wave.mailboxes, wave.night))
        )

    def _turn(self, durable: Durable, courses: Courses, ahead: dict[str, datetime]) -> datetime:
        """Begin what has come of *ahead*, let what is due go on, and return when there is more to do."""
        now = self.clock.now()
        for wave in [wave for wave, begins in ahead.items() if begins <= now]:
            ahead[wave] = self._begun(durable, courses, wave, now)
        due = min([durable.turn(now), *ahead.values(), self._governed(durable, courses, now)])
        self.telemetry.pulse()
        return due

    def _begun(self, durable: Durable, courses: Courses, wave: str, now: datetime) -> datetime:
        """Begin the courses of *wave*, its own first; return when to ask again, because another worker has it."""
        own, *others = courses.of(wave)
        held = durable.begin(own, anew=wave not in courses.elsewhere, shared=True)
        if held is Held.ELSEWHERE:
            courses.elsewhere.add(wave)
            return now + self.watch
        if held is Held.HERE:
            close_cut_off(self.ledger, *ACTS, of=courses.subjects(wave))
            for course in others:
                durable.begin(course)
        return NEVER

    def _governed(self, durable: Durable, courses: Courses, now: datetime) -> datetime:
        """Begin the governor's course while a wave is under way here; return when to see to that again.

        It is one course for the whole tenant: the worker that has it governs for all.
        """
        if self.governing is None or courses.governed or not courses.under_way:
            return NEVER
        courses.governed = durable.begin(GOVERNOR) is Held.HERE
        return now if courses.governed else now + self.watch

    def _begins(self, wave: Wave) -> datetime:
        """When people of *wave* are to be warned; at once where nobody is open, and only thanks may be left."""
        if not are_open(self.ledger.mailboxes(wave=wave.id)):
            return self.clock.now()
        due = self.teller.pace.begins(wave) or self.rules.due(Milestone.TWO_WEEKS, wave.night)
        by = wave.window_start - timedelta(days=self.rules.days)
        return by if due is None else min(due, by)

    def _check(self, wave: Wave) -> None:
        if self.ledger.live_approval(wave.digest, wave.window_start) is None:
            raise NotApproved(wave=wave.id, digest=wave.digest, at=wave.window_start)
        told = self.ledger.notices_of(Milestone.TWO_WEEKS, wave.mailboxes, wave.night)
        untold = [
            record
            for record in self.ledger.mailboxes(wave=wave.id)
            if record.state is MailboxState.WAITING
            and has_reader(record.mailbox)
            and record.mailbox.guid not in told
        ]
        by = wave.window_start - timedelta(days=self.rules.days)
        if untold and self.clock.now() > by:
            raise NoticeTooLate(wave=wave.id, people=len(untold), by=by)


class Courses:
    """The courses of *waves* and their batches, by ids that are the same in every run and change with the list.

    What a person must mend stops the courses of one wave, which are left in the step where that was found: *stopped*.
    Those of the waves *elsewhere* were begun by other workers.
    """

    def __init__(self, crew: RunWaves, waves: Sequence[Wave], began: datetime) -> None:
        self.governed = False
        self.stopped: dict[str, Exception] = {}
        self.elsewhere: set[str] = set()
        self._crew = crew
        self._waves = {wave.id: wave for wave in waves}
        self._made: dict[str, Callable[[], Course]] = {}
        self._of: dict[str, list[str]] = {}
        self._sights = {wave.id: Sight(wave, crew.ledger) for wave in waves}
        for sight in self._sights.values():
            self._add(sight.wave, sight, began)
        self._made[GOVERNOR] = self._governor

    @property
    def under_way(self) -> bool:
        """Whether the course of any wave goes on here."""
        return any(sight.due not in (None, NEVER) for sight in self._sights.values())

    def of(self, wave: str) -> list[str]:
        """The ids of the courses of *wave*, its own first."""
        return self._of[wave]

    def subjects(self, wave: str) -> set[str]:
        """On whom or what the acts of *wave* are."""
        its = self._waves[wave]
        return {wave, *(batch.name for batch in its.batches), *its.mailboxes}

    def find(self, course: str) -> Course:
        """The course with this id."""
        return self._made[course]()

    def _add(self, wave: Wave, sight: Sight, began: datetime) -> None:
        digest = wave.digest
        own = _id(digest, wave.id)
        self._made[own] = partial(self._wave, WaveCourse(self._crew, sight, began, own), sight)
        self._of[wave.id] = [own]
        for batch in wave.batches:
            its = _id(digest, batch.name)
            self._made[its] = partial(self._batch, sight, batch, its)
            self._of[wave.id].append(its)

    def _wave(self, wave: WaveCourse, sight: Sight) -> Course:
        def take(act: Callable[[], datetime | None]) -> datetime | None:
            sight.due = self._unless_stopped(sight.wave, act)
            return sight.due

        return self._with(wave.course(), take)

    def _batch(self, sight: Sight, batch: Batch, course: str) -> Course:
        made = BatchCourse(self._crew, sight, batch, course).course()
        return self._with(made, partial(self._unless_stopped, sight.wave))

    def _governor(self) -> Course:
        def take() -> datetime | None:
            governing = self._crew.governing
            self.governed = governing is not None and self.under_way
            return governing.turn() if governing is not None and self.governed else None

        return self._with(Course(GOVERNOR, (Step("1 govern", take),)), lambda act: act())

    def _with(
        self, course: Course, take: Callable[[Callable[[], datetime | None]], datetime | None]
    ) -> Course:
        """*course* with each step taken by *take*, and watched."""

        def watched(step: Step) -> datetime | None:
            with self._crew.telemetry.turn(course.id, step.name):
                return take(step.take)

        return Course(course.id, tuple(Step(step.name, partial(watched, step)) for step in course.steps))

    def _unless_stopped(self, wave: Wave, act: Callable[[], datetime | None]) -> datetime | None:
        if wave.id in self.stopped:
            return NEVER
        try:
            return act()
        except STOPS_ITS_WAVE as error:
            self.stop(wave.id, error)
            return NEVER

    def stop(self, wave: str, error: Exception) -> None:
        """Let *wave* go no further, for *error*."""
        self.stopped[wave] = error
        self._crew.say(f"{wave} is stopped: {error}")


def _id(digest: str, name: str) -> str:
    """The id of the course of *name*, which is of the wave with *digest*: another list is another course."""
    return f"{name} of {digest.removeprefix('sha256:')[:16]}"
