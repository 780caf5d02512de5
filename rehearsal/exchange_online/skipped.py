"""The items that a move leaves behind, and the score that they give it (facts B30, B31).

They have subjects, as the service shows them: whoever reads them must not pass those on.
"""

from __future__ import annotations

from datetime import datetime

from rehearsal import draws
from rehearsal.estate import Mailbox
from rehearsal.exchange_online.moves import SkippedItem
from rehearsal.exchange_online.states import Score

_KINDS = ("CorruptItem", "MissingItem", "LargeItem")
_FOLDERS = ("Inbox", "Sent Items", "Archive 2019", "Deleted Items")
_SUBJECTS = (
    "RE: Clinic letter",
    "FW: Referral",
    "Rota for next week",
    "Test results",
    "Minutes of the meeting",
)
_GOOD_SHARE = 0.03
_COUNTS = {"investigate": (3, 9), "poor": (40, 90)}
_SCORES = {"investigate": Score.INVESTIGATE, "poor": Score.POOR}


def found(seed: int, mailbox: Mailbox, when: datetime) -> tuple[Score, list[SkippedItem]]:
    """Return what the initial sync of *mailbox* has skipped until *when*, and its score."""
    least, most = _COUNTS.get(mailbox.cause or "", (0, 0))
    chance = draws.uniform(seed, mailbox.exchange_guid, "skipped-items")
    if most:
        count = least + int((most - least) * chance)
        return _SCORES[mailbox.cause or ""], [item(seed, mailbox, n, when) for n in range(count)]
    if chance < _GOOD_SHARE:
        return Score.GOOD, [item(seed, mailbox, 0, when)]
    return Score.PERFECT, []


def item(seed: int, mailbox: Mailbox, n: int, when: datetime) -> SkippedItem:
    """Return the *n*-th item of *mailbox* that could not be moved."""
    key = mailbox.exchange_guid
    return SkippedItem(
        kind=draws.choice(_KINDS, seed, key, "skipped-kind", n),
        folder=draws.choice(_FOLDERS, seed, key, "skipped-folder", n),
        subject=draws.choice(_SUBJECTS, seed, key, "skipped-subject", n),
        bytes=int(20_000 + 400_000 * draws.uniform(seed, key, "skipped-size", n)),
        found=when,
    )
