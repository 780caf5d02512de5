"""Every route of the pages, found in the application itself, and who may use it: a new one needs a line here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum, auto
from typing import NamedTuple

import httpx2
import pytest

from mailwave.web.signing_in import LONGEST_FORM
from tests.mailwave.web.tenants import ANNE, BERT, OLGA, PETE, Pages, served_pages

COOKIE = "__Host-mailwave"
FORGED = ("", "x", "A" * 43, "' OR 1=1 --", "{{7*7}}")
OTHERS = ("A81001", "rr8", "RR8 ", "ZZZZZ", "RR8%00", "..%2FA81001", "RR8%2F..%2FA81001", "%7B%7B7*7%7D%7D")
"""Codes that are not Anne's: another's, none's, and some that are hers but for a trick."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class For(Enum):
    """Who may use a route."""

    EVERYBODY = auto()
    SIGNED_IN = auto()
    ADMINISTRATOR = auto()
    OPERATOR = auto()


class Way(NamedTuple):
    """A route: what is asked for, by which method."""

    method: str
    path: str

    @property
    def address(self) -> str:
        """An address of the route, of Anne's organisation where it is of one."""
        return re.sub(r"\{name.*?\}", "nothing", self.path).replace("{code}", "RR8")


ROUTES = {
    Way("GET", "/"): For.EVERYBODY,
    Way("GET", "/assets/{name:path}"): For.EVERYBODY,
    Way("GET", "/static/{name}"): For.EVERYBODY,
    Way("GET", "/sign-in"): For.EVERYBODY,
    Way("GET", "/signed-in"): For.EVERYBODY,
    Way("GET", "/mine"): For.SIGNED_IN,
    Way("POST", "/sign-out"): For.SIGNED_IN,
    Way("GET", "/organisation"): For.ADMINISTRATOR,
    Way("GET", "/organisation/{code}"): For.ADMINISTRATOR,
    Way("POST", "/organisation/{code}/attest"): For.ADMINISTRATOR,
    Way("POST", "/organisation/{code}/dates"): For.ADMINISTRATOR,
    Way("POST", "/organisation/{code}/problems"): For.ADMINISTRATOR,
    Way("GET", "/operators"): For.OPERATOR,
    Way("GET", "/operators/stream"): For.OPERATOR,
    Way("GET", "/operators/charts/{name}"): For.OPERATOR,
}
CLOSED = [way for way, who in ROUTES.items() if who is not For.EVERYBODY]
FORMS = [way for way in ROUTES if way.method == "POST"]
STRANGERS = {For.ADMINISTRATOR: (BERT, OLGA, PETE), For.OPERATOR: (ANNE, BERT, PETE)}
"""Who is signed in, and may not."""


CLIENT = httpx2.Client(verify=False, trust_env=False)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served."""
    with served_pages(tmp_path_factory.mktemp("pages")) as made:
        yield made
    CLIENT.close()


def ask(pages: Pages, way: Way, session: str = "", address: str = "", **more: object) -> httpx2.Response:
    """What *way* answers to who has *session*, and, where it takes a form, sends one of that session's own."""
    found = pages.sessions.find(session)
    form = {"form": found.form} if found and way.method == "POST" else None
    headers = {"cookie": f"{COOKIE}={session}"} if session else {}
    CLIENT.cookies.clear()
    asked = {"data": form, "headers": {}} | more
    asked["headers"] = headers | asked["headers"]  # type: ignore[operator]
    return CLIENT.request(way.method, pages.url + (address or way.address), **asked)  # type: ignore[arg-type]


def name(way: Way) -> str:
    """What a test of *way* is called."""
    return f"{way.method} {way.path}"


def test_every_route_is_here(pages: Pages) -> None:
    """It should know every route that the application answers to, and who may use it."""
    found = {Way(method, route.path) for route in pages.routes for method in (route.methods or ())}
    assert set(ROUTES) == {way for way in found if way.method != "HEAD"}


@pytest.mark.parametrize("way", CLOSED, ids=name)
def test_a_forged_session_opens_nothing(pages: Pages, way: Way) -> None:
    """It should ask to sign in, say nothing and do nothing, without a session or with one that it never gave."""
    before = len(pages.ledger.journal())
    answers = [ask(pages, way, session) for session in FORGED]
    assert [401] * len(FORGED) == [answer.status_code for answer in answers]
    assert not any("@nhsmail.example" in answer.text for answer in answers)
    assert before == len(pages.ledger.journal())


@pytest.mark.parametrize("way", CLOSED, ids=name)
def test_an_old_session_opens_nothing(pages: Pages, way: Way) -> None:
    """It should ask to sign in again whose session has ended, even where its name and form are good."""
    session = pages.cookie(ANNE)
    found = pages.sessions.find(session)
    assert found is not None
    pages.pass_(timedelta(minutes=31))
    data = {"data": {"form": found.form}} if way.method == "POST" else {}
    assert 401 == ask(pages, way, session, **data).status_code


@pytest.mark.parametrize("way", [way for way in CLOSED if ROUTES[way] in STRANGERS], ids=name)
def test_a_stranger_finds_nothing(pages: Pages, way: Way) -> None:
    """It should answer 404 to who is signed in and may not, in the words for what is not there, and do nothing."""
    before = len(pages.ledger.journal())
    for who in STRANGERS[ROUTES[way]]:
        if (who, way.path) == (BERT, "/organisation"):
            continue  # it leads him to his own
        answer = ask(pages, way, pages.cookie(who))
        assert 404 == answer.status_code
        assert "LEEDS" not in answer.text
    assert before == len(pages.ledger.journal())


@pytest.mark.parametrize("way", [way for way in ROUTES if "{code}" in way.path], ids=name)
@pytest.mark.parametrize("code", OTHERS)
def test_another_organisation_is_not_there(pages: Pages, way: Way, code: str) -> None:
    """It should answer 404, the same whether there is such an organisation, in every address, and do nothing."""
    session, before = pages.cookie(ANNE), len(pages.ledger.journal())
    answer = ask(pages, way, session, way.path.format(code=code))
    unknown = ask(pages, way, session, way.path.format(code="NOBODY"))
    assert (404, unknown.text) == (answer.status_code, answer.text)
    assert before == len(pages.ledger.journal())


@pytest.mark.parametrize("way", FORMS, ids=name)
def test_other_sites_forms_do_nothing(pages: Pages, way: Way) -> None:
    """It should refuse a form without the session's own token, or of another site, and do nothing."""
    session, other, before = pages.cookie(ANNE), pages.cookie(BERT), len(pages.ledger.journal())
    own, another = (pages.sessions.find(each) for each in (session, other))
    assert own is not None
    assert another is not None
    bad: list[dict[str, object]] = [
        *({"data": {"form": token}} for token in ("", "forged", another.form)),
        *(
            {"headers": {"origin": origin}}
            for origin in ("https://evil.example", "null", f"{pages.url}.evil.example")
        ),
        {"data": None, "json": {"form": own.form}},
        {"data": None, "params": {"form": own.form}},
    ]
    assert [403] * len(bad) == [ask(pages, way, session, **each).status_code for each in bad]
    assert 413 == ask(pages, way, session, data={"form": own.form, "why": "x" * LONGEST_FORM}).status_code
    assert pages.sessions.find(session) is own
    assert before == len(pages.ledger.journal())


@pytest.mark.parametrize("way", ROUTES, ids=name)
def test_other_methods_do_nothing(pages: Pages, way: Way) -> None:
    """It should answer a route's own method only: a link that is followed, as scanners of mail do, sends no form."""
    before = len(pages.ledger.journal())
    known = {each.method for each in ROUTES if each.address == way.address}
    others = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - known
    found = {ask(pages, Way(method, way.path), pages.cookie(ANNE)).status_code for method in sorted(others)}
    assert {405} == found
    assert before == len(pages.ledger.journal())


@pytest.mark.parametrize("way", [way for way in ROUTES if way.method == "GET"], ids=name)
def test_a_get_does_nothing(pages: Pages, way: Way) -> None:
    """It should do nothing for who follows links, whoever is signed in."""
    before = len(pages.ledger.journal())
    for who in (ANNE, BERT, PETE):
        ask(pages, way, pages.cookie(who))
    assert before == len(pages.ledger.journal())


@pytest.mark.parametrize("way", ROUTES, ids=name)
def test_every_answer_is_guarded(pages: Pages, way: Way) -> None:
    """It should have the headers on every answer, refusals too, and answer no other host's name."""
    answers = [ask(pages, way), ask(pages, way, pages.cookie(ANNE)), ask(pages, way, pages.cookie(PETE))]
    strange = [
        ask(pages, way, headers={"host": host}) for host in ("evil.example", "localhost", "", "localhost:1")
    ]
    assert {421} == {each.status_code for each in strange}
    for answer in (*answers, *strange):
        assert {each: answer.headers[each] for each in HEADERS} == HEADERS
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe-eval" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


@pytest.mark.parametrize("way", [way for way in CLOSED if way.method == "GET"], ids=name)
def test_what_is_of_somebody_is_kept_by_nobody(pages: Pages, way: Way) -> None:
    """It should let no browser and no proxy keep what it showed to who is signed in, but for a chart's picture."""
    for who in (ANNE, PETE):
        assert "no-store" == ask(pages, way, pages.cookie(who)).headers["cache-control"]
