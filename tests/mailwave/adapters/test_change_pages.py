"""The report of a change as people read it: in a real browser, on paper, and without eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailwave.adapters.change_pages import pages
from tests.browser import PHONE, Chromium, Opened, chromium, in_every_view, leaves
from tests.mailwave.adapters.change_reports import HOSTILE, a_report

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a change that has something of everything."""
    made = tmp_path_factory.mktemp("report") / "report.html"
    made.write_bytes(pages(a_report())["report.html"])
    return made


opened = in_every_view("change")


def test_it_reads_well_everywhere(opened: Opened) -> None:
    """It should say nothing on the console, ask nobody for anything, fit its window, and break no rule of axe."""
    assert [] == opened.troubles


def test_it_prints(chromium: Chromium, file: Path) -> None:
    """It should print on a few pages, with nothing cut off at the side of the paper."""
    with chromium.opened(file, size=(680, 960)) as found:
        found.page.emulate_media(media="print")
        paper = found.printed("change")
        assert 0 == found.overflow
    assert leaves(paper) in range(3, 9)


def test_what_is_hidden_from_no_window(chromium: Chromium, file: Path) -> None:
    """It should show a hostile name as the text that it is, and let its wide tables be scrolled by keyboard."""
    with chromium.opened(file, size=PHONE) as found:
        assert 0 == found.page.locator("img").count()
        assert found.page.get_by_text(HOSTILE).count() >= 2
        wide = found.page.get_by_role("region").and_(found.page.locator(".scroll"))
        assert wide.count() >= 3
        assert ["0"] * wide.count() == [each.get_attribute("tabindex") for each in wide.all()]


COST = "GBP 740.00 a month more; unknown for 3 items, at example prices"


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_it_tells_what_the_change_costs(name: str) -> None:
    """It should tell sum, source and what is unknown, and show a hostile name as the text that it is."""
    made = pages(a_report())[name].decode()
    plain = made.replace("\\", "")

    assert [] == [
        text
        for text in (COST, "contract 7, 2026-09-01", "GBP 20.00 a seat", "transfer (40 mailboxes)")
        if text not in plain
    ]
    assert HOSTILE not in made


def test_a_browser_sees_what_would_be_wrong(chromium: Chromium, tmp_path: Path) -> None:
    """It should notice a page that talks, asks others, is too wide, and says nothing to who cannot see."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<title>bad</title><img src="https://evil.example/a.png"><p style="width:3000px">wide</p>'
        "<script>console.log('said')</script>",
        encoding="ascii",
    )
    with chromium.opened(bad) as found:
        assert ["https://evil.example/a.png"] == found.asked
        assert "said" in found.console
        assert found.overflow > 1000
        assert {"image-alt", "html-has-lang"} <= {each.partition(":")[0] for each in found.violations}
