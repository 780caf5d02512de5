"""The engine's adapter, where an engine that outlived its command is still writing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pulumi import automation as auto
from pulumi.automation._cmd import CommandResult

from mailwave.adapters.engine import whole


def failing(times: int, words: str) -> Callable[[], int]:
    """What fails so many *times* with *words*, and then returns how often it was begun."""
    begun = 0

    def act() -> int:
        nonlocal begun
        begun += 1
        if begun <= times:
            raise auto.CommandError(CommandResult(stdout="", stderr=f"error: {words}", code=255))
        return begun

    return act


def test_a_checkpoint_that_is_being_written_is_waited_for() -> None:
    """It should begin again until the checkpoint is whole."""
    assert 3 == whole(failing(2, "failed to load checkpoint: EOF"))


def test_a_checkpoint_that_stays_cut_off_is_told() -> None:
    """It should give up after its time, with the engine's words."""
    with pytest.raises(auto.CommandError, match="failed to load checkpoint"):
        whole(failing(10**9, "failed to load checkpoint: EOF"), seconds=0.3)


def test_other_errors_are_not_repeated() -> None:
    """It should raise at once whatever else an engine says."""
    with pytest.raises(auto.CommandError, match="no such stack"):
        whole(failing(1, "no such stack"))
