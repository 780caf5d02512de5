"""The HTTP face of a simulated service: one ASGI application that turns requests into values and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, MutableMapping
from typing import Any

from rehearsal.wire import Reply, Request

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def face(handle: Callable[[Request], Reply]) -> App:
    """An ASGI application that answers every request by *handle*."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        await _send_reply(send, handle(_request(scope, body)))

    return app


def only(hosts: Container[str], app: App) -> App:
    """*app* for requests whose Host is one of *hosts*; others are told 421, as not meant for this server (RFC 9110)."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        named = next((text for name, text in scope["headers"] if name == b"host"), b"")
        if named.decode("latin-1").lower() in hosts:
            await app(scope, receive, send)
        else:
            await _send_reply(send, Reply(421, {"content-type": "text/plain"}, b"Misdirected Request"))

    return guarded


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _request(scope: Scope, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, body)


async def _send_reply(send: Send, reply: Reply) -> None:
    headers = reply.headers | {"content-length": str(len(reply.body) + (1 if reply.drop else 0))}
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        }
    )
    # a dropped answer promises a byte more than it sends and ends: the server then cuts the connection
    sent = reply.body[: len(reply.body) // 2] if reply.drop else reply.body
    await send({"type": "http.response.body", "body": sent, "more_body": reply.drop})
