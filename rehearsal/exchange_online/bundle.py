"""`$batch`: several cmdlets in one request, each answered by itself (fact A5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from rehearsal.exchange_online.envelope import BadRequest
from rehearsal.exchange_online.options import Options
from rehearsal.wire import Reply, Request, json_reply

LARGEST = 10
"""Requests that one `$batch` may carry (fact A5)."""
_FAILED = 400


class Item(msgspec.Struct, frozen=True):
    """One request inside a `$batch`."""

    id: str
    method: str
    url: str
    body: Any = None
    headers: dict[str, str] = {}


class _Items(msgspec.Struct, frozen=True):
    requests: list[Item]


def answer(request: Request, one: Callable[[Request], Reply], options: Options) -> Reply:
    """Have each request of the body answered by *one*, in their order.

    After the first error the rest is left out, unless `Prefer: odata.continue-on-error` was sent. An answer that is
    lost loses all of them.

    :raises BadRequest: if the body is not a list of at most ten requests.
    """
    items = _items(request.body, options)
    goes_on = "odata.continue-on-error" in request.headers.get("prefer", "") or not options.continue_on_error
    answers: list[dict[str, object]] = []
    lost = False
    for item in items:
        reply = one(_alone(request, item))
        lost = lost or reply.drop
        answers.append({"id": item.id, "status": reply.status, "body": _readable(reply)})
        if reply.status >= _FAILED and not goes_on:
            break
    return msgspec.structs.replace(json_reply({"responses": answers}), drop=lost)


def _items(body: bytes, options: Options) -> list[Item]:
    try:
        items = msgspec.json.decode(body, type=_Items).requests
    except msgspec.DecodeError:
        raise BadRequest("The request body is not a valid batch.") from None
    if len(items) > LARGEST and options.ten_in_a_batch:
        raise BadRequest(f"The batch request must not contain more than {LARGEST} requests.")
    if len({item.id for item in items}) < len(items):
        raise BadRequest("The requests of a batch must have different ids.")
    return items


def _alone(request: Request, item: Item) -> Request:
    """Return *item* as a request of its own; it inherits the headers of the whole but for `Prefer`."""
    where = urlsplit(urljoin(request.path, item.url))
    inherited = {name: text for name, text in request.headers.items() if name != "prefer"}
    own = {name.lower(): text for name, text in item.headers.items()}
    body = msgspec.json.encode(item.body)
    return Request(item.method.upper(), where.path, where.query, inherited | own, body)


def _readable(reply: Reply) -> object:
    try:
        return msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return None
