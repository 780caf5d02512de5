"""The service: messages taken for sending, and the operations by which their senders follow them (facts E11-E13)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import deque
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from rehearsal import draws
from rehearsal.acs.options import AcsOptions
from rehearsal.clock import VirtualClock
from rehearsal.wire import Reply, Request, json_reply

HOST = "nhsmail.uk.communication.azure.com"
SUPPRESSED = "bounced@"
"""Whose address begins so is on the list of those who get nothing more."""

REMEMBERED = timedelta(minutes=5)
ACCEPTING = timedelta(seconds=1)
"""How long a request is still being worked on, in which a repeat of it is told to wait; invented."""

SENDING = timedelta(seconds=20)
"""From the request to the end of its operation; invented."""

POLL_SECONDS = 30
_WINDOWS = (timedelta(minutes=1), timedelta(hours=1))


class Address(msgspec.Struct):
    """One recipient."""

    address: str
    displayName: str = ""  # noqa: N815 - the interface's name


class Recipients(msgspec.Struct):
    """To whom, by field."""

    to: list[Address] = []
    cc: list[Address] | None = None
    bcc: list[Address] | None = None

    @property
    def everyone(self) -> list[Address]:
        """All of them."""
        return [*self.to, *(self.cc or ()), *(self.bcc or ())]


class Message(msgspec.Struct):
    """The body of a request to send; what else it holds is not looked at."""

    senderAddress: str  # noqa: N815 - the interface's name
    content: dict[str, str | None]
    recipients: Recipients


class Operation(msgspec.Struct):
    """One message that was taken, with *at*, its virtual time."""

    id: str
    message: Message
    at: datetime


class Repeatable(msgspec.Struct):
    """What is remembered of a request that may be repeated."""

    digest: bytes
    at: datetime
    operation: Operation


class Refusal(Exception):
    """The service says no."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        self.reply = json_reply({"error": {"code": code, "message": message}}, status, **headers)
        super().__init__(f"{status} {code}: {message}")


class Quota:
    """How often something may be done a minute and an hour."""

    def __init__(self, *, a_minute: int | None, an_hour: int | None) -> None:
        self._most = (a_minute, an_hour)
        self._done: deque[datetime] = deque()

    def take(self, now: datetime) -> None:
        """Count one at *now*; raise Refusal, which does not count, when there have been too many."""
        while self._done and self._done[0] <= now - _WINDOWS[-1]:
            self._done.popleft()
        for most, window in zip(self._most, _WINDOWS, strict=True):
            lately = [moment for moment in self._done if moment > now - window]
            if most is not None and len(lately) >= most:
                wait = (lately[0] + window - now).total_seconds()
                raise Refusal(429, "TooManyRequests", "Quota exceeded", retry_after=str(max(1, round(wait))))
        self._done.append(now)


class Acs:
    """One resource with one access key, in base64 as its portal shows it, which behaves by *options*."""

    def __init__(self, clock: VirtualClock, access_key: str, options: AcsOptions | None = None) -> None:
        self._clock = clock
        self._key = base64.b64decode(access_key)
        self._options = options or AcsOptions()
        self._sends = Quota(
            a_minute=30 if self._options.minute_quota else None,
            an_hour=100 if self._options.hourly_quota else None,
        )
        counted = self._options.polls_are_counted
        self._polls = Quota(a_minute=60 if counted else None, an_hour=200 if counted else None)
        self._operations: dict[str, Operation] = {}
        self._repeatable: dict[str, Repeatable] = {}
        self._taken: list[Operation] = []

    @property
    def taken(self) -> tuple[Operation, ...]:
        """Every message that was taken, in order."""
        return tuple(self._taken)

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        try:
            self._check_signature(request)
            return self._answer(request)
        except Refusal as refusal:
            return refusal.reply

    def _answer(self, request: Request) -> Reply:
        if "api-version=" not in request.query:
            raise Refusal(400, "MissingApiVersionParameter", "The api-version query parameter is required")
        if request.method == "POST" and request.path == "/emails:send":
            return self._send(request)
        if request.method == "GET" and request.path.startswith("/emails/operations/"):
            return self._poll(request.path.rpartition("/")[2])
        raise Refusal(404, "NotFound", "Resource not found")

    def _check_signature(self, request: Request) -> None:
        """Refuse what was not signed with the key: method, path, time, host and body (shared-key authorization)."""
        said = request.headers
        digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
        path = f"{request.path}?{request.query}" if request.query else request.path
        text = f"{request.method}\n{path}\n{said.get('x-ms-date', '')};{said.get('host', '')};{digest}"
        right = base64.b64encode(hmac.digest(self._key, text.encode(), hashlib.sha256)).decode()
        if not hmac.compare_digest(said.get("authorization", "").partition("Signature=")[2], right):
            raise Refusal(401, "Denied", "Denied by the resource provider.")

    def _send(self, request: Request) -> Reply:
        earlier = self._earlier(request)
        if earlier is not None:
            return self._accepted(earlier)
        message = _message(request.body)
        if self._options.fifty_recipients and len(message.recipients.everyone) > 50:
            raise Refusal(400, "BadRequest", "The number of recipients is above 50")
        self._sends.take(self._clock.now)
        number = request.headers.get("operation-id") or draws.guid(0, "acs", "operation", len(self._taken))
        operation = Operation(number, message, self._clock.now)
        self._taken.append(operation)
        self._operations[number] = operation
        if repeat := request.headers.get("repeatability-request-id"):
            self._repeatable[repeat] = Repeatable(_digest(request.body), self._clock.now, operation)
        return self._accepted(operation)

    def _earlier(self, request: Request) -> Operation | None:
        """The operation that *request* repeats, if it says that it may be a repeat and is one (fact E12)."""
        repeat = request.headers.get("repeatability-request-id")
        if repeat is None:
            return None
        first_sent = _moment(request.headers.get("repeatability-first-sent", ""))
        if self._options.late_repeat_refused and self._clock.now - first_sent > REMEMBERED:
            raise Refusal(412, "PreconditionFailed", "Repeatability-First-Sent is too long ago")
        known = self._repeatable.get(repeat)
        if known is None:
            return None
        if self._options.other_body_refused and known.digest != _digest(request.body):
            raise Refusal(400, "BadRequest", "The Repeatability-Request-ID was used with another body")
        if self._options.running_repeat_refused and self._clock.now - known.at < ACCEPTING:
            raise Refusal(409, "Conflict", "The request is still being processed")
        return known.operation if self._options.repeats_once else None

    def _accepted(self, operation: Operation) -> Reply:
        where = f"https://{HOST}/emails/operations/{operation.id}?api-version=2023-03-31"
        return self._told(operation, 202, {"operation-location": where})

    def _told(self, operation: Operation, status: int, headers: dict[str, str]) -> Reply:
        waits = self._options.says_when_to_poll and not self._is_over(operation)
        when = {"retry-after": str(POLL_SECONDS)} if waits else {}
        said = json_reply(self._shown(operation), status)
        return msgspec.structs.replace(said, headers=said.headers | headers | when)

    def _poll(self, number: str) -> Reply:
        self._polls.take(self._clock.now)
        operation = self._operations.get(number)
        if operation is None:
            raise Refusal(404, "NotFound", "No such operation")
        return self._told(operation, 200, {})

    def _is_over(self, operation: Operation) -> bool:
        return not self._options.accepted_is_not_sent or self._clock.now - operation.at >= SENDING

    def _shown(self, operation: Operation) -> dict[str, object]:
        if not self._is_over(operation):
            return {"id": operation.id, "status": "Running"}
        everyone = operation.message.recipients.everyone
        if self._options.drops_are_named and all(each.address.startswith(SUPPRESSED) for each in everyone):
            error = {"code": "EmailDropped", "message": "The message was dropped: recipients are suppressed."}
            return {"id": operation.id, "status": "Failed", "error": error}
        return {"id": operation.id, "status": "Succeeded", "error": None}


def _message(body: bytes) -> Message:
    try:
        message = msgspec.json.decode(body, type=Message)
    except msgspec.DecodeError as error:
        raise Refusal(400, "BadRequest", str(error)) from None
    if not message.recipients.everyone:
        raise Refusal(400, "BadRequest", "A message needs a recipient")
    return message


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _moment(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        raise Refusal(400, "BadRequest", "Repeatability-First-Sent is not an HTTP date") from None
