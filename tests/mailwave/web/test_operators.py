"""The operators' dashboard, as operators see it: in a browser, live and without scripts, on the wall and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailwave.core.states import MailboxState
from tests.browser import PHONE, WIDE, Chromium, Opened, chromium
from tests.mailwave.adapters.ledgers import step
from tests.mailwave.builders import REASON
from tests.mailwave.web.tenants import OLGA, Pages, served_pages

__all__ = ["chromium"]

VIEWS = {
    "desk": (WIDE, True, "/operators"),
    "phone": (PHONE, True, "/operators"),
    "no-scripts": (WIDE, False, "/operators?live=no"),
    "no-scripts-phone": (PHONE, False, "/operators"),
    "war-room": ((1920, 1080), True, "/operators?look=war-room"),
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The middle of a night, served."""
    with served_pages(tmp_path_factory.mktemp("night")) as pages:
        yield pages


@contextmanager
def operating(
    chromium: Chromium, night: Pages, path: str, *, size: tuple[int, int] = WIDE, scripts: bool = True
) -> Iterator[Opened]:
    """The page at *path*, for an operator who has signed in."""
    with chromium.visiting(night.url, size=size, scripts=scripts) as seen:
        seen.carry(night.url, "__Host-mailwave", night.cookie(OLGA))
        seen.page.goto(night.url + path)
        seen.page.get_by_role("heading", name="The campaign").wait_for()
        yield seen


@pytest.mark.parametrize("view", VIEWS)
def test_it_reads_well_everywhere(chromium: Chromium, night: Pages, view: str) -> None:
    """It should say nothing on the console, ask nobody else, fit its window, and break no rule of axe."""
    size, scripts, path = VIEWS[view]
    with operating(chromium, night, path, size=size, scripts=scripts) as seen:
        seen.shot(f"operators-{view}")
        violations = seen.violations if scripts else []
        assert ([], [], 0, []) == (seen.console, seen.asked, seen.overflow if scripts else 0, violations)


def test_it_says_what_an_operator_must_know(chromium: Chromium, night: Pages) -> None:
    """It should say tonight's wave and batches, what is held and why, what stalls, who called, and when it all ends."""
    with operating(chromium, night, "/operators", scripts=False) as seen:
        words = re.sub(r"\s+", " ", seen.page.locator("main").inner_text())
    for expected in (
        "15 September 2026, 22:30 BST",
        "Every wave is held: W15, 7 contacts at the service desk",
        "W15: Tuesday 15 September 2026, 20:00 to 06:00",
        "test-15-1 leeds 2",
        "StalledDueToTarget_DiskLatency 1",
        "leeds 1 80 100 1",
        "W15 canary 7 5 1 3",
        "The governor set leeds to 80 slots: the target stalls 43 % of the moves that were looked at.",
        "Half of the forecast’s runs end by Friday 2 October 2026 (P50), nine in ten by Friday 9 October 2026",
        "Tue 15 Sep 2026 4 1 3 2",
        "Fri 2 Oct 2026 – – 4 3",
        "QWO 6 6 100 % 5 83 % 4 66 % 1 16 %",
    ):
        assert expected in words


def test_what_happens_is_seen_at_once(chromium: Chromium, night: Pages) -> None:
    """It should show a mailbox that moves without a reload, and keep the reader's place in a table."""
    with operating(chromium, night, "/operators") as seen:
        moved = seen.page.locator(".mw-figure--good dd")
        seen.page.get_by_text("StalledDueToTarget").wait_for()
        seen.page.locator("#tonight-batches").focus()
        before = int(moved.inner_text())
        for state in (MailboxState.COMPLETING, MailboxState.MOVED):
            night.ledger.move_state(step(1, state), REASON)
        moved.filter(has_text=re.compile(rf"^{before + 1}$")).wait_for()
        assert "tonight-batches" == seen.page.evaluate("document.activeElement.id")
        assert ([], []) == (seen.console, seen.asked)


def test_every_chart_has_its_table_and_words(chromium: Chromium, night: Pages) -> None:
    """It should draw four charts, each shown, each with words in its place and a table after it."""
    with operating(chromium, night, "/operators?live=no") as seen:
        charts = seen.page.locator("img.mw-chart")
        assert 4 == charts.count()
        for chart in charts.all():
            assert chart.evaluate("each => each.complete && each.naturalWidth > 300")
            assert "table" in (chart.get_attribute("alt") or "")
            assert 1 == chart.locator("xpath=following-sibling::div[1]//table").count()


def test_it_prints(chromium: Chromium, night: Pages) -> None:
    """It should print on a few pages, without what is only for screens."""
    with operating(chromium, night, "/operators?live=no", size=(680, 960)) as seen:
        seen.page.emulate_media(media="print")
        paper = seen.printed("operators")
        assert 0 == seen.overflow
        assert not seen.page.locator(".mw-controls").is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) in range(2, 6)
