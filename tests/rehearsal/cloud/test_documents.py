"""JSON documents laid over one another."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from rehearsal.cloud.documents import conflicts, merge_patched, overlaid, values_at, without


class TestMergePatched:
    """The examples of RFC 7386, appendix A, that have an object for a patch."""

    @pytest.mark.parametrize(
        ("target", "patch", "result"),
        [
            ({"a": "b"}, {"a": "c"}, {"a": "c"}),
            ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
            ({"a": "b"}, {"a": None}, {}),
            ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
            ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
            ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
            ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
            ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
            ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
            ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ],
    )
    def test_example(self, target: Any, patch: Any, result: Any) -> None:
        """It should patch as the RFC's example does."""
        assert result == merge_patched(target, patch)


class TestOverlaid:
    """One document on top of another."""

    def test_upper_wins_object_by_object(self) -> None:
        """It should keep what only the lower has, at any depth."""
        assert {"a": {"x": 1, "y": 3}, "b": 2} == overlaid({"a": {"x": 1, "y": 2}, "b": 2}, {"a": {"y": 3}})


class TestConflicts:
    """What somebody wrote against what is fixed."""

    def test_names_the_path(self) -> None:
        """It should name only what was written and differs."""
        written = {"a": {"x": 1, "y": 2}, "b": 5}

        assert ["a.y"] == list(conflicts(written, {"a": {"x": 1, "y": 3}, "c": 1}))


class TestPaths:
    """Values found by a path."""

    DOCUMENT: ClassVar[dict[str, Any]] = {
        "a": {"b": 1},
        "list": [{"id": "x"}, {"id": None}, {"id": "y"}],
        "texts": ["p"],
    }

    @pytest.mark.parametrize(
        ("path", "values"),
        [
            ("a.b", [1]),
            ("list[].id", ["x", "y"]),
            ("texts[]", ["p"]),
            ("a.c", []),
            ("a.b.c", []),
            ("a[].b", []),
        ],
    )
    def test_finds_every_value(self, path: str, values: list[Any]) -> None:
        """It should find each value at the path, through lists, and none where there is none."""
        assert values == values_at(self.DOCUMENT, path)

    @pytest.mark.parametrize(
        ("path", "left"),
        [
            ("a.b", {"a": {}, "list": [{"id": 1}]}),
            ("list[].id", {"a": {"b": 1}, "list": [{}]}),
            ("list", {"a": {"b": 1}}),
            ("nothing.at.all", {"a": {"b": 1}, "list": [{"id": 1}]}),
        ],
    )
    def test_leaves_out(self, path: str, left: dict[str, Any]) -> None:
        """It should leave out what lies at the path, and nothing else."""
        assert left == without({"a": {"b": 1}, "list": [{"id": 1}]}, path)
