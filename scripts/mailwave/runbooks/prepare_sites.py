"""Bring the servers of every site to the settings that a hybrid move needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    named = [each for each in answer.values.get("results", [answer.values]) if each.get("differing")]
    for values in named:
        yield f"{values.get('identity', answer.server)}: {would} {', '.join(values['differing'])}"
    if not named and answer.status is BeatStatus.CHANGED:
        turns = ", ".join(answer.values.get("turns", ()))
        yield f"{answer.server}: {'would do' if check else 'did'}: {answer.task}" + (
            f" ({turns})" if turns else ""
        )
