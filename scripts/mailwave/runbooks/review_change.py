"""Put together what a board is asked to approve: previews, predictions and lists, from one look at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from change_control.contents import Contents, PlayPart, StackPart, WavePart, Window, digest_of
from change_control.folder import Bundle
from mailwave.core.change.costs import uses_of_wave
from mailwave.core.change.evidence import (
    ESTATE,
    HAZARDS,
    PRICES,
    EstateSeen,
    HazardsSeen,
    PlaySeen,
    StackSeen,
    WaveSeen,
    encoded,
)
from mailwave.core.change.meters import uses_of
from mailwave.core.change.radius import radius_of
from mailwave.core.hazards import Hazard
from mailwave.core.planner import Plan, Wave
from mailwave.core.prices import PriceList
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.core.stacks import StackPlan
from mailwave.ports import Clock, Ledger, Stacks
from mailwave.ports.changes import Changes
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.prepare_sites import changes
from mailwave.runbooks.provision import LAYERS, require_controls
from mailwave.runbooks.site_plays import ApplyPlay


class WindowWrong(Refusal):
    """The window *begins* after it *ends*, or has ended."""

    def __init__(self, *, begins: datetime, ends: datetime) -> None:
        self.begins = begins
        self.ends = ends
        super().__init__(
            f"the window from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC is over or empty"
        )


@dataclass(frozen=True)
class Asked:
    """What a change is to hold: *layers* of the stacks, the preparing *plays* or not, and *waves* of the plan."""

    window: Window
    layers: Sequence[str] = LAYERS
    plays: bool = True
    waves: Sequence[str] = ()


@dataclass(frozen=True)
class Setting:
    """Where a change is made: the environment, its tenant, what it is made with, and what is granted.

    *licence_groups* take who has moved, *prices* say what things cost. *journal* says how long the journal is, and
    under which root; *hazards* what may harm, and what is done against it.
    """

    environment: str
    tenant: str
    sources: Callable[[], Mapping[str, str]]
    tools: Mapping[str, str]
    granted: Mapping[str, int | None]
    licence_groups: Sequence[str]
    prices: Callable[[], PriceList]
    journal: Callable[[], str]
    hazards: Callable[[], Sequence[Hazard]]


@dataclass(frozen=True)
class ReviewChange:
    """Looks at everything that a change would do, and changes nothing; *tell* is told of each part as it is seen.

    *plays* is asked for the runbook of plays when a play is to be looked at.
    """

    setting: Setting
    stacks: Stacks
    plays: Callable[[], ApplyPlay]
    ledger: Ledger
    changes: Changes
    clock: Clock
    reason: Reason
    tell: Callable[[str], None]

    def run(self, asked: Asked) -> Bundle:
        """The change that was *asked* for, kept with its reports.

        Raises:
            WindowWrong: nobody could ever make it.
            NoSuchWave: the plan has no such wave.
            ControlsBroken: a stack breaks a control that nobody has waived.
            PlayFailed, ActUnknown: what a play would change cannot be told.
        """
        now = self.clock.now()
        if not max(now, asked.window.begins) < asked.window.ends:
            raise WindowWrong(begins=asked.window.begins, ends=asked.window.ends)
        with self.changes.draft() as draft:
            unread: list[str] = []
            stacks = self._stacks(asked.layers, draft, unread)
            plays = tuple(self._plays(draft)) if asked.plays else ()
            waves = tuple(self._waves(asked.waves, draft, now))
            self._estate(draft)
            contents = Contents(
                environment=self.setting.environment,
                tenant=self.setting.tenant,
                requester=self.reason.who,
                ticket=self.reason.ticket,
                why=self.reason.text,
                made_at=now,
                window=asked.window,
                sources=self.setting.sources(),
                tools=self.setting.tools,
                journal=self.setting.journal(),
                stacks=stacks,
                plays=plays,
                waves=waves,
                unread=tuple(unread),
            )
            return self.changes.keep(draft, contents)

    def _stacks(self, layers: Sequence[str], draft: Path, unread: list[str]) -> tuple[StackPart, ...]:
        """A part for each layer. Once outputs of one change, those above it are only provisional."""
        parts: list[StackPart] = []
        moving = ""
        for layer in layers:
            plan = draft / f"{layer}.plan.json"
            seen = self.stacks.plan(layer, plan)
            require_controls(seen.report)
            self.tell(f"{seen.report}")
            provisional = f"it reads outputs of {moving}, which this change makes others" if moving else ""
            if seen.refused:
                unread.append(f"stack {seen.report.stack}: {seen.refused}")
                provisional = provisional or f"it could not be previewed: {seen.refused}"
            parts.append(_stack_part(layer, seen, plan, provisional))
            if seen.outputs or seen.refused or provisional:
                moving = moving or seen.report.stack
        return tuple(parts)

    def _plays(self, draft: Path) -> Iterator[PlayPart]:
        plays = self.plays()
        for play in plays.table.preparing:
            result = plays.predict(plays.prepare(play.name, {}, (), check=True))
            lines = tuple(changes(result, check=True))
            self.tell(f"play {play.name}: {len(lines)} to change")
            name = f"play-{play.name}.json"
            (draft / name).write_bytes(encoded(PlaySeen(play=play.name, title=play.title, lines=lines)))
            yield PlayPart(play=play.name, prediction=name, changes=len(lines))

    def _waves(self, asked: Sequence[str], draft: Path, now: datetime) -> Iterator[WavePart]:
        plan = self.ledger.plan() or Plan(())
        known = {wave.id: wave for wave in plan.waves if wave.window_end > now}
        for name in asked:
            if name not in known:
                raise NoSuchWave(wave=name, known=list(known))
            seen = self._wave(known[name], plan)
            file = f"wave-{name}.json"
            (draft / file).write_bytes(encoded(seen))
            self.tell(f"wave {name}: {seen.radius.mailboxes} mailboxes")
            yield _wave_part(seen, file)

    def _wave(self, wave: Wave, plan: Plan) -> WaveSeen:
        its, records = {*wave.mailboxes}, list(self.ledger.mailboxes(wave=wave.id))
        return WaveSeen(
            wave=wave,
            radius=radius_of(records),
            uses=uses_of_wave((record.mailbox for record in records), self.setting.licence_groups),
            severed=tuple(each for each in plan.severed if its & {each.right.guid, each.right.trustee}),
        )

    def _estate(self, draft: Path) -> None:
        whole = radius_of(self.ledger.mailboxes())
        (draft / ESTATE).write_bytes(encoded(EstateSeen(whole=whole, granted=self.setting.granted)))
        (draft / HAZARDS).write_bytes(encoded(HazardsSeen(hazards=tuple(self.setting.hazards()))))
        (draft / PRICES).write_bytes(encoded(self.setting.prices()))


def _stack_part(layer: str, seen: StackPlan, plan: Path, provisional: str) -> StackPart:
    """The files of a preview, and the part that names them; the plan of what is provisional is of no use."""
    preview = f"{layer}.preview.json"
    (plan.parent / preview).write_bytes(
        encoded(
            StackSeen(
                report=seen.report, uses=uses_of(seen.steps), outputs=seen.outputs, refused=seen.refused
            )
        )
    )
    if provisional:
        plan.unlink(missing_ok=True)
    else:
        (plan.parent / f"{layer}.steps.json").write_bytes(seen.steps)
    return StackPart(
        stack=seen.report.stack,
        layer=layer,
        plan="" if provisional else plan.name,
        preview=preview,
        steps="" if provisional else digest_of(seen.steps),
        state=seen.mark.digest,
        last_update=seen.mark.last_update,
        provisional=provisional,
    )


def _wave_part(seen: WaveSeen, file: str) -> WavePart:
    wave = seen.wave
    return WavePart(
        wave=wave.id,
        digest=wave.digest,
        window=Window(wave.window_start, wave.window_end),
        mailboxes=seen.radius.mailboxes,
        organisations=seen.radius.organisations,
        manifest=file,
    )
