"""Each rule of a simulated service switched the other way, and which probes notice.

A rule that cannot be switched without another probe noticing, or whose own probe does not notice, is at fault.
`python -m rehearsal.matrix [subject ...]` prints the matrix; `python -m rehearsal.matrix.page` the page of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rehearsal.rules import Rule, rules

Probe = Callable[[Any], object]
"""A small experiment: takes options, and returns the value that it believes its rule to have."""


def _as_they_are(options: Any) -> Any:
    return options


class Probes[Given](dict[str, Probe]):
    """The probes of one subject by the names of their rules; *bench* makes of the options what each is given."""

    def __init__(self, bench: Callable[[Any], Given] = _as_they_are) -> None:
        super().__init__()
        self._bench = bench

    def keep(self, run: Callable[[Given], object]) -> Callable[[Given], object]:
        """Keep *run*, which is named after its rule but for an underscore before it."""
        self[run.__name__.removeprefix("_")] = lambda options: run(self._bench(options))
        return run


@dataclass(frozen=True)
class Verdict:
    """What came of setting *rule* to *value*: what its own probe saw, and which *others* saw a change."""

    rule: Rule
    value: object
    seen: object
    others: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether exactly the rule's own probe has noticed, and saw the value that was set."""
        return self.seen == self.value and not self.others


@dataclass(frozen=True)
class Subject:
    """One simulated service: the dataclass of its *options*, and one of *probes* for each rule in it, by its name.

    A probe that is answered with *refused* has seen that refusal.
    """

    name: str
    options: type
    probes: Mapping[str, Probe]
    refused: type[Exception]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the options."""
        return rules(self.options)

    @cached_property
    def usual(self) -> dict[str, object]:
        """What every probe sees with the usual options, by rule."""
        options = self.options()
        return {rule.name: self._sighting(rule.name, options) for rule in self.rules}

    def cases(self) -> Iterator[tuple[Rule, object]]:
        """Return every rule with each of the values that it can take beside its usual one."""
        return ((rule, value) for rule in self.rules for value in rule.alternatives)

    def switch(self, rule: Rule, value: object) -> Verdict:
        """Set *rule* to *value*, leave every other as usual, and run every probe."""
        switched: dict[str, Any] = {rule.name: value}
        options = replace(self.options(), **switched)
        seen = {name: self._sighting(name, options) for name in self.usual}
        others = tuple(
            name for name, usual in self.usual.items() if name != rule.name and seen[name] != usual
        )
        return Verdict(rule, value, seen[rule.name], others)

    def _sighting(self, name: str, options: object) -> object:
        """Return what the probe *name* sees; where something that it needs is refused, that refusal."""
        try:
            return self.probes[name](options)
        except self.refused as refusal:
            return str(refusal)
