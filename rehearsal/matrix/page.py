"""`python -m rehearsal.matrix.page > docs/simulated-rules.md`: every rule of every service and what it rests on."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rehearsal.matrix import Subject
from rehearsal.matrix.subjects import SUBJECTS
from rehearsal.rules import MARKS, Rule

_HEAD = """\
# The rules of the simulated services

This page is generated: `python -m rehearsal.matrix.page > docs/simulated-rules.md`.

Each rule can be switched in the options of its service. `python -m rehearsal.matrix` switches one after the other and
shows that the rule's own probe notices and no other does.

A fact such as B19 names one entry of the collection of facts that the simulator was written from, G4 an entry of its
list of disagreements, and peers 6 the limits found with other products; what is not of this form names pages of
Microsoft's documentation. Marks: {marks}.

| service | rules | switches | unproved | options |
| --- | --- | --- | --- | --- |
{services}
## What rests on an inference, or was never confirmed

Only a pilot can settle these {unproved} of {all} rules.
"""
_TABLE = "| rule | usual | or | fact | mark | what it says |\n| --- | --- | --- | --- | --- | --- |\n"


def page(subjects: Iterable[Subject] = SUBJECTS) -> str:
    """Return the page as it should be on disk."""
    every = tuple(subjects)
    doubtful = {subject.name: [rule for rule in subject.rules if rule.unproved] for subject in every}
    head = _HEAD.format(
        marks="; ".join(f"{mark}, {meaning}" for mark, meaning in MARKS.items()),
        services="".join(_service(subject, len(doubtful[subject.name])) for subject in every),
        unproved=sum(map(len, doubtful.values())),
        all=sum(len(subject.rules) for subject in every),
    )
    first = "".join(_section(name, rules) for name, rules in doubtful.items() if rules)
    whole = "".join(_section(subject.name, subject.rules) for subject in every)
    return f"{head}{first}\n## Every rule\n{whole}"


def _service(subject: Subject, unproved: int) -> str:
    path = f"{subject.options.__module__.replace('.', '/')}.py"
    counted = len(subject.rules), sum(1 for _ in subject.cases()), unproved
    return f"| {subject.name} | {' | '.join(map(str, counted))} | `{path}` |\n"


def _section(name: str, rules: Iterable[Rule]) -> str:
    return f"\n### {name}\n\n{_TABLE}{''.join(map(_line, rules))}"


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
