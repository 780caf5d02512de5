"""Faults of readiness that somebody else seeded: each is found under its own code, and what is nearly one is not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.mailwave.core.readiness.seeds import PEOPLE, SEEDS, Seed, Shown, sound
from tests.mailwave.core.readiness.seeing import blocked

ORGANISATION = "FV203"
"""Twelve people, none of whom uses a shared mailbox."""


def place(shown: Shown, seed: Seed) -> int:
    """The number of the mailbox that *seed* befalls."""
    boxes = shown.estate.mailboxes
    if seed.shared:
        return next(n for n, box in enumerate(boxes) if box.recipient_type not in PEOPLE)
    return next(n for n, box in enumerate(boxes) if box.organisation == ORGANISATION)


def test_nothing_is_wrong_with_the_sound_estate(tmp_path: Path) -> None:
    """It should block nobody where every service and every team shows what is wanted."""
    assert [] == blocked(sound(), tmp_path)


def test_there_are_forty_and_each_has_its_name() -> None:
    """It should hold forty faults or more, none of them twice."""
    assert 40 <= len({seed.name for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_fault_yields_its_own_code(seed: Seed, tmp_path: Path) -> None:
    """It should name the fault's code on its mailbox, or on all of its organisation, and nothing on anybody else."""
    shown = sound()
    at = place(shown, seed)
    seed.breaks(shown, at)
    box = shown.estate.mailboxes[at]
    struck = [m for m in shown.estate.mailboxes if seed.whole and m.organisation == box.organisation] or [box]

    found = {(each.guid, each.code.name) for each in blocked(shown, tmp_path)}

    assert {(mailbox.exchange_guid, seed.code) for mailbox in struck} == found


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_what_is_nearly_a_fault_is_none(seed: Seed, tmp_path: Path) -> None:
    """It should say nothing of what is just within the rule."""
    shown = sound()
    seed.nearly(shown, place(shown, seed))

    found = Counter(each.code.name for each in blocked(shown, tmp_path))

    assert set(seed.beside) == set(found)
