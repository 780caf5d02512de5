"""What pages refuse: other organisations, forged and old sessions, other sites' forms, and hostile names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from mailwave.core.organisation_view import ELSEWHERE
from mailwave.core.reason import Reason
from mailwave.runbooks.ask_dates import ASKED
from mailwave.runbooks.attest_fact import ATTESTED
from mailwave.web.pages import shown
from tests.mailwave.web.tenants import ANNE, BERT, HOSTILE, Pages, served_pages

COOKIE = "__Host-mailwave"
OTHERS = ("A81001", "rr8", "RR8 ", "ZZZZZ", "RR8%00", "..%2FA81001")
ATTEST = {"rule": "tls", "value": "1.2", "days": "90"}
DATES = {"asks": "postponed", "first": "2026-10-05", "last": "2026-10-09", "why": "a ward opens"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served."""
    with served_pages(tmp_path_factory.mktemp("pages")) as made:
        yield made


def client(pages: Pages, session: str = "") -> httpx2.Client:
    """A client that is no browser: it sends whatever it is told to."""
    headers = {"cookie": f"{COOKIE}={session}"} if session else {}
    return httpx2.Client(base_url=pages.url, headers=headers, trust_env=False)


def token(pages: Pages, session: str) -> str:
    """What the forms of a session carry."""
    found = pages.sessions.find(session)
    assert found is not None
    return found.form


def acts(pages: Pages) -> int:
    """How many acts of administrators the journal has."""
    return len(pages.ledger.intents(ATTESTED)) + len(pages.ledger.intents(ASKED))


def test_a_form_names_nobody_else(pages: Pages) -> None:
    """It should take the organisation from the session, whatever a form says of it."""
    session = pages.cookie(ANNE)
    form = {"form": token(pages, session), "organisation": "A81001", "code": "A81001", "who": BERT}
    with client(pages, session) as asking:
        assert 303 == asking.post("/organisation/RR8/dates", data=form | DATES).status_code
    asked = pages.ledger.intents(ASKED)[-1]
    assert ("RR8", "RR8") == (asked.subject, asked.detail["organisation"])


def test_neighbours_see_nothing_of_each_other(pages: Pages) -> None:
    """It should show each administrator no address, name or code of the other organisation."""
    with client(pages, pages.cookie(ANNE)) as anne, client(pages, pages.cookie(BERT)) as bert:
        leeds, surgery = anne.get("/organisation/RR8").text, bert.get("/organisation/A81001").text
    assert "person1@nhsmail.example" in leeds
    assert not re.search(r"A81001|person4@|DENSHAM", leeds)
    assert "person4@nhsmail.example" in surgery
    assert [ELSEWHERE in page for page in (leeds, surgery)] == [
        True,
        True,
    ]  # a right goes from one to the other
    assert not re.search(r"RR8|person[01235]@|LEEDS", surgery)


@pytest.mark.parametrize(("steps", "minutes"), [(1, 31), (25, 20)])
def test_a_session_ends(pages: Pages, steps: int, minutes: int) -> None:
    """It should end a session after half an hour without a page, and after eight hours whatever is looked at."""
    session, found = pages.cookie(ANNE), []
    with client(pages, session) as asking:
        for _ in range(steps):
            found.append(asking.get("/organisation/RR8").status_code)
            pages.pass_(timedelta(minutes=minutes))
        found.append(asking.get("/organisation/RR8").status_code)
    assert (200, 401) == (found[0], found[-1])


def test_signing_out_ends_it(pages: Pages) -> None:
    """It should end the session itself, and not only what the browser holds."""
    session = pages.cookie(ANNE)
    with client(pages, session) as asking:
        assert 303 == asking.post("/sign-out", data={"form": token(pages, session)}).status_code
        assert 401 == asking.get("/organisation/RR8").status_code


def test_the_cookie_is_closed(pages: Pages) -> None:
    """It should give a cookie of this host alone, safe, out of scripts' reach, and not for others' forms."""
    with client(pages) as asking:
        answer = asking.get("/sign-in?after=https://evil.example/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-mailwave-way=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["location"].startswith("https://login.microsoftonline.com/")


@pytest.mark.parametrize(
    "path", ["/signed-in", "/signed-in?code=x&state=y", "/signed-in?error=access_denied"]
)
def test_coming_back_uninvited_signs_nobody_in(pages: Pages, path: str) -> None:
    """It should open no session for who comes back with what they were never sent for."""
    with client(pages) as asking:
        way = asking.get("/sign-in").headers["set-cookie"].partition(";")[0]
        answers = [asking.get(path), asking.get(path, headers={"cookie": way})]
    assert [400, 400] == [answer.status_code for answer in answers]
    assert not any(f"{COOKIE}=" in answer.headers.get("set-cookie", "") for answer in answers)


def test_a_hostile_name_is_only_shown(pages: Pages) -> None:
    """It should escape markup, evaluate nothing, and show marks of direction and of terminals as a mark."""
    with client(pages, pages.cookie(ANNE)) as asking:
        page = asking.get("/organisation/RR8").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}=cmd\ufffdevil\ufffd[31m" in page
    assert "\u202e" not in page
    assert "\ufffd" not in shown("Zoë O’Brien 李")
    assert not re.search("[\u202e\x1b]", shown(HOSTILE))


def test_what_is_too_long_or_no_form_is_refused(pages: Pages) -> None:
    """It should refuse a form that is too long, of too many fields, or no text, without a fault of its own."""
    session = pages.cookie(ANNE)
    bodies = [b"a=" + b"b" * 30_000, b"&".join(b"a%d=1" % n for n in range(100)), b"\xff\xfe=1"]
    with client(pages, session) as asking:
        found = [asking.post("/organisation/RR8/dates", content=body).status_code for body in bodies]
    assert [413, 400, 400] == found


def test_an_act_says_who(pages: Pages) -> None:
    """It should record an act with the immutable id of who signed in, and never with a name that they chose."""
    session = pages.cookie(ANNE)
    with client(pages, session) as asking:
        asking.post("/organisation/RR8/attest", data={"form": token(pages, session)} | ATTEST)
    entry = next(each for each in reversed(pages.ledger.journal()) if each.subject == "RR8")
    assert Reason(ANNE, "mailwave pages", "self-service", "attests tls of their organisation") == entry.reason
    assert pages.folder.joinpath("readiness", "attestations.RR8.jsonl").read_text().count(ANNE) >= 1
