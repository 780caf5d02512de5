"""What is kept of moves' reports."""

from __future__ import annotations

import pytest

from mailwave.core.move_reports import WITHHELD, went_well, without_items
from mailwave.core.moves import Move


@pytest.mark.parametrize(
    "entry",
    [
        'A corrupted item was encountered: Item (IPM.Note) Subject:"Results of Mrs X", Folder:"Inbox"',
        "A large item was encountered: IPM.Appointment",
        "Error reading folder 'Patients/2019'.",
    ],
)
def test_no_item_is_named(entry: str) -> None:
    """It should say that there was an entry, and nothing of it, where it is about an item or a folder."""
    stage = "2026-09-21T19:00:00 [LO2P123MB0001] Stage: CopyingMessages."

    assert (stage, WITHHELD) == without_items([stage, entry])


def test_only_what_has_simply_ended_went_well() -> None:
    """It should look into warnings, too."""
    shown = {
        status: Move("g", "a@x.example", "b", status)
        for status in ("Completed", "CompletedWithWarnings", "Failed")
    }

    assert ["Completed"] == [status for status, move in shown.items() if went_well(move)]
