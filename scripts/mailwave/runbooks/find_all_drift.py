"""Compare all that is declared with what is there, stacks and sites, and change nothing: for a nightly pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mailwave.core.outcomes import ActRefused
from mailwave.core.play_table import PlayOrder
from mailwave.core.plays import PlayOutcome, PlayResult
from mailwave.ports import Stacks
from mailwave.runbooks.provision import LAYERS
from mailwave.runbooks.site_plays import VerifySites

AT_ONCE = 3
"""Plays at a time: each opens at most two shells on a server, which has 18 for an account (fact D7)."""


@dataclass(frozen=True)
class Drift:
    """What *differs*, and what could not be read (*unread*): a line each, with the stack or the play that says so."""

    differs: tuple[str, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class FindAllDrift:
    """Previews every stack against the live values, and runs every play that only reads and needs no variable.

    *scratch* is a folder for what the engine writes, *tell* is told of each look. Of the stacks only *layers* are
    looked at, and of the plays none without *plays*.
    """

    stacks: Stacks
    sites: VerifySites
    scratch: Path
    tell: Callable[[str], None]
    layers: Sequence[str] = LAYERS
    plays: bool = True

    def run(self) -> Drift:
        """What differs anywhere; what cannot be read keeps nothing else from being looked at.

        Plays run beside the stacks: each waits for servers most of the time, and none changes what another reads.
        """
        orders = self.sites.orders((), {}, ()) if self.plays else []
        hands = ThreadPoolExecutor(AT_ONCE)
        try:
            plays = [hands.submit(self._play, order) for order in orders]
            looks = [self._stack(layer) for layer in self.layers] + [play.result() for play in plays]
        finally:
            hands.shutdown(cancel_futures=True)
        return Drift(
            tuple(line for look in looks for line in look.differs),
            tuple(line for look in looks for line in look.unread),
        )

    def _stack(self, layer: str) -> Drift:
        try:
            found = self.stacks.plan(layer, self.scratch / f"{layer}.json")
        except ActRefused as error:  # its state cannot be read, say
            self.tell(f"{layer}: {error}")
            return Drift((), (f"{layer}: {error}",))
        report = found.report
        self.tell(str(report))
        differs = tuple(f"{report.stack}: {each}" for each in (*report.changes, *report.broken))
        return Drift(differs, (f"{report.stack}: {found.refused}",) if found.refused else ())

    def _play(self, order: PlayOrder) -> Drift:
        result = self.sites.plays.run(order)
        self.tell(f"{result.play}: {result.outcome.value}")
        differs = tuple(f"{result.play}: {each.server}: {each.title}" for each in result.findings)
        return Drift(differs, tuple(f"{result.play}: {line}" for line in _unread(result)))


def _unread(result: PlayResult) -> Iterator[str]:
    yield from (f"{each.server}: {each.title}: {each.why}" for each in result.unread)
    if result.outcome is not PlayOutcome.OK and not result.findings and not result.unread:
        yield result.why
