"""The journeys of an administrator and of a person, in a browser: with and without scripts, at a desk, on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailwave.runbooks.ask_dates import ASKED
from mailwave.runbooks.attest_fact import ATTESTED
from tests.browser import PHONE, WIDE, Chromium, Opened, chromium
from tests.mailwave.web.tenants import ANNE, HOST, PASSWORD, Pages, served_pages

__all__ = ["chromium"]

WINDOWS = {"desk": (WIDE, True), "phone": (PHONE, True), "no-scripts": (WIDE, False)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served."""
    with served_pages(tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture(params=WINDOWS)
def seen(request: pytest.FixtureRequest, chromium: Chromium, pages: Pages) -> Iterator[Opened]:
    """An empty window of each kind."""
    size, scripts = WINDOWS[request.param]
    answers = {HOST: pages.tenant.handle}
    with chromium.visiting(pages.url, size=size, scripts=scripts, answers=answers) as window:
        yield window


def sound(seen: Opened, name: str, request: pytest.FixtureRequest) -> None:
    """Keep a picture of the page, and hold it to the rules of every page."""
    window = request.node.callspec.params["seen"]
    seen.shot(f"{name}-{window}")
    found = (seen.violations, seen.overflow) if window != "no-scripts" else ([], 0)
    assert ([], [], ([], 0)) == (seen.console, seen.asked, found)


def sign_in(seen: Opened, account: str) -> None:
    """Sign in at the tenant, from the page that asks for it."""
    seen.page.get_by_role("link", name="Sign in", exact=True).click()
    seen.page.get_by_label("Account").fill(account)
    seen.page.get_by_label("Password").fill(PASSWORD)
    seen.page.get_by_role("button", name="Sign in").click()


def test_anybody_reads_what_to_do(seen: Opened, pages: Pages, request: pytest.FixtureRequest) -> None:
    """It should say by client what to do, what changes and who helps, to somebody who has not signed in."""
    seen.page.goto(pages.url)
    seen.page.get_by_role("link", name="A phone or tablet").click()
    seen.page.get_by_role("heading", name="A phone or tablet").wait_for()
    assert 0 == seen.page.get_by_role("heading", name="A web browser").count()
    assert seen.page.get_by_role("heading", name="Who helps me?").is_visible()
    sound(seen, "person", request)


def test_a_person_sees_their_own(seen: Opened, pages: Pages, request: pytest.FixtureRequest) -> None:
    """It should show a person, once they have signed in, their night and what rests, and nothing before."""
    answer = seen.page.goto(f"{pages.url}/mine")
    assert answer is not None
    assert 401 == answer.status
    seen.console.clear()  # the browser itself tells of the 401
    sign_in(seen, "person0@nhsmail.example")
    seen.page.get_by_role("heading", name="Your own move").wait_for()
    words = seen.page.locator("main").inner_text()
    assert "Tuesday 15 September 2026" in words
    assert "has moved" in words
    assert "person5@nhsmail.example" in words  # the shared mailbox, which has no night yet
    sound(seen, "mine", request)


def test_an_administrator_acts(seen: Opened, pages: Pages, request: pytest.FixtureRequest) -> None:
    """It should let an administrator attest and ask for dates, and put both into the journal with who they are."""
    before = {act: len(pages.ledger.intents(act)) for act in (ATTESTED, ASKED)}
    seen.page.goto(f"{pages.url}/organisation")
    seen.console.clear()
    sign_in(seen, "anne@nhsmail.example")
    seen.page.get_by_role("heading", name="LEEDS TEACHING HOSPITALS NHS TRUST").wait_for()
    sound(seen, "organisation", request)

    seen.page.get_by_label("Check").select_option("tls")
    seen.page.get_by_label("What is so").fill("1.2")
    seen.page.get_by_role("button", name="Sign and record").click()
    seen.page.get_by_text("Your statement is signed and recorded.").wait_for()
    seen.page.get_by_label("First day").fill("2026-10-05")
    seen.page.get_by_label("Last day").fill("2026-10-09")
    seen.page.get_by_label("Why", exact=True).fill("a new ward opens")
    seen.page.get_by_role("button", name="Record these dates").click()
    seen.page.get_by_text("Your dates are recorded.").wait_for()

    assert {act: number + 1 for act, number in before.items()} == {
        act: len(pages.ledger.intents(act)) for act in before
    }
    assert {ANNE} == {entry.reason.who for entry in pages.ledger.journal()[-4:]}
    assert "a new ward opens" in seen.page.locator("main").inner_text()
    sound(seen, "organisation-done", request)


def test_dates_that_are_refused_are_explained(chromium: Chromium, pages: Pages) -> None:
    """It should say in a sentence why dates were not taken, and record nothing."""
    before = len(pages.ledger.intents(ASKED))
    with chromium.visiting(pages.url, answers={HOST: pages.tenant.handle}) as seen:
        seen.page.goto(f"{pages.url}/organisation")
        sign_in(seen, "anne@nhsmail.example")
        seen.page.get_by_label("First day").fill("2026-09-10")
        seen.page.get_by_label("Last day").fill("2026-09-12")
        seen.page.get_by_label("Why", exact=True).fill("too late")
        seen.page.get_by_role("button", name="Record these dates").click()
        assert "the first day must be after today" in seen.page.get_by_role("alert").inner_text()
        assert ([], []) == (seen.violations, seen.asked)
    assert before == len(pages.ledger.intents(ASKED))
