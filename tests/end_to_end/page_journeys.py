"""What people do on the pages of a rehearsed night: each journey in one window, as the people themselves go it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from mailwave.runbooks.ask_dates import ASKED
from mailwave.runbooks.attest_fact import ATTESTED
from mailwave.runbooks.mind_problem import MINDED
from tests.browser import PHONE, WIDE, Chromium, Opened
from tests.end_to_end.pages import SIGN_IN, Site

WINDOWS: Mapping[str, tuple[tuple[int, int], bool]] = {
    "desk": (WIDE, True),
    "phone": (PHONE, True),
    "desk-no-scripts": (WIDE, False),
    "phone-no-scripts": (PHONE, False),
}
"""The sizes of the windows, and whether they run scripts."""

TRUST = "RT5"
"""An organisation with something of everything: people kept out, rights apart, messages that do not arrive."""


ANOTHER = "R0A"
"""One whose administrator moves that night, and works in a mailbox that does not."""


@contextmanager
def window(chromium: Chromium, site: Site, name: str) -> Iterator[Opened]:
    """An empty window of that *name*."""
    size, scripts = WINDOWS[name]
    with chromium.visiting(site.url, size=size, scripts=scripts, answers={SIGN_IN: site.answer}) as seen:
        yield seen


def sound(seen: Opened, page: str, name: str) -> None:
    """Keep a picture of the page, and hold it to the rules of every page."""
    seen.shot(f"rehearsed-{page}-{name}")
    violations = [] if name.endswith("no-scripts") else seen.violations
    assert ([], [], [], 0) == (seen.console, seen.asked, violations, seen.overflow)


def sign_in(seen: Opened, site: Site, path: str, account: str) -> None:
    """Open the page at *path*, be led to the tenant, and come back as *account*."""
    answer = seen.page.goto(f"{site.url}{path}")
    assert answer is not None
    assert 401 == answer.status
    assert "@" not in seen.page.locator("main").inner_text()
    seen.console.clear()  # the browser itself tells of the 401
    seen.page.get_by_role("link", name="Sign in", exact=True).click()
    seen.page.get_by_label("Account").fill(account)
    seen.page.get_by_label("Password").fill(site.password)
    seen.page.get_by_role("button", name="Sign in").click()


def anybody(seen: Opened, site: Site, name: str) -> None:
    """Somebody reads what to do on a telephone, without telling who they are."""
    seen.page.goto(site.url)
    seen.page.get_by_role("link", name="A phone or tablet").click()
    seen.page.get_by_role("heading", name="A phone or tablet").wait_for()
    assert 0 == seen.page.get_by_role("heading", name="A web browser").count()
    assert seen.page.get_by_role("heading", name="Who helps me?").is_visible()
    sound(seen, "person", name)


def person(seen: Opened, site: Site, name: str) -> None:
    """Somebody finds their own night and what rests, once they have signed in."""
    account = site.administrators[ANOTHER]
    sign_in(seen, site, "/mine", account)
    seen.page.get_by_role("heading", name="Your own move").wait_for()
    words = seen.page.locator("main").inner_text()
    assert account in words
    assert "Tuesday 15 September 2026" in words
    assert "team.r0a.181@nhsmail.example" in words  # which they share, and which has no night yet
    sound(seen, "mine", name)


def administrator(seen: Opened, site: Site, name: str) -> None:
    """A local administrator reads what stands, attests, says who is at a problem, asks for dates, and signs out."""
    account = site.administrators[TRUST]
    with site.opened() as ledger:
        before = {act: len(ledger.intents(act)) for act in (ATTESTED, MINDED, ASKED)}
    sign_in(seen, site, "/organisation", account)
    seen.page.get_by_role("heading", name="LEICESTERSHIRE PARTNERSHIP NHS TRUST").wait_for()
    words = seen.page.locator("main").inner_text()
    for expected in ("renew this Outlook", "messages do not arrive", "No check is waived", "no date yet"):
        assert expected in words
    sound(seen, "organisation", name)
    _attest(seen)
    _mind(seen, account)
    _ask(seen)
    sound(seen, "organisation-done", name)
    with site.opened() as ledger:
        assert {act: number + 1 for act, number in before.items()} == {
            act: len(ledger.intents(act)) for act in before
        }
        acted = {entry.reason.who for entry in ledger.journal()[-6:]}
    assert 1 == len(acted)
    assert acted < site.people
    seen.page.get_by_role("button", name="Sign out").click()
    seen.page.get_by_role("heading", name="Your mail is moving to Exchange Online").wait_for()


def _attest(seen: Opened) -> None:
    seen.page.get_by_label("Check", exact=True).select_option("tls")
    seen.page.get_by_label("What is so").fill("1.2")
    seen.page.get_by_role("button", name="Sign and record").click()
    seen.page.get_by_text("Your statement is signed and recorded.").wait_for()
    assert seen.page.get_by_text("What you attested").is_visible()


def _mind(seen: Opened, account: str) -> None:
    seen.page.get_by_label("What you say").select_option("I am mending it")
    seen.page.get_by_role("button", name="Record what I say").click()
    seen.page.get_by_text("What you said of the problem is recorded.").wait_for()
    assert seen.page.get_by_text(f"being mended by {account} since").first.is_visible()


def _ask(seen: Opened) -> None:
    seen.page.get_by_label("First day").fill("2026-10-05")
    seen.page.get_by_label("Last day").fill("2026-10-09")
    seen.page.get_by_label("Why", exact=True).fill("a new ward opens")
    seen.page.get_by_role("button", name="Record these dates").click()
    seen.page.get_by_text("Your dates are recorded.").wait_for()
    assert "a new ward opens" in seen.page.locator("main").inner_text()


def operator(seen: Opened, site: Site, name: str) -> None:
    """An operator sees tonight, what needs somebody, and how far everybody has come; live where scripts run."""
    sign_in(seen, site, "/operators", site.operator_account)
    seen.page.get_by_role("heading", name="The move tonight").wait_for()
    if not name.endswith("no-scripts"):
        seen.page.get_by_text("Half of the forecast’s runs").wait_for(timeout=120_000)
    words = seen.page.locator("main").inner_text()
    for expected in ("W20260915", "held by an operator", "Slots in use", "organisation-threshold", "QK1"):
        assert expected in words
    for chart in seen.page.locator("img.mw-chart").all():
        assert chart.evaluate("each => each.decode().then(() => each.naturalWidth)") > 300
    seen.page.goto(f"{site.url}/operators?live=no")  # a picture takes longer than the figures stay
    sound(seen, "operators", name)


JOURNEYS: Mapping[str, Callable[[Opened, Site, str], None]] = {
    "anybody": anybody,
    "person": person,
    "administrator": administrator,
    "operator": operator,
}
"""By who goes it."""
