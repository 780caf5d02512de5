"""The rate headers."""

from __future__ import annotations

from rehearsal.exchange_online.lab import Lab
from rehearsal.exchange_online.rates import BUDGET


def test_a_window_counts_down_and_begins_anew() -> None:
    """It should tell one call less each time, and the whole budget again after the window (fact A28)."""
    lab = Lab()

    first, second = (lab.post("Get-MailUser", {}).headers for _ in range(2))
    lab.advance(minutes=5)
    third = lab.post("Get-MailUser", {}).headers

    told = [each["rate-limit-remaining"] for each in (first, second, third)]
    assert [str(BUDGET - 1), str(BUDGET - 2), str(BUDGET - 1)] == told
    assert first["rate-limit-reset"] == "2026-09-01T08:05:00.0000000Z"


def test_nobody_is_refused_for_the_rate() -> None:
    """It should stop at nought and go on answering, since no limit is published (fact A29)."""
    lab = Lab()
    replies = [lab.post("Get-OrganizationConfig", {}) for _ in range(BUDGET + 1)]

    assert ("0", 200) == (replies[-1].headers["rate-limit-remaining"], replies[-1].status)
