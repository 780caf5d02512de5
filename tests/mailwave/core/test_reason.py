"""Reasons: every act has one, and every part of it says something."""

import pytest

from mailwave.core.reason import InvalidReason, Reason


def test_a_whole_reason_is_taken() -> None:
    """It should keep who, from where, under which ticket and why."""
    reason = Reason(who="Siân", source="console", ticket="CHG-1", text="wave 1")

    assert "wave 1" == reason.text


@pytest.mark.parametrize("field", ["who", "source", "ticket", "text"])
@pytest.mark.parametrize(
    "value", ["", "  ", "two\nlines", "bell\x07", "x" * 501, "\u2028", "\ud800"], ids=repr
)
def test_a_part_that_says_nothing_or_too_much_is_refused(field: str, value: str) -> None:
    """It should name the part that is empty, too long, or would forge a second line in a log."""
    parts = {"who": "a", "source": "b", "ticket": "c", "text": "d", field: value}

    with pytest.raises(InvalidReason) as caught:
        Reason(**parts)
    assert field == caught.value.field
