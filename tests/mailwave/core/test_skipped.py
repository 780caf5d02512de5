"""The items that a move would lose."""

from __future__ import annotations

from mailwave.core.skipped import SkippedItem, items_digest

ONE, OTHER = SkippedItem("Missing", "Inbox", "a", "1 KB"), SkippedItem("Corrupt", "Sent", "b", "2 KB")


def test_consent_is_to_exactly_these_items_of_this_mailbox() -> None:
    """It should give one digest whatever the order, and another for other items or another mailbox."""
    both = items_digest("a", [ONE, OTHER])

    assert both == items_digest("a", [OTHER, ONE])
    assert 4 == len(
        {both, items_digest("b", [ONE, OTHER]), items_digest("a", [ONE]), items_digest("a", [ONE, ONE])}
    )
