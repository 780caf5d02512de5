"""The report of a whole environment that is to be made, by the real engine, as a board opens it in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal.deploy import FAR
from tests.browser import PHONE, WIDE, Chromium, chromium
from tests.end_to_end.operator import WHY, Operator

__all__ = ["chromium"]

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1_800)]


def test_a_board_reads_what_an_environment_will_be(operator: Operator, chromium: Chromium) -> None:
    """It should tell all that is made, whom it reaches and what it costs, and read well on desk, phone and paper."""
    done = operator.mailwave("change", "review", *WHY, "--until", FAR, "--no-plays", "--json")
    assert 0 == done.code, done.text
    told = json.loads(done.out)

    assert ["", True, True] == [bool(part["provisional"]) or "" for part in told["parts"]]
    assert sum(told["risks"].values()) > 80
    assert [("month", "GBP")] == [(total["per"], total["currency"]) for total in told["cost"]["totals"]]
    assert "container environment" in [gap["item"] for gap in told["cost"]["unknown"]]
    report = Path(told["folder"]) / "report.html"
    for size in (WIDE, PHONE):
        with chromium.opened(report, size=size) as found:
            assert ([], [], 0, []) == (found.console, found.asked, found.overflow, found.violations)
    with chromium.opened(report, size=(680, 960)) as found:
        found.page.emulate_media(media="print")
        assert 0 == found.overflow
        assert found.printed("environment").startswith(b"%PDF")
