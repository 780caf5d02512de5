"""One small experiment for each rule of the simulated Notify, by plain requests to it.

A probe is named after its rule and returns the value that it believes the rule to have; it must not notice another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.clock import VirtualClock
from rehearsal.matrix import Probes, Subject
from rehearsal.notify.options import NotifyOptions
from rehearsal.notify.service import Notify, NotifyFaults
from rehearsal.wire import Reply, Request

_START = datetime(2026, 9, 1, 8, tzinfo=UTC)
_SERVICE = "3f0c8b1e-5a0e-4a53-9d8b-6f5d1d0f8a01"
_SECRET = "0d4c8fd5-3cf5-4a84-9d9c-3a2b6c7e5f02"
_TEMPLATE = "6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e01"
_ISSUED = 1_800_000_000

PROBES = Probes[NotifyOptions]()


class Refused(AssertionError):
    """A request that had to succeed was answered with something else."""


class Service:
    """A service with one live key, and a client that signs by hand."""

    def __init__(
        self, options: NotifyOptions, *, throttled: tuple[int, ...] = (), gone: Mapping[str, str] = {}
    ) -> None:
        self.clock = VirtualClock(_START)
        faults = NotifyFaults(throttled=throttled, dropped=(), undeliverable=gone)
        self.notify = Notify(self.clock, f"probe-{_SERVICE}-{_SECRET}", options=options, faults=faults)

    def request(self, method: str, path: str, body: object = None, query: str = "") -> Request:
        """A signed request."""
        sent = b"" if body is None else json.dumps(body).encode()
        return Request(method, path, query, {"authorization": f"Bearer {_token()}"}, sent)

    def post(self, reference: str = "r", **changed: object) -> Reply:
        """Ask for one e-mail; *changed* replaces or adds fields of the body."""
        body: dict[str, object] = {
            "email_address": "aisha@nhsmail.example",
            "template_id": _TEMPLATE,
            "personalisation": {"name": "A", "night": "B"},
            "reference": reference,
        }
        return self.notify.handle(self.request("POST", "/v2/notifications/email", body | changed))

    def send(self, reference: str = "r", **changed: object) -> dict[str, Any]:
        """Ask for one e-mail that must be accepted."""
        return _read(self.post(reference, **changed), 201)

    def ask(self, query: str = "") -> Reply:
        """Ask for a list."""
        return self.notify.handle(self.request("GET", "/v2/notifications", query=query))

    def listed(self, query: str = "") -> list[dict[str, Any]]:
        """The first page of what was sent."""
        reply = self.ask(query)
        notices: list[dict[str, Any]] = _read(reply, 200)["notifications"]
        return notices


def _read(reply: Reply, status: int) -> dict[str, Any]:
    if reply.status != status:
        raise Refused(f"{reply.status} {reply.body[:200]!r}")
    read: dict[str, Any] = json.loads(reply.body)
    return read


def _token() -> str:
    parts = ({"typ": "JWT", "alg": "HS256"}, {"iss": _SERVICE, "iat": _ISSUED})
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_encoded(hmac.digest(_SECRET.encode(), signed.encode(), hashlib.sha256))}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _kind(reply: Reply) -> str:
    return str(json.loads(reply.body)["errors"][0]["error"])


@PROBES.keep
def _token_bucket(options: NotifyOptions) -> object:
    service = Service(replace(options, burst=3))
    first = [service.post().status for _ in range(3)]
    service.clock.advance_to(_START + timedelta(seconds=0.02))
    return [*first, service.post().status, service.post().status] == [201, 201, 429, 201, 429]


@PROBES.keep
def _day_limit(options: NotifyOptions) -> object:
    service = Service(replace(options, per_day=1))
    statuses = [service.post().status for _ in range(2)]
    service.clock.advance_to(_START + timedelta(hours=16))
    return [*statuses, service.post().status] == [201, 429, 201]


@PROBES.keep
def _two_kinds_of_429(options: NotifyOptions) -> object:
    service = Service(replace(options, per_day=0), throttled=(1,))
    minute, day = service.post(), service.post()
    return day.status != 429 or _kind(minute) != _kind(day)


@PROBES.keep
def _says_no_time(options: NotifyOptions) -> object:
    return "retry-after" not in Service(options, throttled=(1,)).post().headers


@PROBES.keep
def _repeats_are_sent(options: NotifyOptions) -> object:
    service = Service(options)
    return service.send("same")["id"] != service.send("same")["id"]


@PROBES.keep
def _forgets_in_seven_days(options: NotifyOptions) -> object:
    service = Service(options)
    service.send()
    service.clock.advance_to(_START + timedelta(days=7, seconds=1))
    return service.listed() == []


@PROBES.keep
def _pages_of_250(options: NotifyOptions) -> object:
    service = Service(options)
    for number in range(251):
        service.send(f"r-{number}")
    return len(service.listed()) == 250


@PROBES.keep
def _token_in_30_seconds(options: NotifyOptions) -> object:
    service = Service(options)
    request = service.request("GET", "/v2/notifications")
    return service.notify.refusal(request, now=_ISSUED + 31.0) is not None


@PROBES.keep
def _named_values_are_sanitised(options: NotifyOptions) -> object:
    values = {"name": "[Click](https://evil.example)", "night": "B"}
    sent = Service(options).send(personalisation=values, sanitise_content_for=["name"])
    return "evil.example" not in sent["content"]["body"]


@PROBES.keep
def _accidental_links_are_broken(options: NotifyOptions) -> object:
    values = {"name": "St.Thomas", "night": "B"}
    sent = Service(options).send(personalisation=values, sanitise_content_for=["name"])
    named = not options.named_values_are_sanitised
    return named or "Thomas" in sent["content"]["body"]


@PROBES.keep
def _full_mailbox_known_after_three_days(options: NotifyOptions) -> object:
    service = Service(options, gone={"aisha@nhsmail.example": "temporary-failure"})
    service.send()
    service.clock.advance_to(_START + timedelta(hours=1))
    early = service.listed("status=temporary-failure")
    service.clock.advance_to(_START + timedelta(days=3))
    return (early, len(service.listed("status=temporary-failure"))) == ([], 1)


@PROBES.keep
def _unknown_status_refused(options: NotifyOptions) -> object:
    return Service(options).ask("status=bounced").status == 400


@PROBES.keep
def _reference_is_one(options: NotifyOptions) -> object:
    service = Service(options)
    service.send("r-1")
    service.send("r-2")
    return [each["reference"] for each in service.listed("reference=r-2&reference=r-1")] == ["r-2"]


@PROBES.keep
def _missing_values_refused(options: NotifyOptions) -> object:
    return Service(options).post(personalisation={"name": "A"}).status == 400


@PROBES.keep
def _unknown_fields_refused(options: NotifyOptions) -> object:
    return Service(options).post(colour="blue").status == 400


SUBJECT = Subject("notify", NotifyOptions, PROBES, Refused)
"""What `rehearsal.matrix` switches."""
