"""The adapter for Exchange Online, over a scripted transport and over a real socket that breaks off."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx2
import pytest

from exchange_admin.errors import DryRunRefusal, OutcomeUnknown, Unauthorised, Unreachable
from exchange_admin.online import ExchangeOnline
from exchange_admin.port import Result
from exchange_admin.reach import Reach
from exchange_admin.reach_httpx2 import http_client

TENANT = "11111111-2222-4333-8444-555555555555"
Answer = httpx2.Response | httpx2.TransportError


class Tokens:
    """Tokens numbered from one; *renewals* are the claims that a fresh one was asked for with."""

    def __init__(self) -> None:
        self.renewals: list[str | None] = []
        self.absences = 0

    def token(self) -> str:
        """The token of now, unless the service is absent."""
        if self.absences:
            self.absences -= 1
            raise Unreachable(cmdlet="sign-in", why="down", attempts=1)
        return f"token-{len(self.renewals)}"

    def renew(self, claims: str | None) -> str:
        """The next token."""
        self.renewals.append(claims)
        return self.token()


class Script:
    """A network that gives *answers* in turn, and keeps what was *asked*."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, httpx2.TransportError):
            raise answer
        return answer


class Rig:
    """An adapter over a script, with what it slept."""

    def __init__(self, *answers: Answer, dry_run: bool = False) -> None:
        self.network = Script(*answers)
        self.tokens = Tokens()
        self.slept: list[float] = []
        self.put_off: list[str] = []
        self.admin = ExchangeOnline(
            "https://exchange.example",
            TENANT,
            self.tokens,
            httpx2.Client(transport=httpx2.MockTransport(self.network)),
            dry_run=dry_run,
            sleep=self.slept.append,
            throttled=self.put_off.append,
        )


def reply(status: int, body: bytes = b"", **headers: str) -> httpx2.Response:
    """An answer as it comes off the wire, not yet read; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx2.Response(status, headers=named, stream=httpx2.ByteStream(body))


def rows(*values: str, **extra: object) -> httpx2.Response:
    """An answer with a row for each of *values*."""
    return reply(200, json.dumps({"value": [{"Identity": value} for value in values]} | extra).encode())


def test_every_page_is_read() -> None:
    """It should post page after page and return all rows (fact A14)."""
    link = f"https://exchange.example/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=x"
    rig = Rig(rows("a", **{"@odata.nextLink": link}), rows("b"))
    assert Result([{"Identity": "a"}, {"Identity": "b"}], []) == rig.admin.invoke("Get-MigrationBatch")
    assert ["POST", "POST"] == [request.method for request in rig.network.asked]
    assert link == str(rig.network.asked[1].url).replace("%24", "$")


def test_the_token_is_carried_and_renewed() -> None:
    """It should send the bearer token, and a fresh one after a 401 with its claims (fact A13)."""
    rig = Rig(reply(401, www_authenticate='Bearer claims="eyJhIjoxfQ=="'), rows("a"))
    rig.admin.invoke("Get-MigrationBatch")
    assert ["Bearer token-0", "Bearer token-1"] == [r.headers["authorization"] for r in rig.network.asked]
    assert ['{"a":1}'] == rig.tokens.renewals


def test_a_redirect_takes_everything_along() -> None:
    """It should follow to a regional host with method, body and token, on the usual port (fact A25)."""
    there = "https://eurprd05.exchange.example:446/adminapi"
    rig = Rig(reply(302, location=there), rows("a"))
    assert [{"Identity": "a"}] == rig.admin.invoke("Get-MigrationBatch").rows
    first, second = rig.network.asked
    assert "https://eurprd05.exchange.example/adminapi" == str(second.url)
    assert "Bearer token-0" == second.headers["authorization"]
    assert (first.method, first.content) == (second.method, second.content) != ("GET", b"")


@pytest.mark.parametrize(
    "there",
    [
        "https://exchange.example.evil.example/adminapi",
        "https://evil-exchange.example/adminapi",
        "https://exchange.example@evil.example/adminapi",
        "http://exchange.example/adminapi",
        "//evil.example/adminapi",
    ],
)
def test_a_stranger_gets_no_token(there: str) -> None:
    """It should refuse a redirect to a host that is not the service's own, before anything goes there (fact A25)."""
    rig = Rig(reply(302, location=there))
    with pytest.raises(Unreachable, match="redirected to"):
        rig.admin.invoke("Get-MigrationBatch")
    assert 1 == len(rig.network.asked)


def test_one_request_id_is_kept_over_tries() -> None:
    """It should keep one client-request-id a cmdlet, and one connection-id a session (fact A7)."""
    rig = Rig(reply(503), rows(), rows())
    rig.admin.invoke("Get-MigrationBatch")
    rig.admin.invoke("Get-MigrationBatch")
    first, again, other = [request.headers["client-request-id"] for request in rig.network.asked]
    assert first == again != other
    assert 1 == len({request.headers["connection-id"] for request in rig.network.asked})


def test_waits_go_through_the_given_sleep() -> None:
    """It should wait as asked, and no second of it for real (fact A26)."""
    rig = Rig(reply(429, retry_after="7.25"), reply(503), rows("a"))
    rig.admin.invoke("Get-MigrationBatch")
    assert [7.25, 4.0] == rig.slept


def test_whoever_asked_is_told_of_throttling() -> None:
    """It should name the cmdlet each time that the service puts it off with 429, and for no other wait (fact A26)."""
    rig = Rig(reply(429), reply(503), reply(429), rows("a"))
    rig.admin.invoke("Get-MigrationBatch")
    assert ["Get-MigrationBatch", "Get-MigrationBatch"] == rig.put_off


def test_a_dry_run_sends_no_write() -> None:
    """It should refuse a write in a dry run before anything is sent; a dry run is the default."""
    rig = Rig(dry_run=True)
    with pytest.raises(DryRunRefusal):
        rig.admin.invoke("Start-MigrationBatch", {"Identity": "a"})
    assert [] == rig.network.asked
    admin = ExchangeOnline("https://exchange.example", TENANT, Tokens(), http_client(Reach()))
    with pytest.raises(DryRunRefusal):
        admin.invoke("Start-MigrationBatch", {"Identity": "a"})


def test_a_write_that_never_left_is_sent_again() -> None:
    """It should try a write again only when no connection was made."""
    rig = Rig(httpx2.ConnectError("refused"), rows())
    assert Result([], []) == rig.admin.invoke("Start-MigrationBatch", {"Identity": "a"})
    assert [2.0] == rig.slept


@pytest.mark.parametrize(
    "error", [httpx2.ReadTimeout("late"), httpx2.WriteError("cut"), httpx2.RemoteProtocolError("cut")]
)
def test_a_write_whose_answer_is_lost_is_not_sent_again(error: httpx2.TransportError) -> None:
    """It should send such a write once, and say that its outcome is unknown."""
    rig = Rig(error)
    with pytest.raises(OutcomeUnknown):
        rig.admin.invoke("New-MigrationBatch", {"Name": "a"})
    assert 1 == len(rig.network.asked)


def test_a_server_that_stays_away_is_unreachable() -> None:
    """It should give a read up after six tries."""
    rig = Rig(*[httpx2.ConnectError("refused")] * 6)
    with pytest.raises(Unreachable):
        rig.admin.invoke("Get-MigrationBatch")
    assert 6 == len(rig.network.asked)


def test_an_absent_token_service_is_waited_for() -> None:
    """It should count a token service that does not answer as a try, for a write too: nothing was sent."""
    rig = Rig(rows())
    rig.tokens.absences = 1
    assert Result([], []) == rig.admin.invoke("Start-MigrationBatch", {"Identity": "a"})
    assert [2.0] == rig.slept


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A real server on loopback whose POSTs are answered by *answer*."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def break_off(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"value": [')


def nuls_called_gzip(handler: BaseHTTPRequestHandler) -> None:
    """Answer a cmdlet that is not permitted (fact A23)."""
    handler.send_response(403)
    handler.send_header("content-encoding", "gzip")
    handler.send_header("content-length", "64")
    handler.end_headers()
    handler.wfile.write(b"\0" * 64)


def test_a_body_that_breaks_off_leaves_a_write_unknown() -> None:
    """It should not believe a body shorter than promised, over a real socket."""
    with (
        served(break_off) as base,
        ExchangeOnline(base, TENANT, Tokens(), http_client(Reach()), dry_run=False) as admin,
        pytest.raises(OutcomeUnknown),
    ):
        admin.invoke("New-MigrationBatch", {"Name": "a"})


def test_a_false_gzip_label_hides_nothing() -> None:
    """It should see the status behind a body that is not the gzip it claims to be, over a real socket."""
    with (
        served(nuls_called_gzip) as base,
        ExchangeOnline(base, TENANT, Tokens(), http_client(Reach())) as admin,
        pytest.raises(Unauthorised) as caught,
    ):
        admin.invoke("Get-MigrationBatch")
    assert 403 == caught.value.status


def test_what_is_sent_is_json_in_utf_8() -> None:
    """It should send names with accents as they are."""
    rig = Rig(rows())
    rig.admin.invoke("Get-Mailbox", {"Identity": "Inès"})
    assert "Inès" == json.loads(rig.network.asked[0].content)["CmdletInput"]["Parameters"]["Identity"]
