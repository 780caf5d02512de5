"""PowerShell's tables as data."""

from __future__ import annotations

import pytest

from rehearsal.windows.powershell_data import NotData, Variable, table


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-2.5", -2.5),
        ("$true", True),
        ("$Null", None),
        ("'it''s'", "it's"),
        ('"plain"', "plain"),
        ("$other", "other"),
        ("'a', 'b'", ["a", "b"]),
        (", 'a'", ["a"]),
        ("@('a')", ["a"]),
        ("@(@('a', 'b'))", ["a", "b"]),
        ("@(, @('a', 'b'))", [["a", "b"]]),
        ("@(@('a', 'b'), @('c'))", [["a", "b"], ["c"]]),
        ("@(\n    @('a', 'b'),\n    @('c', 'd')\n)", [["a", "b"], ["c", "d"]]),
        ("@()", []),
        ("@{}", {}),
        ("@{ a = 1; b = 'x' # why\n c = @{ d = $false } }", {"a": 1, "b": "x", "c": {"d": False}}),
    ],
)
def test_literals(text: str, value: object) -> None:
    """It should read each kind of literal as PowerShell does, lists of one item too."""
    assert table(f"$x = 1\n$spec = @{{ v = {text} }}\n", "spec") == {"v": value}


def test_a_variable_is_told_from_a_text() -> None:
    """It should say that a value is a variable, whose content it does not know."""
    found = table("$spec = @{ v = $kind }\n", "spec")
    assert found is not None
    assert isinstance(found["v"], Variable)


def test_no_table() -> None:
    """It should find no table where the script assigns none."""
    assert table("# $spec = @{ a = 1 }\n", "spec") is None


@pytest.mark.parametrize("text", ["@{ v = (1 + 2) }", "@{ v = Get-Date }", "@{ v = 1", '@{ v = "$x" }'])
def test_a_program_is_refused(text: str) -> None:
    """It should run nothing: what is no literal is refused."""
    with pytest.raises(NotData):
        table(f"$spec = {text}\n", "spec")
