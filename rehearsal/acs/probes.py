"""One small experiment for each rule of the simulated e-mail service, by signed requests; each named after its rule."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from rehearsal.acs.options import AcsOptions
from rehearsal.acs.service import HOST, SUPPRESSED, Acs
from rehearsal.clock import VirtualClock
from rehearsal.matrix import Probes, Subject
from rehearsal.wire import Reply, Request

_START = datetime(2026, 9, 1, 8, tzinfo=UTC)
_KEY = base64.b64encode(b"throw-away").decode()
_VERSION = "api-version=2023-03-31"

PROBES = Probes[AcsOptions]()


class Refused(AssertionError):
    """A message that had to be taken was not."""


class Service:
    """A resource, and a client that signs by hand."""

    def __init__(self, options: AcsOptions) -> None:
        self.clock = VirtualClock(_START)
        self.acs = Acs(self.clock, _KEY, options)

    def post(
        self, text: str = "Your mailbox moves", to: str = "aisha@", many: int = 1, **headers: str
    ) -> Reply:
        """Ask for one message; an underscore in a header's name stands for a hyphen."""
        everyone = [{"address": f"{to}nhsmail.example"}] * many
        body = {"senderAddress": "move@nhsmail.example", "content": {"plainText": text}}
        sent = json.dumps(body | {"recipients": {"to": everyone}}).encode()
        named = {name.replace("_", "-"): said for name, said in headers.items()}
        return self._ask("POST", "/emails:send", sent, named)

    def taken(self, **options: Any) -> dict[str, Any]:
        """Ask for one message that must be taken."""
        reply = self.post(**options)
        if reply.status != 202:
            raise Refused(f"{reply.status} {reply.body!r}")
        read: dict[str, Any] = json.loads(reply.body)
        return read

    def poll(self, number: str) -> Reply:
        """Ask what became of a message."""
        return self._ask("GET", f"/emails/operations/{number}", b"", {})

    def pass_time(self, **span: float) -> None:
        """Let virtual time pass."""
        self.clock.advance_to(self.clock.now + timedelta(**span))

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        text = f"{method}\n{path}?{_VERSION}\nnow;{HOST};{digest}"
        signature = base64.b64encode(hmac.digest(b"throw-away", text.encode(), hashlib.sha256)).decode()
        signed = {"authorization": f"HMAC-SHA256 Signature={signature}", "x-ms-date": "now", "host": HOST}
        return self.acs.handle(Request(method, path, _VERSION, signed | headers, body))


def _repeatable(first_sent: datetime = _START) -> dict[str, Any]:
    when = format_datetime(first_sent, usegmt=True)
    return {"repeatability_request_id": "r-1", "repeatability_first_sent": when}


@PROBES.keep
def _accepted_is_not_sent(options: AcsOptions) -> object:
    return Service(options).taken()["status"] == "Running"


@PROBES.keep
def _hourly_quota(options: AcsOptions) -> object:
    service, statuses = Service(options), []
    for _ in range(101):
        statuses.append(service.post().status)
        service.pass_time(seconds=3)
    return statuses == [202] * 100 + [429]


@PROBES.keep
def _minute_quota(options: AcsOptions) -> object:
    service = Service(options)
    return [service.post().status for _ in range(31)] == [202] * 30 + [429]


@PROBES.keep
def _polls_are_counted(options: AcsOptions) -> object:
    service = Service(options)
    number = service.taken()["id"]
    return [service.poll(number).status for _ in range(61)] == [200] * 60 + [429]


@PROBES.keep
def _fifty_recipients(options: AcsOptions) -> object:
    return Service(options).post(many=51).status == 400


@PROBES.keep
def _repeats_once(options: AcsOptions) -> object:
    service = Service(options)
    service.taken(**_repeatable())
    service.pass_time(seconds=10)
    service.taken(**_repeatable())
    return len(service.acs.taken) == 1


@PROBES.keep
def _other_body_refused(options: AcsOptions) -> object:
    service = Service(options)
    service.taken(**_repeatable())
    service.pass_time(seconds=10)
    return service.post(text="Another", **_repeatable()).status == 400


@PROBES.keep
def _late_repeat_refused(options: AcsOptions) -> object:
    return Service(options).post(**_repeatable(_START - timedelta(minutes=6))).status == 412


@PROBES.keep
def _running_repeat_refused(options: AcsOptions) -> object:
    service = Service(options)
    service.taken(**_repeatable())
    return service.post(**_repeatable()).status == 409


@PROBES.keep
def _says_when_to_poll(options: AcsOptions) -> object:
    service = Service(options)
    service.taken()
    reply = service.post()
    return "retry-after" in reply.headers or json.loads(reply.body)["status"] != "Running"


@PROBES.keep
def _drops_are_named(options: AcsOptions) -> object:
    service = Service(options)
    number = service.taken(to=SUPPRESSED)["id"]
    service.pass_time(minutes=1)
    return json.loads(service.poll(number).body)["status"] == "Failed"


SUBJECT = Subject("acs e-mail", AcsOptions, PROBES, Refused)
"""What `rehearsal.matrix` switches."""
