"""Each rule has one probe that notices its switch, and no other probe does."""

from __future__ import annotations

from collections import Counter

import pytest

from rehearsal.exchange_online import matrix
from rehearsal.exchange_online.options import Options, Rule, rules
from rehearsal.exchange_online.probes import PROBES

CASES = list(matrix.cases())


def test_every_rule_has_a_probe_of_its_name() -> None:
    """It should have one probe for each rule, and none for anything else."""
    assert Counter(rule.name for rule in rules()) == Counter(PROBES.keys())


def test_every_usual_value_is_seen() -> None:
    """It should see the default of each rule when nothing is switched."""
    assert {rule.name: rule.usual for rule in rules()} == matrix.usual_sightings()


@pytest.mark.parametrize(
    ("rule", "value"), CASES, ids=[f"{rule.name}-{value}".replace(" ", "") for rule, value in CASES]
)
def test_a_switched_rule_is_noticed_by_its_own_probe_only(rule: Rule, value: object) -> None:
    """It should change what exactly one probe sees."""
    verdict = matrix.switch(rule, value)

    assert (value, ()) == (verdict.seen, verdict.others)
    assert verdict.sound


def test_the_matrix_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It should print a line for each switch and succeed when none is at fault."""
    monkeypatch.setattr(matrix, "cases", lambda: iter(CASES[:2]))

    status = matrix.main()

    lines = capsys.readouterr().out.splitlines()
    assert (0, 3) == (status, len(lines))
    assert lines[0].split()[0] == rules()[0].name
    assert "0 at fault" in lines[-1]


def test_a_rule_without_effect_is_at_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should fail when a probe does not notice its own rule."""
    monkeypatch.setattr(matrix, "cases", lambda: iter(CASES[:1]))
    monkeypatch.setitem(PROBES, CASES[0][0].name, lambda _: True)

    assert matrix.main() == 1
    assert "SAW True" in capsys.readouterr().out


def test_options_are_made_of_rules() -> None:
    """It should have only one field that is no rule, and every rule tagged."""
    known = {"doc", "live", "mod", "decomp", "2nd", "inf", "?"}

    assert {"late_item_share"} == set(Options.__dataclass_fields__) - {rule.name for rule in rules()}
    assert all(set(rule.confidence.split(", ")) <= known for rule in rules())
    assert all(rule.usual not in rule.alternatives and rule.alternatives for rule in rules())
