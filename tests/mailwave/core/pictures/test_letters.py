"""Pictures in letters: as long as they should be, and nothing above zero unseen."""

from __future__ import annotations

import pytest

from mailwave.core.pictures.letters import bar, sparkline


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ([0, 1, 4, 8], 10, " ▂▅█"),
        ([0, 8, 0, 1], 2, "█▂"),
        ([], 5, ""),
        ([0, 0], 5, ""),
    ],
)
def test_sparkline(values: list[float], width: int, expected: str) -> None:
    """It should show the highest of the values that share a letter, and a blank for nothing."""
    assert expected == sparkline(values, width)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, ""), (0.0001, "▏"), (50, "█████"), (55, "█████▌"), (100, "█" * 10), (200, "█" * 10)],
)
def test_bar(value: float, expected: str) -> None:
    """It should be as long as the value's part of the most, see the least, and never be longer."""
    assert expected == bar(value, 100, 10)
