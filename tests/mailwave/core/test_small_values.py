"""Small values: inventories, and how an act ended."""

from __future__ import annotations

from mailwave.core.outcomes import ActError, ActPostponed, ActRefused, ActUnknown
from mailwave.core.source import Inventory


def test_an_inventory_is_its_files() -> None:
    """It should give every file by name."""
    inventory = Inventory({"m.csv": b"m"}, {"s.csv": b"s"}, {"p.csv": b"p"})

    assert {"m.csv": b"m", "s.csv": b"s", "p.csv": b"p"} == inventory.files


def test_an_error_carries_its_parts() -> None:
    """It should keep what was tried, on what, and the other side's words, and be one of four kinds."""
    for kind in (ActRefused, ActUnknown, ActPostponed):
        error = kind(act="complete", subject="a@b.example", why="it is completing")
        assert isinstance(error, ActError)
        assert ("complete", "a@b.example", "it is completing") == (error.act, error.subject, error.why)
        assert "complete of a@b.example: it is completing" == str(error)
