"""Bring the servers of every site to the settings that a hybrid move needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailwave.core.plays import Answer, BeatStatus, PlayResult
from mailwave.runbooks.site_plays import ApplyPlay


@dataclass(frozen=True)
class PrepareSites:
    """Run every preparing play, one after the other, each followed by its twin; the first that fails ends it."""

    plays: ApplyPlay

    def prepare(self) -> Sequence[str]:
        """What the plays would change, from check mode."""
        lines: list[str] = []
        for play in self.plays.table.preparing:
            order = self.plays.prepare(play.name, {}, (), check=True)
            lines.extend(changes(self.plays.predict(order), check=True))
        return lines

    def run(self) -> Sequence[str]:
        """Apply and verify; the plays change nothing that is as it should be."""
        orders = [self.plays.prepare(play.name, {}, ()) for play in self.plays.table.preparing]
        lines: list[str] = []
        for order in orders:
            result = self.plays.run(order).result
            lines.extend(changes(result, check=False) if result else ())
        return lines


def changes(result: PlayResult, *, check: bool) -> list[str]:
    """A line for each object that *result* changed, or in *check* would change, and for each task of another kind."""
    return [line for answer in result.answers for line in _lines(answer, check=check)]


def _lines(answer: Answer, *, check: bool) -> Iterator[str]:
    """The lines of one task: one for each turn of a loop that names what it changed, or one for the task itself."""
    would = "would set" if check else "set"
    results = answer.values.get("results", [answer.values])
    named = [each for result in results for each in result.get("objects", [result]) if each.get("differing")]
    for each in named:
        before, after = _sides(each)
        told = (_told(option, before, after) for option in each["differing"])
        yield f"{each.get('identity') or answer.server}: {would} {', '.join(told)}"
    if not named and answer.status is BeatStatus.CHANGED:
        turns = ", ".join(answer.values.get("turns", ()))
        yield f"{answer.server}: {'would do' if check else 'did'}: {answer.task}" + (
            f" ({turns})" if turns else ""
        )


def _sides(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What an object was and will be: as diff mode shows it, or as its own result says."""
    shown = values.get("diff")
    if isinstance(shown, Mapping):
        return shown["before"], shown["after"]
    before, after = values.get("before"), values.get("values")
    return (before, after) if isinstance(before, Mapping) and isinstance(after, Mapping) else ({}, {})


def _told(option: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The *option*, with its values where they are known."""
    if option not in before and option not in after:
        return option
    return f"{option} from {_text(option, before)} to {_text(option, after)}"


def _text(option: str, values: Mapping[str, Any]) -> str:
    return json.dumps(values[option], ensure_ascii=False) if option in values else "nothing"
