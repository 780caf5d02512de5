"""What an administrator is told who asks for what cannot be, in a browser; the journeys are in tests/end_to_end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailwave.runbooks.ask_dates import ASKED
from tests.browser import PHONE, Chromium, Opened, chromium
from tests.mailwave.web.tenants import HOST, PASSWORD, Pages, served_pages

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served."""
    with served_pages(tmp_path_factory.mktemp("pages")) as made:
        yield made


def sign_in(seen: Opened, account: str) -> None:
    """Sign in at the tenant, from the page that asks for it."""
    seen.page.get_by_role("link", name="Sign in", exact=True).click()
    seen.page.get_by_label("Account").fill(account)
    seen.page.get_by_label("Password").fill(PASSWORD)
    seen.page.get_by_role("button", name="Sign in").click()


def test_dates_that_are_refused_are_explained(chromium: Chromium, pages: Pages) -> None:
    """It should say in a sentence why dates were not taken, and record nothing."""
    before = len(pages.ledger.intents(ASKED))
    with chromium.visiting(pages.url, size=PHONE, answers={HOST: pages.tenant.handle}) as seen:
        seen.page.goto(f"{pages.url}/organisation")
        sign_in(seen, "anne@nhsmail.example")
        seen.page.get_by_label("First day").fill("2026-09-10")
        seen.page.get_by_label("Last day").fill("2026-09-12")
        seen.page.get_by_label("Why", exact=True).fill("too late")
        seen.page.get_by_role("button", name="Record these dates").click()
        assert "the first day must be after today" in seen.page.get_by_role("alert").inner_text()
        seen.shot("organisation-refused")
        assert ([], [], 0) == (seen.violations, seen.asked, seen.overflow)
    assert before == len(pages.ledger.intents(ASKED))
