"""Arguments, checked in the words of Ansible's bases for modules."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.windows.arguments import checked
from rehearsal.windows.failures import ModuleFailed, ModuleSkipped
from rehearsal.windows.specification import Option, Specification

OPTIONS = {
    "path": Option("path", required=True, aliases=("dest",)),
    "name": Option(),
    "kind": Option(default="one", choices=("one", "two")),
    "kinds": Option("list", elements="str", choices=("a", "b")),
    "many": Option("list", elements="int"),
    "flag": Option("bool", default=False),
    "count": Option("int"),
    "part": Option("float"),
    "table": Option("dict", options={"inner": Option("int", required=True), "other": Option()}),
    "rows": Option("list", elements="dict", options={"inner": Option("int")}),
    "free": Option("dict"),
    "any": Option("raw"),
}
ENVIRONMENT = {"TEMP": "C:\\Temp"}


def spec(*, legacy: bool = False, **rules: Any) -> Specification:
    return Specification("win_x", OPTIONS, legacy, **rules)


def values(given: dict[str, Any], specification: Specification | None = None) -> dict[str, Any]:
    return checked(specification or spec(), given, ENVIRONMENT)


def refusal(given: dict[str, Any], specification: Specification | None = None) -> str:
    with pytest.raises(ModuleFailed) as caught:
        values({"path": "C:\\x"} | given, specification)
    return caught.value.problem


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({}, "kind", "one"),
        ({}, "name", None),
        ({"path": "%TEMP%\\x"}, "path", "C:\\Temp\\x"),
        ({"path": "%NO%\\x"}, "path", "%NO%\\x"),
        ({"name": 5}, "name", "5"),
        ({"flag": "Yes"}, "flag", True),
        ({"flag": 0}, "flag", False),
        ({"count": "7"}, "count", 7),
        ({"part": "1.5"}, "part", 1.5),
        ({"many": "1, 2"}, "many", [1, 2]),
        ({"many": 3}, "many", [3]),
        ({"kinds": "a,b"}, "kinds", ["a", "b"]),
        ({"table": {"inner": "1"}}, "table", {"inner": 1, "other": None}),
        ({"rows": [{"inner": 1}]}, "rows", [{"inner": 1}]),
        ({"free": '{"a": 1}'}, "free", {"a": 1}),
        ({"any": [1]}, "any", [1]),
        ({"count": None}, "count", None),
    ],
)
def test_conversions(given: dict[str, Any], name: str, value: object) -> None:
    """It should turn each value into its option's type, fill in what is not given, and expand paths."""
    assert values({"path": "C:\\x"} | given)[name] == value


def test_an_alias_is_its_option() -> None:
    """It should know an option by each of its names."""
    assert values({"dest": "C:\\y", "_ansible_check_mode": True})["path"] == "C:\\y"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"nme": 1},
            "Unsupported parameters for (win_x) module: nme. Supported parameters include: any, count, dest",
        ),
        ({"Name": 1}, "Unsupported parameters for (win_x) module: Name. "),
        ({"kind": "Two"}, "value of kind must be one of: one, two. Got no match for: Two"),
        ({"kinds": "a,c"}, "value of kinds must be one or more of: a, b. Got no match for: c"),
        (
            {"flag": "maybe"},
            "argument for flag is of type System.String and we were unable to convert to bool: The",
        ),
        (
            {"count": "1.5"},
            "argument for count is of type System.String and we were unable to convert to int: Input",
        ),
        (
            {"count": 2**31},
            "argument for count is of type System.Int32 and we were unable to convert to int: Value",
        ),
        ({"part": "x"}, "argument for part is of type System.String and we were unable to convert to float"),
        ({"many": True}, "argument for many is of type System.Boolean and we were unable to convert to list"),
        (
            {"many": ["x"]},
            "argument for list entry many is of type System.String and we were unable to convert to int",
        ),
        (
            {"name": ["x"]},
            "argument for name is of type System.Object[] and we were unable to convert to str",
        ),
        (
            {"path": "C:\\a|b"},
            "argument for path is of type System.String and we were unable to convert to path",
        ),
        ({"free": 5}, "argument for free is of type System.Int32 and we were unable to convert to dict"),
        (
            {"free": "text"},
            "argument for free is of type System.String and we were unable to convert to dict",
        ),
        ({"table": {}}, "missing required arguments: inner found in table"),
        (
            {"table": {"x": 1}},
            "Unsupported parameters for (win_x) module: x found in table. Supported parameters",
        ),
        (
            {"rows": [{"inner": "x"}]},
            "argument for inner is of type System.String and we were unable to convert to int",
        ),
    ],
)
def test_refusals(given: dict[str, Any], text: str) -> None:
    """It should refuse in the sentences of Ansible.Basic, and be stricter only about the case of letters."""
    assert refusal(given).startswith(text)


def test_missing() -> None:
    """It should name what is required and missing, in the words of each base."""
    for legacy, text in (
        (False, "missing required arguments: path"),
        (True, "Get-AnsibleParam: Missing required"),
    ):
        with pytest.raises(ModuleFailed) as caught:
            values({}, spec(legacy=legacy))
        assert caught.value.problem.startswith(text)


def test_a_legacy_module_words_choices_its_own_way() -> None:
    """It should say what Get-AnsibleParam says of a choice that is none."""
    expected = "Get-AnsibleParam: Argument kind needs to be one of one,two but was six."
    assert refusal({"kind": "six"}, spec(legacy=True)) == expected


@pytest.mark.parametrize(
    ("rules", "bad", "text", "good"),
    [
        (
            {"mutually_exclusive": (("name", "count"),)},
            {"name": "n", "count": 1},
            "parameters are mutually exclusive: name, count",
            {"name": "n"},
        ),
        (
            {"required_together": (("name", "count"),)},
            {"name": "n"},
            "parameters are required together: name, count",
            {"name": "n", "count": 1},
        ),
        (
            {"required_one_of": (("name", "count"),)},
            {},
            "one of the following is required: name, count",
            {"count": 1},
        ),
        (
            {"required_if": (("kind", "two", ["name", "count"]),)},
            {"kind": "two", "name": "n"},
            "kind is two but all of the following are missing: count",
            {"kind": "two", "name": "n", "count": 1},
        ),
        (
            {"required_if": (("kind", "two", ["name", "count"], True),)},
            {"kind": "two"},
            "kind is two but any of the following are missing: name, count",
            {"kind": "two", "name": "n"},
        ),
        (
            {"required_by": {"name": ("count",)}},
            {"name": "n"},
            "missing parameter(s) required by 'name': count",
            {"name": "n", "count": 1},
        ),
    ],
)
def test_rules_between_options(
    rules: dict[str, Any], bad: dict[str, Any], text: str, good: dict[str, Any]
) -> None:
    """It should hold options that exclude or need each other to the module's own rules."""
    assert refusal(bad, spec(**rules)) == text
    assert values({"path": "C:\\x"} | good, spec(**rules))


def test_a_module_without_check_mode_is_skipped() -> None:
    """It should skip a module in check mode that has none."""
    with pytest.raises(ModuleSkipped, match=r"remote module \(win_x\) does not support check mode"):
        values({"path": "C:\\x", "_ansible_check_mode": True}, spec(supports_check_mode=False))
