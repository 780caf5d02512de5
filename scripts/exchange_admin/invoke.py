"""A cmdlet's whole conversation with the Exchange Online admin endpoint, without any input or output.

`Conversation` says what to post next and is told what came back or that nothing did; it decides about pages, waits,
fresh tokens, redirects, and what may be tried again. Whoever owns a connection only carries its messages.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from exchange_admin.cmdlets import Side, complete
from exchange_admin.errors import NotFound, OutcomeUnknown, Refused, Unauthorised, Unreachable
from exchange_admin.port import Result, Row, is_read
from exchange_admin.replies import (
    Forbidden,
    Moved,
    Ok,
    Refusal,
    Reply,
    Throttled,
    Transient,
    Unauthenticated,
    Unreadable,
    read_reply,
)
from exchange_admin.values import moment_text, span_text

TRIES = 6
"""How often one page is asked for (fact A26)."""
FIRST_WAIT = 2.0
"""Seconds before the second try; each further wait is twice the last (fact A26)."""
PAGE_SIZE = 1000
_SYSTEM_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"
_REDIRECTS = 3
_BACKEND_PORT = 446


@dataclass(frozen=True)
class Service:
    """Where an environment's admin endpoint is: its *base* address and the *tenant* by GUID.

    *connection_id* is one GUID a session (fact A7).
    """

    base: str
    tenant: str
    connection_id: str

    @property
    def url(self) -> str:
        """The one address that takes cmdlets; only `beta` serves it (facts A1, A3)."""
        return f"{self.base.rstrip('/')}/adminapi/beta/{self.tenant}/InvokeCommand"

    def trusted(self, location: str) -> str | None:
        """Return *location* made absolute and fit to be given the token, None if it is another's (fact A25)."""
        own, to = urlsplit(self.base), urlsplit(urljoin(self.url, location))
        host, home = to.hostname or "", own.hostname or ""
        if to.scheme != own.scheme or not (host == home or host.endswith(f".{home}")):
            return None
        port = own.port if to.port == _BACKEND_PORT else to.port
        return urlunsplit(to._replace(netloc=host if port is None else f"{host}:{port}"))


@dataclass(frozen=True)
class Post:
    """One HTTP POST, complete but for the Authorization header."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Wait:
    """Wait for *seconds* (0 for none), then post again."""

    seconds: float


@dataclass(frozen=True)
class Throttle(Wait):
    """Wait, because the service has said that it is asked too much (429)."""


@dataclass(frozen=True)
class Renew:
    """Get a fresh token that meets *claims*, then post again."""

    claims: str | None


@dataclass
class Conversation:
    """One cmdlet with its parameters, from the first post to the last page.

    :raises NotOffered: on construction, for what Exchange Online does not have.
    """

    service: Service
    cmdlet: str
    parameters: Mapping[str, object]
    request_id: str
    _url: str = field(init=False)
    _body: bytes = field(init=False)
    _rows: list[Row] = field(init=False, default_factory=list)
    _warnings: list[str] = field(init=False, default_factory=list)
    _pages: set[str] = field(init=False, default_factory=set)
    _tries: int = field(init=False, default=0)
    _redirects: int = field(init=False, default=0)
    _renewed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._url = self.service.url
        self._body = request_body(self.cmdlet, self.parameters)

    def post(self) -> Post:
        """What to send now; the same body for every page (fact A14)."""
        return Post(self._url, request_headers(self.service, self.cmdlet, self.request_id), self._body)

    def heard(self, status: int, headers: Mapping[str, str], raw: bytes) -> Wait | Renew | Result:
        """Take an answer in and say what to do; a `Result` is the end of the conversation.

        :raises ExchangeError: the kind that fits, when there is nothing more to do.
        """
        reply = read_reply(status, headers, raw)
        match reply:
            case Ok():
                return self._page(reply)
            case Throttled(after, text):
                return Throttle(self._again(text, after).seconds)
            case Transient(why) | Unreadable(why):
                return self.lost(why)
            case Unauthenticated(claims):
                return self._renew(claims)
            case Moved(location):
                return self._follow(location)
        raise self._error(reply)

    def lost(self, why: str, *, sent: bool = True) -> Wait:
        """Take in that no usable answer came; *sent* is false only if the request certainly never left.

        :raises OutcomeUnknown: if a write was sent.
        :raises Unreachable: when the tries are used up.
        """
        if sent and not is_read(self.cmdlet):
            raise OutcomeUnknown(cmdlet=self.cmdlet, why=why)
        return self._again(why, None)

    def _page(self, page: Ok) -> Wait | Result:
        self._rows += page.rows
        self._warnings += [text for text in page.warnings if text not in self._warnings]
        if page.next_link is None:
            return Result(self._rows, self._warnings)
        link = self.service.trusted(page.next_link)
        if link is None or link in self._pages:
            raise self._unusable(f"the next page is said to be at {page.next_link}")
        self._pages.add(link)
        self._url, self._tries, self._redirects, self._renewed = link, 0, 0, False
        return Wait(0)

    def _again(self, why: str, after: float | None) -> Wait:
        self._tries += 1
        if self._tries >= TRIES:
            raise Unreachable(cmdlet=self.cmdlet, why=why, attempts=self._tries)
        return Wait(FIRST_WAIT * 2 ** (self._tries - 1) if after is None else after)

    def _renew(self, claims: str | None) -> Renew:
        if self._renewed:
            raise Unauthorised(cmdlet=self.cmdlet, status=401, text="a fresh token was not accepted either")
        self._renewed = True
        return Renew(claims)

    def _follow(self, location: str) -> Wait:
        link = self.service.trusted(location) if location else None
        self._redirects += 1
        if link is None or self._redirects > _REDIRECTS:
            raise Unreachable(
                cmdlet=self.cmdlet, why=f"redirected to {location or 'nowhere'}", attempts=self._tries + 1
            )
        self._url = link
        return Wait(0)

    def _unusable(self, why: str) -> OutcomeUnknown | Unreachable:
        if is_read(self.cmdlet):
            return Unreachable(cmdlet=self.cmdlet, why=why, attempts=self._tries + 1)
        return OutcomeUnknown(cmdlet=self.cmdlet, why=why)

    def _error(self, reply: Reply) -> Refused | Unauthorised:
        match reply:
            case Forbidden(status, text):
                return Unauthorised(cmdlet=self.cmdlet, status=status, text=text)
            case Refusal(status, error_type, text):
                return refused(self.cmdlet, error_type, text, status)
        raise AssertionError(reply)


def refused(cmdlet: str, error_type: str, text: str, status: int) -> Refused:
    """Return the refusal of the right class; "not found" goes by the exception's name, never by a bare 404."""
    kind = NotFound if error_type.endswith("NotFoundException") else Refused
    return kind(cmdlet=cmdlet, error_type=error_type, text=text, status=status)


def request_body(cmdlet: str, parameters: Mapping[str, object]) -> bytes:
    """Return the one POST shape there is (facts A1, A2); None is not sent, and `Parameters` is never null.

    :raises NotOffered: for what Exchange Online does not have or its channel cannot carry.
    :raises TypeError: for a value that has no wire form.
    """
    sent: dict[str, Any] = {}
    for name, value in complete(cmdlet, parameters, Side.ONLINE).items():
        if isinstance(value, list | tuple) and value and all(isinstance(item, Mapping) for item in value):
            sent[f"{name}@odata.type"] = "#Collection(Exchange.GenericHashTable)"
        sent[name] = encode(value)
    return json.dumps(
        {"CmdletInput": {"CmdletName": cmdlet, "Parameters": sent}}, ensure_ascii=False
    ).encode()


def request_headers(service: Service, cmdlet: str, request_id: str) -> dict[str, str]:
    """Return the headers of a post, all but Authorization (facts A7, A8, A24)."""
    return {
        "accept": "application/json",
        "accept-charset": "UTF-8",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "x-cmdletname": cmdlet,
        "x-responseformat": "json",
        "x-serializationlevel": "Partial",
        "x-anchormailbox": f"APP:{_SYSTEM_MAILBOX}@{service.tenant}",
        "prefer": f"odata.maxpagesize={PAGE_SIZE}",
        "client-request-id": request_id,
        "connection-id": service.connection_id,
    }


def encode(value: object) -> object:
    """Return *value* as the channel wants it (fact A18).

    Bytes become one base64 string: of the two forms that are reported, the one seen to work live.

    :raises TypeError: for a value that has no wire form.
    """
    if isinstance(value, Enum):
        value = value.value
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return moment_text(value)
        case timedelta():
            return span_text(value)
        case Mapping():
            table = {str(name): encode(item) for name, item in value.items()}
            return {"@odata.type": "#Exchange.GenericHashTable"} | table
        case list() | tuple():
            return [encode(item) for item in value]
    raise TypeError(f"a {type(value).__name__} cannot be sent to Exchange Online")
