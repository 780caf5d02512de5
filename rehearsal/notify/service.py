"""The service: what was sent, and the answers to POST and GET.

It is as strict as the real one or stricter: a reference need not be unique, nothing older than seven days is found,
and no answer tells how long to wait after a 429.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode

import msgspec

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.notify.errors import Refusal, bad, invalid
from rehearsal.notify.templates import TEMPLATES, Template
from rehearsal.notify.tokens import Key, check_age, issued_at
from rehearsal.wire import Reply, Request, json_reply

PAGE = 250
RETENTION = timedelta(days=7)
_ADDRESS = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")
_GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)
_BASE = "https://api.notifications.service.gov.uk"
_SIMULATED = {
    "perm-fail@simulator.notify": "permanent-failure",
    "temp-fail@simulator.notify": "temporary-failure",
}
_AGES = ((timedelta(seconds=1), "created"), (timedelta(seconds=5), "sending"))


class Post(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /v2/notifications/email."""

    email_address: str
    template_id: str
    personalisation: dict[str, str | int | float | bool | list[str]] = {}
    reference: str | None = None
    email_reply_to_id: str | None = None
    one_click_unsubscribe_url: str | None = None
    sanitise_content_for: list[str] | None = None


class Sent(msgspec.Struct, frozen=True):
    """One accepted e-mail."""

    id: str
    reference: str | None
    email_address: str
    template: Template
    subject: str
    body: str
    created: datetime


@dataclass(frozen=True)
class NotifyFaults:
    """Which POSTs go wrong, counted from 1.

    *throttled* are answered 429; of *dropped* the e-mail is accepted and the answer lost, which is the case for which
    the interface has no idempotency key.
    """

    throttled: tuple[int, ...] = (40,)
    dropped: tuple[int, ...] = (25,)


class Notify:
    """One service's Notify. *per_minute* and *per_day* are the published limits of a live key."""

    def __init__(
        self,
        clock: VirtualClock,
        api_key: str,
        *,
        per_minute: int = 3000,
        per_day: int = 250_000,
        faults: NotifyFaults | None = None,
    ) -> None:
        self._clock = clock
        self._key = Key.parse(api_key)
        self._per_minute = per_minute
        self._per_day = per_day
        self._faults = NotifyFaults() if faults is None else faults
        self._sent: list[Sent] = []
        self._posts: list[datetime] = []

    @property
    def accepted(self) -> tuple[Sent, ...]:
        """Every e-mail ever accepted, also those that the service itself shows no longer."""
        return tuple(self._sent)

    def refusal(self, request: Request, *, now: float) -> Reply | None:
        """The answer to a request whose token is wrong or too old at the real time *now* (seconds since 1970), or None.

        Asked at the door, before the request is logged: a token that was fresh when it came is stale at a replay.
        """
        try:
            check_age(issued_at(self._key, request), now)
        except Refusal as refusal:
            return refusal.reply()
        return None

    def handle(self, request: Request) -> Reply:
        """Answer one request. The token's signature is checked, its age is not: see `refusal`."""
        try:
            issued_at(self._key, request)
            if request.method == "POST" and request.path == "/v2/notifications/email":
                return self._post(request.body)
            if request.method == "GET" and request.path == "/v2/notifications":
                return self._list(parse_qs(request.query, strict_parsing=bool(request.query)))
            if request.method == "GET" and request.path.startswith("/v2/notifications/"):
                return json_reply(self._shown(self._find(request.path.rpartition("/")[2])))
        except Refusal as refusal:
            return refusal.reply()
        return Refusal(404, "NotFound", "The requested URL was not found on the server.").reply()

    def _post(self, body: bytes) -> Reply:
        post = _parsed(body)
        self._posts.append(self._clock.now)
        nth = len(self._posts)
        self._check_limits(nth)
        template = TEMPLATES.get(post.template_id.lower())
        if template is None:
            raise bad("Template not found")
        missing = [name for name in template.placeholders if name not in post.personalisation]
        if missing:
            raise bad(f"Missing personalisation: {', '.join(missing)}")
        sent = self._accept(post, template)
        return msgspec.structs.replace(_accepted(sent), drop=nth in self._faults.dropped)

    def _check_limits(self, nth: int) -> None:
        minute_ago = self._clock.now - timedelta(minutes=1)
        lately = sum(1 for _ in _while_after(self._posts, minute_ago))
        if lately > self._per_minute or nth in self._faults.throttled:
            text = f"Exceeded rate limit for key type live of {self._per_minute} requests per 60 seconds"
            raise Refusal(429, "RateLimitError", text)
        midnight = self._clock.now.replace(hour=0, minute=0, second=0, microsecond=0)
        today = sum(1 for _ in _while_after([sent.created for sent in self._sent], midnight))
        if today >= self._per_day:
            raise Refusal(
                429, "TooManyRequestsError", f"Exceeded send limits (email: {self._per_day}) for today"
            )

    def _accept(self, post: Post, template: Template) -> Sent:
        values = {name: _text(value) for name, value in post.personalisation.items()}
        sent = Sent(
            id=draws.guid(0, "notify", "notification", len(self._sent)),
            reference=post.reference,
            email_address=post.email_address,
            template=template,
            subject=template.filled(template.subject, values),
            body=template.filled(template.body, values),
            created=self._clock.now,
        )
        self._sent.append(sent)
        return sent

    def _kept(self) -> list[Sent]:
        """What the service still remembers, the newest first."""
        oldest = self._clock.now - RETENTION
        return [sent for sent in reversed(self._sent) if sent.created >= oldest]

    def _find(self, number: str) -> Sent:
        if not _GUID.match(number):
            raise invalid("id is not a valid UUID")
        for sent in self._kept():
            if sent.id == number.lower():
                return sent
        raise Refusal(404, "NoResultFound", "No result found")

    def _list(self, query: Mapping[str, list[str]]) -> Reply:
        unknown = sorted(set(query) - {"status", "template_type", "reference", "older_than", "include_jobs"})
        if unknown:
            raise invalid(f"Additional properties are not allowed ({unknown[0]} was unexpected)")
        kept = self._kept()
        older_than = query.get("older_than", [""])[0]
        if older_than:
            if not _GUID.match(older_than):
                raise invalid("older_than is not a valid UUID")
            places = [place for place, sent in enumerate(kept) if sent.id == older_than.lower()]
            kept = kept[places[0] + 1 :] if places else []
        page = [sent for sent in kept if self._matches(sent, query)][:PAGE]
        return json_reply(
            {"notifications": [self._shown(sent) for sent in page], "links": _links(query, page)}
        )

    def _matches(self, sent: Sent, query: Mapping[str, list[str]]) -> bool:
        return (
            ("reference" not in query or sent.reference in query["reference"])
            and ("status" not in query or self._status(sent) in query["status"])
            and ("template_type" not in query or "email" in query["template_type"])
        )

    def _status(self, sent: Sent) -> str:
        for age, status in _AGES:
            if self._clock.now - sent.created < age:
                return status
        return _SIMULATED.get(sent.email_address, "delivered")

    def _shown(self, sent: Sent) -> dict[str, object]:
        done = self._clock.now - sent.created >= _AGES[-1][0]
        return {
            "id": sent.id,
            "reference": sent.reference,
            "email_address": sent.email_address,
            "phone_number": None,
            "type": "email",
            "status": self._status(sent),
            "template": _template(sent.template),
            "subject": sent.subject,
            "body": sent.body,
            "created_at": _time(sent.created),
            "created_by_name": None,
            "sent_at": _time(sent.created + _AGES[0][0]) if done else None,
            "completed_at": _time(sent.created + _AGES[-1][0]) if done else None,
            "scheduled_for": None,
            "one_click_unsubscribe_url": None,
        }


def _parsed(body: bytes) -> Post:
    try:
        post = msgspec.json.decode(body, type=Post)
    except msgspec.ValidationError as error:
        raise invalid(_as_worded(str(error))) from None
    except msgspec.DecodeError:
        raise bad("Invalid JSON supplied in POST data") from None
    if not _GUID.match(post.template_id):
        raise invalid("template_id is not a valid UUID")
    if not _ADDRESS.match(post.email_address):
        raise invalid("email_address Not a valid email address")
    return post


def _as_worded(said: str) -> str:
    """The schema library's sentence in the service's words where clients have met them."""
    if found := re.search(r"missing required field `(\w+)`", said):
        return f"{found[1]} is a required property"
    if found := re.search(r"unknown field `(\w+)`", said):
        return f"Additional properties are not allowed ({found[1]} was unexpected)"
    return said


def _while_after(moments: list[datetime], start: datetime) -> list[datetime]:
    """The moments, which never go back, later than *start*."""
    for place in range(len(moments), 0, -1):
        if moments[place - 1] <= start:
            return moments[place:]
    return moments


def _accepted(sent: Sent) -> Reply:
    content = {
        "subject": sent.subject,
        "body": sent.body,
        "from_email": "nhsmail.move@notifications.service.gov.uk",
        "one_click_unsubscribe_url": None,
    }
    value = {
        "id": sent.id,
        "reference": sent.reference,
        "content": content,
        "uri": f"{_BASE}/v2/notifications/{sent.id}",
        "template": _template(sent.template),
        "scheduled_for": None,
    }
    return json_reply(value, 201)


def _template(template: Template) -> dict[str, object]:
    return {"id": template.id, "version": template.version, "uri": f"{_BASE}/v2/template/{template.id}"}


def _links(query: Mapping[str, list[str]], page: list[Sent]) -> dict[str, str]:
    """Where this page is and, unless it is empty, where the next would be."""
    here = {name: values for name, values in query.items() if name != "older_than"}
    links = {"current": f"{_BASE}/v2/notifications?{urlencode(dict(query), doseq=True)}"}
    if page:
        links["next"] = (
            f"{_BASE}/v2/notifications?{urlencode({**here, 'older_than': page[-1].id}, doseq=True)}"
        )
    return links


def _text(value: str | float | bool | list[str]) -> str:  # noqa: FBT001 - a value out of JSON
    return "\n".join(f"* {item}" for item in value) if isinstance(value, list) else str(value)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
