"""What a board reads: the same values for the page and for the pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from change_control.contents import Contents, Part
from mailwave.core.change.costs import Costs, costs_of
from mailwave.core.change.dangers import DANGERS
from mailwave.core.change.evidence import Seen, StackSeen
from mailwave.core.change.radius import Radius, reach
from mailwave.core.change.risks import Judged, Risk, judge
from mailwave.core.hazards import Hazard
from mailwave.core.planner import Severed, Wave
from mailwave.core.stacks import Breach

SHOWN = 25
"""Severed rights of a wave that the report lists by name; their number by kind is always given."""

ROLL_BACK = {
    "stack": "Deploy the code and settings of the last change again. The backend keeps the state as it was before "
    "this update. A resource that was deleted is made anew; what it held comes back only from a backup.",
    "play": "Apply the play with the values that its prediction shows as they were. Its twin reads back what holds.",
    "wave": "Until a mailbox is Completing it is withdrawn with `mailwave wave withdraw`; a moved one goes back with "
    "`mailwave wave return`, which takes as long as its move.",
}
"""How each kind of part is taken back, in plain words."""


class StackSection(msgspec.Struct, frozen=True, kw_only=True):
    """One stack's part of the report."""

    stack: str
    tally: str
    judged: tuple[Judged, ...]
    breaches: tuple[Breach, ...]
    radius: Radius
    provisional: str
    refused: str


class PlaySection(msgspec.Struct, frozen=True, kw_only=True):
    """One play's part."""

    play: str
    title: str
    lines: tuple[str, ...]


class SeveredKind(msgspec.Struct, frozen=True, kw_only=True):
    """How many rights of a *kind* a wave severs; *hard* ones stop working, *remedy* is what to do until they go on."""

    kind: str
    count: int
    hard: bool
    remedy: str


class WaveSection(msgspec.Struct, frozen=True, kw_only=True):
    """One wave's part; *kinds* are of all severed rights, *shown* the first of them."""

    wave: Wave
    radius: Radius
    kinds: tuple[SeveredKind, ...]
    shown: tuple[Severed, ...]

    @property
    def severed(self) -> int:
        """How many rights work only in part until both ends have moved."""
        return sum(each.count for each in self.kinds)

    @property
    def hard(self) -> int:
        """How many of them stop working meanwhile."""
        return sum(each.count for each in self.kinds if each.hard)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report of a change, which *digest* names; *counts* are differences by risk, the worst first."""

    digest: str
    contents: Contents
    counts: tuple[tuple[Risk, int], ...]
    dangers: tuple[Judged, ...]
    stacks: tuple[StackSection, ...]
    plays: tuple[PlaySection, ...]
    waves: tuple[WaveSection, ...]
    radius: Radius
    roll_back: tuple[str, ...]
    costs: Costs
    granted: tuple[tuple[str, int | None], ...]
    hazards: tuple[Hazard, ...]

    @property
    def nothing(self) -> bool:
        """Whether the change changes nothing at all."""
        return not self.waves and not any(count for _, count in self.counts) and not self._lines

    @property
    def _lines(self) -> int:
        return sum(len(play.lines) for play in self.plays)

    @property
    def verdict(self) -> str:
        """The first sentence of the report."""
        waiting = any(stack.provisional or stack.refused for stack in self.stacks)
        told = [
            "" if self.nothing and waiting else "No change." if self.nothing else self._tally,
            "A part cannot be told yet; it is approved later, in a change of its own." if waiting else "",
        ]
        return " ".join(filter(None, told))

    @property
    def _tally(self) -> str:
        stacks = sum(count for _, count in self.counts)
        parts = [
            f"{len(self.dangers)} dangerous" if self.dangers else "",
            f"{_some(stacks, 'difference')} in the stacks" if self.stacks else "",
            f"{_some(self._lines, 'change')} on the sites" if self.plays else "",
            _some(len(self.waves), "wave") if self.waves else "",
        ]
        return f"{', '.join(part for part in parts if part)}."


def report_on(contents: Contents, digest: str, seen: Seen) -> Report:
    """The report of the change that *digest* names, from what was *seen* when it was made."""
    stacks = tuple(
        _stack(part.provisional, each, seen.estate.whole)
        for part, each in zip(contents.stacks, seen.stacks, strict=True)
    )
    judged = [each for stack in stacks for each in stack.judged]
    waves = tuple(
        WaveSection(
            wave=each.wave, radius=each.radius, kinds=_kinds(each.severed), shown=each.severed[:SHOWN]
        )
        for each in seen.waves
    )
    return Report(
        digest=digest,
        contents=contents,
        counts=tuple((risk, sum(each.risk is risk for each in judged)) for risk in Risk),
        dangers=tuple(each for each in judged if each.danger),
        stacks=stacks,
        plays=tuple(PlaySection(play=each.play, title=each.title, lines=each.lines) for each in seen.plays),
        waves=waves,
        radius=_whole([*(stack.radius for stack in stacks), *(wave.radius for wave in waves)]),
        roll_back=_roll_back(contents.parts),
        costs=_costs(seen),
        granted=tuple(sorted(seen.estate.granted.items())),
        hazards=seen.hazards,
    )


def _costs(seen: Seen) -> Costs:
    stacks = (use for stack in seen.stacks for use in stack.uses)
    waves = (use for wave in seen.waves for use in wave.uses)
    unread = [f"stack {each.report.stack}" for each in seen.stacks if each.refused]
    return costs_of((*stacks, *waves), seen.prices, unread)


def _stack(provisional: str, seen: StackSeen, whole: Radius) -> StackSection:
    judged = judge(seen.report.stack, seen.report.changes, DANGERS)
    return StackSection(
        stack=seen.report.stack,
        tally=seen.report.tally,
        judged=tuple(judged),
        breaches=seen.report.breaches,
        radius=reach(judged, whole),
        provisional=provisional,
        refused=seen.refused,
    )


def _kinds(severed: Sequence[Severed]) -> tuple[SeveredKind, ...]:
    """The severed rights by kind, the most frequent first."""
    counts = Counter(each.right.kind for each in severed)
    first = {each.right.kind: each for each in reversed(severed)}
    return tuple(
        SeveredKind(kind=kind, count=count, hard=first[kind].is_hard, remedy=first[kind].remedy)
        for kind, count in counts.most_common()
    )


def _whole(parts: Sequence[Radius]) -> Radius:
    """The widest of all: waves and stacks reach the same people, whom a sum would count twice."""
    return max(parts, key=lambda radius: radius.mailboxes, default=Radius())


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _roll_back(parts: Sequence[Part]) -> tuple[str, ...]:
    kinds = dict.fromkeys(part.name.split()[0] for part in parts)
    return tuple(ROLL_BACK[kind] for kind in kinds)
