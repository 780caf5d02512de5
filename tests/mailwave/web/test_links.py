"""Links in notices: the same for everybody, without a trace of who follows them, and following one does nothing."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest

from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.adapters.notify import Notify
from mailwave.core.letters import Letter
from mailwave.core.notice_templates import Reader, Template, Templates
from mailwave.core.notices import reference
from rehearsal.clock import VirtualClock
from rehearsal.notify import Notify as Service
from rehearsal.notify import NotifyFaults
from tests import notify_join
from tests.mailwave.builders import NOW, guid
from tests.mailwave.web.tenants import HOSTILE, Pages, served_pages

TEMPLATES = rules.templates(load_notices(Path(__file__).parents[3] / "environments" / "notices.yaml"))
PAGES = "https://support.nhs.net"
"""Where notices say that the pages are."""

NAMES = ("Aisha Adeyemi", HOSTILE, "https://evil.example/?me=1 www.evil.example", "ann@evil.example")
_LINK = re.compile(r"(?i)\b(?:https?://|www\.)[^\s<>\"]+")
_HREF = re.compile(r'href="([^"]+)"')


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served where notices say that they are."""
    with served_pages(tmp_path_factory.mktemp("pages"), url=PAGES) as made:
        yield made


def readers(template: Template) -> list[Reader]:
    """Several people who are told by *template*, with names that are none."""
    return [
        Reader(
            guid(n),
            f"person{n}@nhsmail.example",
            name,
            f"ORG{n}",
            template.audience,
            mailboxes=(name, "Ward 5"),
            number=n,
        )
        for n, name in enumerate(NAMES)
    ]


def rendered(template: Template) -> list[str]:
    """What each of those people gets, as the service itself fills and sends it."""
    service = Service(VirtualClock(NOW), notify_join.KEY, faults=NotifyFaults((), ()))
    notifier = Notify(notify_join.client(service), sleep=lambda _: None, dry_run=False)
    filling = Templates([template], names={f"ORG{n}": name for n, name in enumerate(NAMES)})
    for reader in readers(template):
        name = reference("test", reader.guid, template.milestone, "2026-09-15", template.audience)
        notifier.send(Letter(template, reader.address, name, filling.values(template, reader, NOW.date())))
    return [f"{sent.subject}\n{sent.body}" for sent in service.accepted]


def links(text: str) -> set[str]:
    """What a program that shows mail makes links of."""
    return {found.rstrip(".,;:") for found in _LINK.findall(text)}


def state(pages: Pages) -> dict[str, str]:
    """All that outlives a request: every row of the ledger, every other file, and who is signed in or on the way."""
    with closing(sqlite3.connect(f"file:{pages.folder / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        rows = "\n".join(ledger.iterdump())
    files = {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(pages.folder.rglob("*"))
        if file.is_file() and not file.name.startswith("ledger.db")
    }
    signed = {"signed in": repr(pages.sessions._kept), "on the way": repr(pages.sessions._ways)}
    return {"ledger": hashlib.sha256(rows.encode()).hexdigest()} | files | signed


@pytest.mark.parametrize("template", TEMPLATES.rows, ids=lambda each: each.id[-3:])
def test_a_link_is_the_same_for_everybody(template: Template) -> None:
    """It should have the links that its template has, which lead to our pages, and none by which anybody is known."""
    written = links(f"{template.subject}\n{template.body}")

    assert {frozenset(written)} == {frozenset(links(text)) for text in rendered(template)}
    for link in written:
        parts = urlsplit(link)
        assert (PAGES, "", "", None) == (
            f"{parts.scheme}://{parts.netloc}",
            parts.query,
            parts.fragment,
            parts.username,
        )


def test_following_every_link_does_nothing(pages: Pages) -> None:
    """It should be as it was before, to the last row, when a scanner has followed each, and each on the page there."""
    first = sorted(
        {link for template in TEMPLATES.rows for text in rendered(template) for link in links(text)}
    )
    before = state(pages)
    with httpx2.Client(trust_env=False, headers={"host": urlsplit(PAGES).netloc}) as scanner:

        def fetched(link: str) -> str:
            parts = urlsplit(link)
            place = urljoin(pages.url, f"{parts.path or '/'}?{parts.query}")
            answers = [scanner.request(method, place) for method in ("HEAD", "GET", "GET")]
            assert {200, 401} >= {answer.status_code for answer in answers if answer.request.method == "GET"}
            assert not any("set-cookie" in answer.headers for answer in answers)
            return answers[-1].text

        there = {urljoin(link, found) for link in first for found in _HREF.findall(fetched(link))}
        own = sorted(link for link in there if link.startswith(PAGES))
        for link in own:
            fetched(link)

    assert [PAGES] == first
    assert {f"{PAGES}/mine", f"{PAGES}/organisation", f"{PAGES}/?client=phone"} <= set(own)
    assert before == state(pages)
