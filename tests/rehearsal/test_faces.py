"""The HTTP face of a service: requests into values, and answers back, dropped ones cut short."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rehearsal.faces import face, only
from rehearsal.wire import Reply, Request

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/adminapi",
    "query_string": b"a=1&b=%20",
    "headers": [(b"content-type", b"application/json"), (b"x-name", b"caf\xe9")],
}


def answered(reply: Reply, *parts: bytes) -> tuple[list[Request], list[dict[str, Any]]]:
    """What the service was asked and what was sent, for a request whose body comes in *parts*."""
    asked: list[Request] = []
    sent: list[dict[str, Any]] = []
    coming = [
        {"type": "http.request", "body": part, "more_body": n < len(parts)} for n, part in enumerate(parts, 1)
    ]

    def handle(request: Request) -> Reply:
        asked.append(request)
        return reply

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(face(handle)(dict(SCOPE), receive, send))
    return asked, sent


def test_a_request_arrives_whole() -> None:
    """It should hand over method, path, query, headers and the joined body."""
    asked, _ = answered(Reply(200), b"one", b"two")

    headers = {"content-type": "application/json", "x-name": "caf\xe9"}
    assert [Request("POST", "/adminapi", "a=1&b=%20", headers, b"onetwo")] == asked


def test_an_answer_leaves_whole() -> None:
    """It should send status, headers with the length, and the body at once."""
    _, sent = answered(Reply(201, {"x-a": "b"}, b"body"), b"")

    assert [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"x-a", b"b"), (b"content-length", b"4")],
        },
        {"type": "http.response.body", "body": b"body", "more_body": False},
    ] == sent


def test_a_dropped_answer_is_cut_inside_its_body() -> None:
    """It should promise more than it sends and leave the body unfinished, so that the server cuts the connection."""
    _, (start, body) = answered(Reply(200, {}, b"12345678", drop=True), b"")

    assert [(b"content-length", b"9")] == start["headers"]
    assert (b"1234", True) == (body["body"], body["more_body"])


@pytest.mark.parametrize(
    ("host", "status"), [(b"a.example", 200), (b"A.Example", 200), (b"b.example", 421), (None, 421)]
)
def test_a_request_for_somebody_else_is_misdirected(host: bytes | None, status: int) -> None:
    """It should answer 421 unless Host is a name of the service, and not ask the service then."""
    asked: list[Request] = []
    sent: list[dict[str, Any]] = []

    def handle(request: Request) -> Reply:
        asked.append(request)
        return Reply(200)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = SCOPE | {"headers": [] if host is None else [(b"host", host)]}
    asyncio.run(only({"a.example"}, face(handle))(scope, receive, send))

    assert (status, 1 if status == 200 else 0) == (sent[0]["status"], len(asked))
