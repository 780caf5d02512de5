"""Pages in a real browser: Debian's Chromium, driven by Playwright, with axe-core for who reads without eyes.

Nothing may leave the machine: every request but for the file itself, or for the site that is visited, is refused, and
told.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from rehearsal.wire import Reply, Request

SHOTS = Path(__file__).resolve().parents[1] / "build" / "pages"
"""Where pictures of pages are left, to be looked at by people."""

_QUIET = (
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"),
    "--force-color-profile=srgb",
)
"""Chromium asks its makers for nothing."""

Scheme = Literal["light", "dark"]
WIDE, PHONE = (1280, 900), (390, 844)
"""Sizes of a window in pixels, of a desk's and of a telephone's."""

VIEWS: Mapping[str, tuple[tuple[int, int], Scheme]] = {
    "light": (WIDE, "light"),
    "dark": (WIDE, "dark"),
    "phone": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
"""Windows and colours in which a page is looked at."""


@dataclass(frozen=True)
class Opened:
    """A *page* that was opened: what its *console* said, errors of scripts too, and what it *asked* others for."""

    page: Page
    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """What axe finds wrong with it, each with the first place."""
        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]

    @property
    def troubles(self) -> list[str]:
        """What keeps anybody from reading it: errors, requests to others, broken rules of axe, and what is cut off."""
        wide = [f"{self.overflow} pixels wider than its window"] if self.overflow else []
        return [*self.console, *self.asked, *self.violations, *wide]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    def carry(self, site: str, name: str, value: str) -> None:
        """Let the window have the cookie *name*, for *site* alone."""
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": site.replace("http://", "https://", 1), "secure": True}]
        )

    def shot(self, name: str) -> None:
        """Leave a picture of the whole page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def printed(self, name: str) -> bytes:
        """The page on A4, which is left as a file, too."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        return self.page.pdf(path=SHOTS / f"{name}.pdf", format="A4", prefer_css_page_size=True)


@dataclass(frozen=True)
class Chromium:
    """A running browser."""

    browser: Browser

    @contextmanager
    def opened(
        self, file: Path, *, size: tuple[int, int] = WIDE, scheme: Scheme = "light"
    ) -> Iterator[Opened]:
        """The page in *file*, in a window of *size*, for somebody who likes it *scheme*."""
        here = file.as_uri()
        with self._window(lambda url: url == here, size=size, color_scheme=scheme, offline=True) as found:
            found.page.goto(here)
            yield found

    @contextmanager
    def visiting(
        self,
        *sites: str,
        size: tuple[int, int] = WIDE,
        scripts: bool = True,
        answers: Mapping[str, Callable[[Request], Reply]] | None = None,
    ) -> Iterator[Opened]:
        """A window that may ask *sites* and no others, such as `http://localhost:8080`, and is still empty.

        Without *scripts* it runs none, as for people who have them turned off. *answers* are simulated services by
        their host, which are asked in memory.
        """
        allowed = {urlsplit(site).netloc for site in sites}
        with self._window(
            lambda url: urlsplit(url).netloc in allowed, size=size, java_script_enabled=scripts
        ) as found:
            for host, answer in (answers or {}).items():
                found.page.route(f"https://{host}/**", partial(_answered, answer))
            yield found

    @contextmanager
    def _window(
        self, may_ask: Callable[[str], bool], *, size: tuple[int, int], **options: Any
    ) -> Iterator[Opened]:
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        found = Opened(context.new_page())

        def on_request(route: Route) -> None:
            if may_ask(route.request.url):
                route.continue_()
            else:
                found.asked.append(route.request.url)
                route.abort()

        found.page.route("**/*", on_request)
        found.page.on("console", lambda message: found.console.append(message.text))
        found.page.on("pageerror", lambda error: found.console.append(str(error)))
        try:
            yield found
        finally:
            context.close()


def _answered(answer: Callable[[Request], Reply], route: Route) -> None:
    """Let a simulated service answer what a page asks."""
    asked = route.request
    parts = urlsplit(asked.url)
    headers = {"host": parts.netloc}
    reply = answer(Request(asked.method, parts.path, parts.query, headers, asked.post_data_buffer or b""))
    route.fulfill(status=reply.status, headers=reply.headers, body=reply.body)


def in_every_view(name: str) -> Callable[..., Iterator[Opened]]:
    """A fixture: the page of the fixture `file` in each of `VIEWS`, of which pictures are left as *name*."""

    @pytest.fixture(params=VIEWS)
    def opened(request: pytest.FixtureRequest, chromium: Chromium, file: Path) -> Iterator[Opened]:
        size, scheme = VIEWS[request.param]
        with chromium.opened(file, size=size, scheme=scheme) as found:
            found.shot(f"{name}-{request.param}")
            yield found

    return opened


def leaves(paper: bytes) -> int:
    """How many pages a PDF has."""
    assert paper.startswith(b"%PDF")
    return len(re.findall(rb"/Type\s*/Page\b", paper))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One browser for all tests of a file; a machine without fails, unless it was told to do without.

    Not longer: Playwright keeps an event loop running in this thread, beside which no other can run.
    """
    program = shutil.which("chromium")
    refused = os.environ.get("MAILWAVE_SYSTEM_PACKAGES") == "no" and os.environ.get("CI") != "true"
    if program is None and refused:
        pytest.skip("Chromium is not installed, and MAILWAVE_SYSTEM_PACKAGES=no says to do without")
    if program is None:
        pytest.fail("Chromium is not installed: apt-get install chromium, or make setup", pytrace=False)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=_QUIET, chromium_sandbox=os.geteuid() != 0
        )
        yield Chromium(browser)
        browser.close()
