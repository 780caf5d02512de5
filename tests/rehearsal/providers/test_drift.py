"""What a program would have to say for an object that somebody has changed."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.providers.drift import drifted


class TestDrifted:
    """Inputs after a look at the live object."""

    @pytest.mark.parametrize(
        ("inputs", "before", "after", "expected"),
        [
            ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}),
            ({"a": 1}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}),
            ({"a": 1}, {"a": 1}, {"a": 3}, {"a": 3}),
            ({"a": 1}, {"a": 1}, {}, {}),
            ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, {"a": {"x": 1, "y": 3}}, {"a": {"x": 1, "y": 3}}),
            ({"a": [{"x": 1}]}, {"a": [{"x": 1, "y": 2}]}, {"a": [{"x": 5, "y": 2}]}, {"a": [{"x": 5}]}),
            ({"a": [1]}, {"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}),
            ({"a": "UK South"}, {"a": "uksouth"}, {"a": "uksouth"}, {"a": "UK South"}),
        ],
    )
    def test_only_changes_are_taken_over(self, inputs: Any, before: Any, after: Any, expected: Any) -> None:
        """It should keep what the program said and did not say, but for what has changed since."""
        assert expected == drifted(inputs, before, after)
