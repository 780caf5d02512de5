"""Each rule has one probe that notices its switch, and no other probe does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest

from rehearsal.matrix import Subject
from rehearsal.matrix import __main__ as command
from rehearsal.matrix.subjects import SUBJECTS
from rehearsal.rules import Rule, choice, rule

CASES = [(subject, each, value) for subject in SUBJECTS for each, value in subject.cases()]
subjects = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)


@subjects
def test_every_rule_has_a_probe_of_its_name(subject: Subject) -> None:
    """It should have one probe for each rule, and none for anything else."""
    assert Counter(each.name for each in subject.rules) == Counter(subject.probes.keys())


@subjects
def test_every_usual_value_is_seen(subject: Subject) -> None:
    """It should see the default of each rule when nothing is switched."""
    assert {each.name: each.usual for each in subject.rules} == subject.usual


@pytest.mark.parametrize(
    ("subject", "rule", "value"),
    CASES,
    ids=[f"{subject.name}-{each.name}-{value}".replace(" ", "") for subject, each, value in CASES],
)
def test_a_switched_rule_is_noticed_by_its_own_probe_only(
    subject: Subject, rule: Rule, value: object
) -> None:
    """It should change what exactly one probe sees."""
    verdict = subject.switch(rule, value)

    assert (value, ()) == (verdict.seen, verdict.others)
    assert verdict.sound


@dataclass(frozen=True)
class Options:
    prompts: bool = rule("A16", "mod", "asks first")
    days: int = choice(30, (3,), "B23", "doc", "days that it is kept")


class Refused(Exception):
    pass


def deaf(_: Options) -> object:
    return True


def gossiping(options: Options) -> object:
    return options.days if options.prompts else -1


def refused(options: Options) -> object:
    if options.days == 30:
        return 30
    raise Refused(options.days)


SOUND = Subject(
    "sound", Options, {"prompts": lambda each: each.prompts, "days": lambda each: each.days}, Refused
)


def shown(subject: Subject, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    faulty = command.show(subject)
    return faulty, capsys.readouterr().out.splitlines()


def test_the_matrix_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """It should print a line for each switch, and find nothing at fault where each is noticed by its own."""
    faulty, lines = shown(SOUND, capsys)

    assert (0, ["sound", "prompts", "days", "2"]) == (faulty, [line.split()[0] for line in lines])
    assert "2 rules, 2 switches, 2 probes, 0 at fault" == lines[-1]


def test_a_rule_without_effect_is_at_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """It should be at fault when a probe does not notice its own rule."""
    faulty, lines = shown(replace(SOUND, probes={**SOUND.probes, "prompts": deaf}), capsys)

    assert 1 == faulty
    assert "SAW True" in lines[1]


def test_a_rule_that_another_probe_notices_is_at_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """It should be at fault when another rule's probe sees the switch too, and name that one."""
    faulty, lines = shown(replace(SOUND, probes={**SOUND.probes, "days": gossiping}), capsys)

    assert 1 == faulty
    assert lines[1].endswith("others: days")


def test_a_refusal_is_something_seen() -> None:
    """It should take the refusal of what a probe needs for what the probe saw, and let no other error pass."""
    subject = replace(SOUND, probes={**SOUND.probes, "days": refused})
    days = subject.rules[1]

    assert "3" == subject.switch(days, 3).seen
    with pytest.raises(Refused):
        replace(subject, refused=LookupError).switch(days, 3)


def test_one_subject_can_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should print only the subjects named, end with 1 if a rule is at fault, and refuse an unknown name."""
    broken = replace(SOUND, name="broken", probes={**SOUND.probes, "prompts": deaf})
    monkeypatch.setattr(command, "SUBJECTS", (SOUND, broken))

    assert (0, 1, 1) == (command.main(["sound"]), command.main(["broken"]), command.main([]))
    capsys.readouterr()
    with pytest.raises(SystemExit, match="2"):
        command.main(["nothing"])
