"""`python -m rehearsal.exchange_online.matrix`: each rule switched the other way, and which probes notice.

A rule that cannot be switched without another probe noticing, or whose own probe does not notice, is at fault.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from rehearsal.exchange_online.lab import Unexpected
from rehearsal.exchange_online.options import Options, Rule, rules
from rehearsal.exchange_online.probes import PROBES, Bench


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


def usual_sightings() -> dict[str, object]:
    """Return what every probe sees of a tenant with the usual options, by rule."""
    bench = Bench(Options())
    return {rule.name: _sighting(rule.name, bench) for rule in rules()}


_usual = cache(usual_sightings)


def _sighting(name: str, bench: Bench) -> object:
    """Return what the probe *name* sees; where a cmdlet that it needs is refused, that refusal."""
    try:
        return PROBES[name](bench)
    except Unexpected as refusal:
        return str(refusal)


def switch(rule: Rule, value: object) -> Verdict:
    """Set *rule* to *value*, leave every other as usual, and run every probe."""
    switched: dict[str, Any] = {rule.name: value}
    bench = Bench(replace(Options(), **switched))
    seen = {name: _sighting(name, bench) for name in _usual()}
    others = tuple(name for name, usual in _usual().items() if name != rule.name and seen[name] != usual)
    return Verdict(rule, value, seen[rule.name], others)


def cases() -> Iterator[tuple[Rule, object]]:
    """Return every rule with each of the values that it can take beside its usual one."""
    for rule in rules():
        for value in rule.alternatives:
            yield rule, value


def main() -> int:
    """Print the matrix as a table and return 1 if any rule is at fault."""
    found = [switch(rule, value) for rule, value in cases()]
    for each in found:
        verdict = (
            "only its own" if each.sound else f"SAW {each.seen!r}; others: {', '.join(each.others) or '-'}"
        )
        rule = each.rule
        print(f"{rule.name:28} {each.value!s:18} {rule.fact:16} {rule.confidence:12} {verdict}")
    faulty = sum(not each.sound for each in found)
    print(f"{len(rules())} rules, {len(found)} switches, {len(PROBES)} probes, {faulty} at fault")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
