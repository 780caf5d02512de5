"""Compare all that is declared with what is there, stacks and sites, and change nothing: for a nightly pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailwave.core.plays import PlayOutcome, PlayResult
from mailwave.ports import Stacks
from mailwave.runbooks.provision import LAYERS
from mailwave.runbooks.site_plays import VerifySites


@dataclass(frozen=True)
class Drift:
    """What *differs*, and what could not be read (*unread*): a line each, with the stack or the play that says so."""

    differs: tuple[str, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class FindAllDrift:
    """Previews every stack against the live values, and runs every play that only reads and needs no variable.

    *scratch* is a folder for what the engine writes, *tell* is told of each look.
    """

    stacks: Stacks
    sites: VerifySites
    scratch: Path
    tell: Callable[[str], None]

    def run(self) -> Drift:
        """What differs anywhere; what cannot be read keeps nothing else from being looked at."""
        differs: list[str] = []
        unread: list[str] = []
        for layer in LAYERS:
            found = self.stacks.plan(layer, self.scratch / f"{layer}.json")
            self.tell(str(found.report))
            differs += [f"{found.report.stack}: {change}" for change in found.report.changes]
            differs += [f"{found.report.stack}: {breach}" for breach in found.report.broken]
            unread += [f"{found.report.stack}: {found.refused}"] if found.refused else []
        for result in map(self.sites.plays.run, self.sites.orders((), {}, ())):
            self.tell(f"{result.play}: {result.outcome.value}")
            differs += [f"{result.play}: {finding.server}: {finding.title}" for finding in result.findings]
            unread += [f"{result.play}: {line}" for line in _unread(result)]
        return Drift(tuple(differs), tuple(unread))


def _unread(result: PlayResult) -> Iterator[str]:
    yield from (f"{each.server}: {each.title}: {each.why}" for each in result.unread)
    if result.outcome is not PlayOutcome.OK and not result.findings and not result.unread:
        yield result.why
