"""Microsoft Graph: one object, every page of a list, or a batch of requests, within its limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

import httpx2

from estate_schema import Endpoints
from estate_schema.endpoints import ApplicationCredential
from exchange_admin import ExchangeError
from exchange_admin.reach import Reach
from exchange_admin.reach_httpx2 import http_client
from exchange_admin.tokens import ClientSecretTokens, TokenSource
from mailwave.core.outcomes import ActError, ActPostponed, ActRefused, ActUnknown

SCOPE = "https://graph.microsoft.com/.default"
PATIENCE = 100.0
"""Seconds that one answer may take."""

ATTEMPTS = 5
USUAL_WAIT = 10.0
"""Seconds to wait where a refusal names none (fact C24)."""

MOST_IN_BATCH = 20
"""Requests that one batch may hold (fact E4)."""

_AGAIN = frozenset({429, 502, 503, 504})
_THROTTLED = frozenset({429, 503})
"""Refusals of a request that had no effect."""

Row = Mapping[str, Any]


class LinkGone(ActRefused):
    """A link of a delta query that is too old to be followed (fact E3); the query is to be begun again."""


@dataclass(frozen=True)
class Answer:
    """What became of one request of a batch: the HTTP *status* and the object in the answer, empty where none is."""

    status: int
    body: Row

    @property
    def said(self) -> str:
        """Graph's own sentence about a request that it refused."""
        return f"{self.status} {(self.body.get('error') or {}).get('message', '')}".strip()

    def refusal(self, act: str, subject: str) -> ActError:
        """What to raise where this is no answer to *act* on *subject* that succeeded.

        Postponed where it was put off, which had no effect (fact C24); unknown where the service failed.
        """
        kind: type[ActError] = ActUnknown if self.status >= httpx2.codes.INTERNAL_SERVER_ERROR else ActRefused
        kind = ActPostponed if self.status in _THROTTLED else kind
        return kind(act=act, subject=subject, why=self.said)


class Graph:
    """The Graph of one tenant at *base*; *sleep* waits the given seconds."""

    def __init__(
        self, base: str, tokens: TokenSource, http: httpx2.Client, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._base = f"{base.rstrip('/')}/v1.0"
        self._tokens = tokens
        self._http = http
        self._sleep = sleep

    @classmethod
    def connect(
        cls,
        endpoints: Endpoints,
        sleep: Callable[[float], None],
        application: ApplicationCredential | None = None,
    ) -> Graph | None:
        """The Graph that *endpoints* names, or None where it names none; nothing connects before the first read.

        Without an *application* it is the one that reads Exchange Online.
        """
        if endpoints.graph is None:
            return None
        http = http_client(Reach.of(endpoints), PATIENCE)
        credential = application or endpoints.credentials.exchange_online
        tokens = ClientSecretTokens(
            endpoints.token, endpoints.tenant, credential.client_id, credential.secret, http, SCOPE
        )
        return cls(endpoints.graph, tokens, http, sleep)

    def one(self, path: str) -> Row | None:
        """The object at *path*, with its query; None where there is none.

        Raises:
            ActRefused: it could not be read.
        """
        return self._get(f"{self._base}/{path}")

    def known(self, path: str) -> Row:
        """The object at *path*, which the caller knows to have been made: asked for until every replica has it.

        A replica lags (fact E10), and says of what was made a moment ago that it does not exist.

        Raises:
            ActRefused: it could not be read, or still does not exist after forty seconds.
        """
        return self._known(f"{self._base}/{path}")

    def every(self, path: str) -> Iterator[Row]:
        """Each object of the list at *path*, page by page (fact E1); raises as `known` does."""
        address: str | None = path
        while address:
            page = self.page(address)
            yield from page["value"]
            address = page.get("@odata.nextLink")

    def page(self, address: str) -> Row:
        """One page of a list: *address* is a path with its query, or the link that another page gave.

        Raises:
            LinkGone: the link is too old.
            ActRefused: the page could not be read.
        """
        return self._known(address if "://" in address else f"{self._base}/{address}")

    def count(self, path: str) -> int | None:
        """How many objects the list at *path*, which ends in ``$count``, has; None where the index knows no such list.

        The index that answers is a minute behind (fact E2). Raises as `one` does.
        """
        reply = self._got(f"{self._base}/{path}", {"ConsistencyLevel": "eventual"})
        if reply.status_code == httpx2.codes.NOT_FOUND:
            return None
        if reply.status_code != httpx2.codes.OK:
            raise _unread(path, f"{reply.status_code} {_said(reply)}")
        return int(reply.text)

    def address(self, key: str) -> str:
        """How a request refers to the object *key* of the directory."""
        return f"{self._base}/directoryObjects/{key}"

    def batch(self, requests: Sequence[tuple[str, str, Row | None]]) -> list[Answer]:
        """What becomes of each of *requests*: method, path and body; twenty travel together (fact E4).

        One that is put off is sent again after its own Retry-After as long as others get through: after a wait there
        is often room for one alone, as what is refused counts too (fact C24). Where none does, the wait is doubled each
        time; one that is put off to the end has status 429.

        Raises:
            ActRefused: a batch was not taken; none of its requests had an effect.
            ActUnknown: the connection was cut, or the service failed, after a batch was sent.
        """
        return [answer for some in batched(requests, MOST_IN_BATCH) for answer in self._batch(some)]

    def _batch(self, requests: Sequence[tuple[str, str, Row | None]]) -> list[Answer]:
        items = {str(n): _item(str(n), *request) for n, request in enumerate(requests)}
        answers: dict[str, Answer] = {}
        left, in_vain = items, 0
        while True:
            found, wait = self._post(list(left.values()))
            answers |= found
            put_off = {n: items[n] for n, answer in found.items() if answer.status in _THROTTLED}
            in_vain = in_vain + 1 if len(put_off) == len(left) else 0
            if not put_off or in_vain == ATTEMPTS:
                return [answers[n] for n in items]
            left = put_off
            self._sleep(wait * 2 ** max(in_vain - 1, 0))

    def _post(self, items: Sequence[Row]) -> tuple[dict[str, Answer], float]:
        """The answers to one batch, and the seconds to wait where it, or some of it, was put off."""
        address = f"{self._base}/$batch"
        try:
            headers = {"authorization": f"Bearer {self._tokens.token()}"}
            reply = self._http.post(address, json={"requests": items}, headers=headers)
        except httpx2.ConnectError as error:
            raise _unread(address, f"{type(error).__name__}: {error}") from error
        except httpx2.TransportError as error:
            raise ActUnknown(act="batch", subject=address, why=f"{type(error).__name__}: {error}") from error
        except ExchangeError as error:
            raise _unread(address, str(error)) from error
        if reply.status_code in _THROTTLED:
            put_off = Answer(reply.status_code, {})
            return {str(item["id"]): put_off for item in items}, _wait(reply.headers)
        if reply.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            raise ActUnknown(act="batch", subject=address, why=f"{reply.status_code} {_said(reply)}")
        if reply.status_code != httpx2.codes.OK:
            raise _unread(address, f"{reply.status_code} {_said(reply)}")
        rows = reply.json()["responses"]
        waits = [_wait(row.get("headers") or {}) for row in rows if row["status"] in _THROTTLED]
        answers = {str(row["id"]): Answer(int(row["status"]), row.get("body") or {}) for row in rows}
        return answers, max(waits, default=0.0)

    def _known(self, address: str) -> Row:
        for _ in range(ATTEMPTS - 1):
            if (row := self._get(address)) is not None:
                return row
            self._sleep(USUAL_WAIT)
        if (row := self._get(address)) is None:
            raise _unread(address, "it does not exist")
        return row

    def _get(self, address: str) -> Row | None:
        return _read(address, self._got(address, {}))

    def _got(self, address: str, headers: Mapping[str, str]) -> httpx2.Response:
        """The answer, asked for again while it is put off."""
        for _ in range(ATTEMPTS - 1):
            reply = self._send(address, headers)
            if reply.status_code not in _AGAIN:
                return reply
            self._sleep(_wait(reply.headers))
        return self._send(address, headers)

    def _send(self, address: str, headers: Mapping[str, str]) -> httpx2.Response:
        try:
            token = self._tokens.token()
            return self._http.get(address, headers={"authorization": f"Bearer {token}", **headers})
        except (httpx2.TransportError, ExchangeError) as error:
            raise _unread(address, f"{type(error).__name__}: {error}") from error


def _read(address: str, reply: httpx2.Response) -> Row | None:
    if reply.status_code == httpx2.codes.NOT_FOUND:
        return None
    if reply.status_code == httpx2.codes.GONE:
        raise LinkGone(act="read", subject=address.partition("?")[0], why=f"410 {_said(reply)}")
    if reply.status_code != httpx2.codes.OK:
        raise _unread(address, f"{reply.status_code} {_said(reply)}")
    found: Row = reply.json()
    return found


def _said(reply: httpx2.Response) -> str:
    """Graph's own sentence."""
    try:
        return str(reply.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return reply.reason_phrase


def _item(n: str, method: str, path: str, body: Row | None) -> Row:
    item: dict[str, Any] = {"id": n, "method": method, "url": f"/{path}"}
    return item if body is None else item | {"body": body, "headers": {"Content-Type": "application/json"}}


def _wait(headers: Mapping[str, str]) -> float:
    named = {name.lower(): value for name, value in headers.items()}
    try:
        return float(named.get("retry-after", USUAL_WAIT))
    except ValueError:
        return USUAL_WAIT


def _unread(address: str, why: str) -> ActRefused:
    return ActRefused(act="read", subject=address.partition("?")[0], why=why)
