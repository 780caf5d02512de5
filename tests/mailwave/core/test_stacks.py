"""What is said of a stack."""

from __future__ import annotations

from mailwave.core.stacks import PropertyChange, StackChange, StackReport

CHANGES = (
    StackChange("a", "x:y:Z", "create"),
    StackChange("b", "x:y:Z", "update", (PropertyChange("tls", '"1.0"', '"1.2"'),)),
    StackChange("c", "x:y:Z", "update", (PropertyChange("size"),)),
)


def test_an_update_says_what_it_did() -> None:
    """It should count what was done."""
    assert "s: 8 resources, 1 created, 2 updated" == str(StackReport("s", 8, CHANGES, applied=True))


def test_a_preview_says_what_it_would_do() -> None:
    """It should count what is still to be done."""
    assert "s: 8 resources, 1 to create, 2 to update" == str(StackReport("s", 8, CHANGES))


def test_nothing_is_said_as_nothing() -> None:
    """It should tell an update without work from a preview without difference."""
    assert "s: 8 resources, nothing to change" == str(StackReport("s", 8, applied=True))
    assert "s: 8 resources, no difference" == str(StackReport("s", 8))


def test_a_property_shows_both_values() -> None:
    """It should show old and new, a missing one as nothing, and a long one cut."""
    assert 'update x:y:Z b (tls: "1.0" -> "1.2")' == str(CHANGES[1])
    assert "update x:y:Z c (size)" == str(CHANGES[2])
    assert "p: nothing -> 1" == str(PropertyChange("p", "", "1"))
    assert str(PropertyChange("p", "x" * 200, "1")).startswith(f"p: {'x' * 97}... -> 1")
