"""The operators' dashboard, as operators see it: in a browser, live and without scripts, on the wall and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.core.states import MailboxState
from mailwave.web.app import Readers, Site, application
from mailwave.web.serving import MODULES
from tests.browser import PHONE, WIDE, Chromium, chromium
from tests.mailwave.adapters.ledgers import TestClock, step
from tests.mailwave.builders import REASON
from tests.mailwave.web.sites import ENDS, a_listener, a_night, a_watch, address, served

__all__ = ["chromium"]

VIEWS = {
    "desk": (WIDE, True, "/operators"),
    "phone": (PHONE, True, "/operators"),
    "no-scripts": (WIDE, False, "/operators?live=no"),
    "no-scripts-phone": (PHONE, False, "/operators"),
    "war-room": ((1920, 1080), True, "/operators?look=war-room"),
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, str]]:
    """The middle of a night, served: its ledger, and where."""
    clock, listener = TestClock(), a_listener()
    with a_night(tmp_path_factory.mktemp("night"), clock) as ledger:
        clock.time = datetime(2026, 9, 15, 21, 30, tzinfo=UTC)
        site = Site(address(listener), MODULES, seconds=0.05)
        with served(application(site, Readers(a_watch(ledger, clock).look, lambda: ENDS)), listener):
            yield ledger, site.url


@pytest.mark.parametrize("view", VIEWS)
def test_it_reads_well_everywhere(chromium: Chromium, night: tuple[Ledger, str], view: str) -> None:
    """It should say nothing on the console, ask nobody else, fit its window, and break no rule of axe."""
    size, scripts, path = VIEWS[view]
    _, url = night
    with chromium.visiting(url, size=size, scripts=scripts) as seen:
        seen.page.goto(url + path)
        seen.page.get_by_role("heading", name="The campaign").wait_for()
        seen.shot(f"operators-{view}")
        violations = seen.violations if scripts else []
        assert ([], [], 0, []) == (seen.console, seen.asked, seen.overflow if scripts else 0, violations)


def test_it_says_what_an_operator_must_know(chromium: Chromium, night: tuple[Ledger, str]) -> None:
    """It should say tonight's wave and batches, what is held and why, what stalls, who called, and when it all ends."""
    _, url = night
    with chromium.visiting(url, scripts=False) as seen:
        seen.page.goto(f"{url}/operators")
        words = re.sub(r"\s+", " ", seen.page.locator("main").inner_text())
    for expected in (
        "15 September 2026, 22:30 BST",
        "Every wave is held: W15 7 contacts at the service desk",
        "W15: Tuesday 15 September 2026, 20:00 to 06:00",
        "test-15-1 leeds 2",
        "StalledDueToTarget_DiskLatency 1",
        "leeds 1 80 100 1",
        "W15 canary 7 5 1 3",
        "Half of the forecast's runs end by Friday 2 October 2026 (P50), nine in ten by Friday 9 October 2026",
        "QWO 6",
    ):
        assert expected in words


def test_what_happens_is_seen_at_once(chromium: Chromium, night: tuple[Ledger, str]) -> None:
    """It should show a mailbox that moves without a reload, and keep the reader's place in a table."""
    ledger, url = night
    with chromium.visiting(url) as seen:
        seen.page.goto(f"{url}/operators")
        moved = seen.page.locator(".mw-figure--good dd")
        seen.page.get_by_text("StalledDueToTarget").wait_for()
        seen.page.locator("#tonight-batches").focus()
        before = int(moved.inner_text())
        for state in (MailboxState.COMPLETING, MailboxState.MOVED):
            ledger.move_state(step(1, state), REASON)
        moved.filter(has_text=re.compile(rf"^{before + 1}$")).wait_for()
        assert "tonight-batches" == seen.page.evaluate("document.activeElement.id")
        assert ([], []) == (seen.console, seen.asked)


def test_every_chart_has_its_table_and_words(chromium: Chromium, night: tuple[Ledger, str]) -> None:
    """It should draw four charts, each shown, each with words in its place and a table after it."""
    _, url = night
    with chromium.visiting(url) as seen:
        seen.page.goto(f"{url}/operators?live=no")
        charts = seen.page.locator("img.mw-chart")
        assert 4 == charts.count()
        for chart in charts.all():
            assert chart.evaluate("each => each.complete && each.naturalWidth > 300")
            assert "table" in (chart.get_attribute("alt") or "")
            assert 1 == chart.locator("xpath=following-sibling::div[1]//table").count()


def test_it_prints(chromium: Chromium, night: tuple[Ledger, str]) -> None:
    """It should print on a few pages, without what is only for screens."""
    _, url = night
    with chromium.visiting(url, size=(680, 960)) as seen:
        seen.page.goto(f"{url}/operators?live=no")
        seen.page.emulate_media(media="print")
        paper = seen.printed("operators")
        assert 0 == seen.overflow
        assert not seen.page.locator(".mw-controls").is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) in range(2, 6)
