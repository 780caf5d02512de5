"""Rules as the fields of a dataclass of options."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from rehearsal.matrix import Subject
from rehearsal.matrix.subjects import SUBJECTS
from rehearsal.rules import MARKS, Rule, choice, rule, rules


@dataclass(frozen=True)
class Wire:
    prompts: bool = rule("A16", "mod", "asks first")


@dataclass(frozen=True)
class Moves:
    days: int = choice(30, (3,), "B23", "doc, ?", "days that it is kept")


@dataclass(frozen=True)
class Options(Wire, Moves):
    share: float = 0.5
    plateau: bool = rule("B23", "doc", "rests at 95 %")


def test_rules_are_read_from_the_options() -> None:
    """It should return them in the order of the bases, then its own, and leave out what is no rule."""
    assert (
        Rule("prompts", "A16", "mod", "asks first", True, (False,)),
        Rule("days", "B23", "doc, ?", "days that it is kept", 30, (3,)),
        Rule("plateau", "B23", "doc", "rests at 95 %", True, (False,)),
    ) == rules(Options)


def test_what_was_never_confirmed_is_unproved() -> None:
    """It should call a rule unproved if any of its marks is an inference or a question mark."""
    assert ["days"] == [each.name for each in rules(Options) if each.unproved]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_every_rule_of_every_service_is_well_formed(subject: Subject) -> None:
    """It should have a default for each field, known marks, a fact, and alternatives that differ from the usual."""
    assert subject.options() == subject.options()
    assert len(subject.rules) == sum(bool(each.metadata) for each in fields(subject.options))
    assert all(set(rule.marks) <= MARKS.keys() and rule.fact for rule in subject.rules)
    assert all(rule.usual not in rule.alternatives and rule.alternatives for rule in subject.rules)
