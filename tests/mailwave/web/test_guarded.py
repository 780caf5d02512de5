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
from tests.mailwave.web.tenants import ANNE, BERT, HOSTILE, OLGA, PETE, Pages, served_pages

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


@pytest.mark.parametrize("code", OTHERS)
def test_another_organisation_is_not_there(pages: Pages, code: str) -> None:
    """It should answer 404, the same whether there is such an organisation, in every address, and do nothing."""
    session, before = pages.cookie(ANNE), acts(pages)
    with client(pages, session) as asking:
        form = {"form": token(pages, session)}
        answers = [
            asking.get(f"/organisation/{code}"),
            asking.post(f"/organisation/{code}/attest", data=form | ATTEST),
            asking.post(f"/organisation/{code}/dates", data=form | DATES),
        ]
        unknown = asking.get("/organisation/NOBODY")
    assert [404] * 3 == [answer.status_code for answer in answers]
    assert {unknown.text} == {answer.text for answer in answers}
    assert before == acts(pages)


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


@pytest.mark.parametrize(
    "path", ["/mine", "/organisation", "/organisation/RR8", "/operators", "/operators/stream"]
)
@pytest.mark.parametrize("session", ["", "x", "A" * 43, "' OR 1=1 --"])
def test_a_forged_session_is_none(pages: Pages, path: str, session: str) -> None:
    """It should ask to sign in, and show nothing, without a session or with one that it never gave."""
    with client(pages, session) as asking:
        answer = asking.get(path)
    assert 401 == answer.status_code
    assert "@nhsmail.example" not in answer.text


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


@pytest.mark.parametrize(
    ("form", "origin"),
    [("", None), ("forged", None), ("another's", None), ("own", "https://evil.example"), ("own", "null")],
)
def test_other_sites_forms_do_nothing(pages: Pages, form: str, origin: str | None) -> None:
    """It should refuse a form without the session's own token, or of another site, and do nothing."""
    session, other, before = pages.cookie(ANNE), pages.cookie(BERT), acts(pages)
    tokens = {"own": token(pages, session), "another's": token(pages, other)}
    sent = {"form": tokens.get(form, form)} if form else {}
    headers = {"origin": origin} if origin else {}
    with client(pages, session) as asking:
        found = [
            asking.post(path, data=sent | more, headers=headers).status_code
            for path, more in (
                ("/organisation/RR8/attest", ATTEST),
                ("/organisation/RR8/dates", DATES),
                ("/sign-out", {}),
            )
        ]
        assert [403] * 3 == found
        assert 200 == asking.get("/organisation/RR8").status_code
    assert before == acts(pages)


def test_a_get_does_nothing(pages: Pages) -> None:
    """It should do nothing for who follows links, as scanners of mail do, whoever is signed in."""
    entries = len(pages.ledger.journal())
    for who in (ANNE, OLGA, PETE):
        with client(pages, pages.cookie(who)) as asking:
            for path in ("/", "/?client=phone", "/mine", "/organisation", "/organisation/RR8", "/operators"):
                asking.get(path)
            for path in ("/sign-out", "/organisation/RR8/attest", "/organisation/RR8/dates"):
                assert 405 == asking.get(path).status_code
    assert entries == len(pages.ledger.journal())


def test_only_operators_see_the_dashboard(pages: Pages) -> None:
    """It should show the dashboard, its stream and charts to nobody who is no operator."""
    for path in ("/operators", "/operators/stream", "/operators/charts/states-0.svg"):
        with client(pages, pages.cookie(ANNE)) as asking:
            assert 404 == asking.get(path).status_code


@pytest.mark.parametrize("path", ["/", "/mine", "/nowhere", "/operators", "/assets/images/favicon.svg"])
def test_every_answer_is_guarded(pages: Pages, path: str) -> None:
    """It should have the headers on every answer, errors and pictures too."""
    with client(pages) as asking:
        headers = asking.get(path).headers
    expected = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    assert expected == {name: headers[name] for name in expected}
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "server" not in headers or "uvicorn" in headers["server"]  # the command serves without it


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


def test_another_host_is_refused(pages: Pages) -> None:
    """It should answer 421 to a request that names another host."""
    with client(pages) as asking:
        assert 421 == asking.get("/", headers={"host": "evil.example"}).status_code


def test_an_act_says_who(pages: Pages) -> None:
    """It should record an act with the immutable id of who signed in, and never with a name that they chose."""
    session = pages.cookie(ANNE)
    with client(pages, session) as asking:
        asking.post("/organisation/RR8/attest", data={"form": token(pages, session)} | ATTEST)
    entry = next(each for each in reversed(pages.ledger.journal()) if each.subject == "RR8")
    assert Reason(ANNE, "mailwave pages", "self-service", "attests tls of their organisation") == entry.reason
    assert pages.folder.joinpath("readiness", "attestations.RR8.jsonl").read_text().count(ANNE) >= 1
