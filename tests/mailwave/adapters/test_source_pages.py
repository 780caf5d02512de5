"""Pages of a reading: kept whole, found again, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailwave.adapters.source_pages import LONGEST, Page, PageFolder, Right

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
PAGE = Page([{"ExchangeGuid": "a", "Database": "DB01"}], [{"ItemCount": 7}], [Right("a", "b", "SendAs")])


def test_a_page_is_found_again(tmp_path: Path) -> None:
    """It should give a later reader what was kept, for the same site and database only, whatever their names hold."""
    PageFolder(tmp_path / "pages", NOW).keep("leeds", "DB01/old", PAGE)
    later = PageFolder(tmp_path / "pages", NOW + timedelta(hours=1))
    assert PAGE == later.find("leeds", "DB01/old")
    assert later.find("york", "DB01/old") is None
    assert later.find("leeds", "DB02") is None


def test_a_torn_page_is_no_page(tmp_path: Path) -> None:
    """It should read again what a failing disk has left of a page."""
    pages = PageFolder(tmp_path / "pages", NOW)
    pages.keep("leeds", "DB01", PAGE)
    (file,) = (tmp_path / "pages").glob("*.json")
    file.write_bytes(file.read_bytes()[:-5])
    assert pages.find("leeds", "DB01") is None


def test_pages_grow_old(tmp_path: Path) -> None:
    """It should begin anew after half a day, and where a clock went back."""
    for now in (NOW + LONGEST + timedelta(seconds=1), NOW - timedelta(days=1)):
        PageFolder(tmp_path / "pages", NOW).clear()
        PageFolder(tmp_path / "pages", NOW).keep("leeds", "DB01", PAGE)
        assert PageFolder(tmp_path / "pages", now).find("leeds", "DB01") is None


def test_what_became_an_inventory_is_removed(tmp_path: Path) -> None:
    """It should leave nothing behind once the inventory is kept."""
    pages = PageFolder(tmp_path / "pages", NOW)
    pages.keep("leeds", "DB01", PAGE)
    pages.clear()
    assert not (tmp_path / "pages").exists()
