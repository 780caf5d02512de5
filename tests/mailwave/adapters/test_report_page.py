"""A report as people read it: in a real browser, on paper, and without eyes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailwave.adapters.report_page import page
from mailwave.core.reports.document import Kind
from mailwave.core.reports.words import said
from tests.browser import Chromium, Opened, chromium, in_every_view, leaves
from tests.mailwave.adapters.reports import AT, HOSTILE, a_report

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a report that has something of everything."""
    made = tmp_path_factory.mktemp("report") / "report.html"
    made.write_bytes(page(a_report(rows=8)))
    return made


opened = in_every_view("report")


def test_it_reads_well_everywhere(opened: Opened) -> None:
    """It should say nothing on the console, ask nobody for anything, fit its window, and break no rule of axe."""
    assert [] == opened.troubles


def test_it_prints(chromium: Chromium, file: Path) -> None:
    """It should print on a few pages, with nothing cut off at the side, and a table's head on each of its pages."""
    with chromium.opened(file, size=(680, 960)) as found:
        found.page.emulate_media(media="print")
        paper = found.printed("report")
        head = found.page.locator("thead").first.evaluate("each => getComputedStyle(each).display")
        assert (0, "table-header-group") == (found.overflow, head)
    assert leaves(paper) in range(2, 6)


def test_names_are_text(chromium: Chromium, file: Path) -> None:
    """It should show every hostile name as the text that it is, and let wide tables be scrolled by keyboard."""
    with chromium.opened(file) as found:
        assert 0 == found.page.locator("script, b, a, img").count()
        for name in HOSTILE:
            assert found.page.get_by_role("cell", name=name, exact=True).count() == 8
        assert 2 == found.page.get_by_role("region").and_(found.page.locator("[tabindex='0']")).count()
        assert found.page.get_by_text("None.").is_visible()


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, Kind.COUNT, "not known"),
        (0, Kind.COUNT, "0"),
        (2_100_000, Kind.COUNT, "2,100,000"),
        (999, Kind.BYTES, "999 bytes"),
        (1000, Kind.BYTES, "1.0 KB"),
        (2_283_654_113_573_649, Kind.BYTES, "2.3 PB"),
        (0.0225, Kind.SHARE, "2.25%"),
        (1234.5, Kind.MONEY, "1,234.50"),
        (date(2026, 9, 15), Kind.DAY, "Tue 15 Sep 2026"),
        (AT, Kind.MOMENT, "17 Sep 2026 09:30 BST"),
        ("=1+1", Kind.TEXT, "=1+1"),
    ],
)
def test_cells_are_written_for_people(value: object, kind: Kind, words: str) -> None:
    """It should write a number in its unit, a moment in London's time, and what nobody knows as that, not as 0."""
    assert words == said(value, kind)  # type: ignore[arg-type]
