"""How each kind of property is checked, compared and reported."""

from typing import Any

import pytest

from infra.exchange import rules
from infra.exchange.rules import UNLIMITED, Between, Flag, Names, Rule, Text

TEXT = Text(("Partner", "OnPremises"))
BOUNDS = {"minimum": 10, "maximum": 100}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (TEXT, "OnPremises"),
        (Text(), "anything"),
        (Flag(), False),
        (Names(), ["a", "b"]),
        (Names(), []),
        (Between(), BOUNDS),
        (Between(), {"minimum": 5, "maximum": 5}),
    ],
)
def test_what_can_be_right_passes(rule: Rule, said: Any) -> None:
    """It should find nothing wrong with a value of the right kind."""
    assert rule.problem(said) is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (TEXT, "Elsewhere"),
        (TEXT, ""),
        (TEXT, 1),
        (Flag(), "true"),
        (Names(), "a"),
        (Names(), ["a", ""]),
        (Names(), ["a", "A"]),
        (Between(), 7),
        (Between(), {"minimum": 1}),
        (Between(), {"minimum": 1, "maximum": 2, "other": 3}),
        (Between(), {"minimum": 0, "maximum": 2}),
        (Between(), {"minimum": True, "maximum": 2}),
        (Between(), {"minimum": 3, "maximum": 2}),
    ],
)
def test_what_cannot_be_right_is_explained(rule: Rule, said: Any) -> None:
    """It should say what is wrong with a value."""
    assert rule.problem(said)


@pytest.mark.parametrize(
    ("rule", "said", "live"),
    [
        (TEXT, "OnPremises", "onpremises"),
        (Flag(), True, True),
        (Names(), ["b", "A"], ["a", "B"]),
        (Names(), [], None),
        (Between(), BOUNDS, 10),
        (Between(), BOUNDS, "55"),
        (Between(), BOUNDS, 100),
    ],
)
def test_a_satisfied_program_sees_its_own_words(rule: Rule, said: Any, live: Any) -> None:
    """It should want nothing and report what the program said when the live value satisfies it."""
    assert rule.wanted(said, live) is None
    assert said == rule.reported(said, live)


@pytest.mark.parametrize(
    ("rule", "said", "live", "wanted", "reported"),
    [
        (TEXT, "OnPremises", "Partner", "OnPremises", "Partner"),
        (Text(), "None", None, "None", None),
        (Flag(), True, False, True, False),
        (Names(), ["b", "a"], ["c", "a"], ["b", "a"], ["a", "c"]),
        (Between(), BOUNDS, 150, 100, {"minimum": 10, "maximum": 150}),
        (Between(), BOUNDS, 3, 10, {"minimum": 3, "maximum": 100}),
        (Between(), BOUNDS, "Unlimited", 100, {"minimum": 10, "maximum": UNLIMITED}),
    ],
)
def test_a_difference_is_wanted_and_shown(
    rule: Rule, said: Any, live: Any, wanted: Any, reported: Any
) -> None:
    """It should want the program's value and report the live one when they differ."""
    assert wanted == rule.wanted(said, live)
    assert reported == rule.reported(said, live)


@pytest.mark.parametrize(
    ("rule", "live", "expected"),
    [
        (TEXT, "Partner", "Partner"),
        (Flag(), False, False),
        (Names(), ["b", "a"], ["a", "b"]),
        (Between(), 20, {"minimum": 20, "maximum": 20}),
    ],
)
def test_an_import_takes_the_live_value(rule: Rule, live: Any, expected: Any) -> None:
    """It should report the live value where the program has said nothing yet."""
    assert expected == rule.reported(None, live)


@pytest.mark.parametrize(
    ("rule", "said", "live"),
    [
        (rules.Names(rules.address_space), ["*"], ["smtp:*;1"]),
        (rules.Text(form=rules.address), "https://a.example/owa", "https://A.example/owa/"),
        (rules.Names(rules.unspaced), ["a.example:ContactsSharing"], ["a.example: ContactsSharing"]),
        (rules.Text(form=rules.recipient_filter), "Alias -eq 'a'", '((Alias -eq "a"))'),
        (rules.Text(), "Quarantine", ["Quarantine"]),
        (rules.Names(), [], None),
        (rules.Number(), 25, "25"),
        (rules.State(), True, "Enabled"),
        (rules.State(), False, "Disabled"),
        (rules.Members(), ["b", "a"], [{"Name": "A"}, {"Name": "x", "ExternalDirectoryObjectId": "b"}]),
    ],
)
def test_another_way_of_writing_satisfies(rule: rules.Rule, said: Any, live: Any) -> None:
    """It should be satisfied by the live value that Exchange writes in its own way, and report what was said."""
    assert rule.wanted(said, live) is None
    assert said == rule.reported(said, live)


@pytest.mark.parametrize(
    ("rule", "said", "live"),
    [
        (rules.Names(rules.address_space), ["*"], ["smtp:a.example;1"]),
        (rules.Number(), 25, None),
        (rules.Members(), ["a"], [{"Name": "a"}, {"Name": "b"}]),
        (rules.Members(), ["a", "b"], [{"Name": "a"}]),
        (rules.Members(), ["a"], None),
        (rules.Text(), "x", None),
    ],
)
def test_something_else_does_not_satisfy(rule: rules.Rule, said: Any, live: Any) -> None:
    """It should want what is said where the live value is another, and report the live one."""
    assert said == rule.wanted(said, live)
    assert said != rule.reported(said, live)


@pytest.mark.parametrize("said", [0, 10, True, "5"])
def test_a_number_is_whole_and_within_its_range(said: Any) -> None:
    """It should name the range for what is outside it or no number."""
    assert "must be a whole number from 1 to 9" == rules.Number(1, 9).problem(said)
    assert rules.Number(1, 9).problem(9) is None
