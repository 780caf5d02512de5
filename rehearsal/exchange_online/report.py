"""`python -m rehearsal.exchange_online.report > docs/simulated-rules.md`: every rule and what it rests on."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rehearsal.exchange_online.options import Rule, rules

_HEAD = """\
# The rules of the simulated Exchange Online

This page is generated: `python -m rehearsal.exchange_online.report > docs/simulated-rules.md`.

Each rule can be switched in `rehearsal/exchange_online/options.py`. `python -m rehearsal.exchange_online.matrix`
switches one after the other and shows that the rule's own probe notices and no other does.

A fact such as B19 names one entry of the collection of facts that the simulator was written from, G4 an entry of its
list of disagreements, and peers 6 the limits found with other products. Marks: doc, Microsoft's documentation; live,
seen on the service by others; mod, read in Microsoft's module; decomp, old on-premises code; 2nd, a secondary source;
inf, an inference; ?, could not be confirmed.

## What rests on an inference, or was never confirmed

Only a pilot can settle these {unproved} of {all} rules.

"""
_TABLE = "| rule | usual | or | fact | mark | what it says |\n| --- | --- | --- | --- | --- | --- |\n"


def page() -> str:
    """Return the page as it should be on disk."""
    every = rules()
    unproved = [rule for rule in every if rule.unproved]
    head = _HEAD.format(unproved=len(unproved), all=len(every))
    return f"{head}{_table(unproved)}\n## Every rule\n\n{_table(every)}"


def _table(chosen: Iterable[Rule]) -> str:
    return _TABLE + "".join(_line(rule) for rule in chosen)


def _line(rule: Rule) -> str:
    others = ", ".join(_said(value) for value in rule.alternatives)
    cells = (f"`{rule.name}`", _said(rule.usual), others, rule.fact, rule.confidence, rule.says)
    return f"| {' | '.join(cells)} |\n"


def _said(value: object) -> str:
    names = {True: "on", False: "off", None: "none"}
    if isinstance(value, tuple):
        return " and ".join(str(part) for part in value)
    return names[value] if isinstance(value, bool) or value is None else str(value)


if __name__ == "__main__":
    sys.stdout.write(page())
