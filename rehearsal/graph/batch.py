"""`$batch`: up to 20 requests in one, each with an answer of its own (fact E4)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import msgspec

from rehearsal.graph.errors import BadRequest
from rehearsal.graph.options import Options
from rehearsal.wire import Reply, Request, json_reply

MOST = 20
_FAILED = 424


class _Item(msgspec.Struct):
    id: str
    method: str
    url: str
    headers: dict[str, str] = {}
    body: Any = None
    depends_on: list[str] = msgspec.field(default_factory=list, name="dependsOn")


class _Batch(msgspec.Struct):
    requests: list[_Item]


def answer(request: Request, one: Callable[[Request], Reply], options: Options) -> Reply:
    """Have *one* answer each request of a batch; raises `BadRequest` for a batch that is not well formed."""
    try:
        items = msgspec.json.decode(request.body, type=_Batch).requests
    except msgspec.MsgspecError as problem:
        raise BadRequest(f"Invalid batch payload format. {problem}") from None
    _check(items, options)
    done: dict[str, int] = {}
    answers = []
    for item in items:
        reply = _carried_out(request, item, one, done, options)
        done[item.id.casefold()] = reply.status
        answers.append(_shown(item, reply))
    return json_reply({"responses": answers})


def _check(items: list[_Item], options: Options) -> None:
    if options.twenty_in_a_batch and len(items) > MOST:
        raise BadRequest(f"Number of batch request steps exceeds the maximum value of {MOST}.")
    known: dict[str, None] = {}
    for item in items:
        if item.id.casefold() in known:
            raise BadRequest("Duplicate request ids are not allowed in a batch.")
        for other in item.depends_on:
            if other.casefold() not in known:
                raise BadRequest(f"Request '{item.id}' depends on '{other}', which does not come before it.")
        if item.body is not None and "content-type" not in {name.casefold() for name in item.headers}:
            raise BadRequest(f"Write request id '{item.id}' does not contain a Content-Type header or body.")
        known[item.id.casefold()] = None


def _carried_out(
    request: Request, item: _Item, one: Callable[[Request], Reply], done: dict[str, int], options: Options
) -> Reply:
    failed = [other for other in item.depends_on if done[other.casefold()] >= 400]
    if failed and options.failed_dependency:
        message = "The dependent request failed."
        return json_reply({"error": {"code": "FailedDependency", "message": message}}, _FAILED)
    path, _, query = item.url.partition("?")
    base = request.path.removesuffix("/$batch")
    headers = {name.casefold(): value for name, value in item.headers.items()}
    kept = {name: request.headers[name] for name in ("authorization", "host") if name in request.headers}
    body = b"" if item.body is None else msgspec.json.encode(item.body)
    return one(Request(item.method.upper(), f"{base}/{path.lstrip('/')}", query, headers | kept, body))


def _shown(item: _Item, reply: Reply) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": item.id, "status": reply.status}
    shown["headers"] = {_titled(name): value for name, value in reply.headers.items()}
    if reply.body and reply.headers.get("content-type", "").startswith("application/json"):
        shown["body"] = msgspec.Raw(reply.body)
    elif reply.body:
        shown["body"] = base64.b64encode(reply.body).decode("ascii")
    return shown


def _titled(name: str) -> str:
    return name if name.startswith("x-ms-") else "-".join(part.title() for part in name.split("-"))
