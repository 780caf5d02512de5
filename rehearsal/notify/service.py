"""The service: what was sent, and the answers to POST and GET.

It is as strict as the real one or stricter; each of its rules has a switch in `rehearsal.notify.options`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from itertools import takewhile
from urllib.parse import parse_qs, urlencode

import msgspec

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.notify.errors import Refusal, bad, invalid
from rehearsal.notify.limits import Limits
from rehearsal.notify.options import NotifyOptions
from rehearsal.notify.templates import TEMPLATES, Template, sanitised
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
TRYING = timedelta(days=3)
"""How long an e-mail is offered to a mailbox that is full."""

STATUSES = frozenset(
    {"created", "sending", "sent", "delivered", "pending", "failed", "cancelled"}
    | {"technical-failure", "temporary-failure", "permanent-failure", "validation-failed"}
    | {"pending-virus-check", "virus-scan-failed", "returned-letter", "accepted", "received"}
)
"""What a list can be asked for by."""


Values = dict[str, str | int | float | bool | list[str]]


class Preview(msgspec.Struct):
    """The body of POST /v2/template/{id}/preview."""

    personalisation: Values = {}


class Post(msgspec.Struct):
    """The body of POST /v2/notifications/email."""

    email_address: str
    template_id: str
    personalisation: Values = {}
    reference: str | None = None
    email_reply_to_id: str | None = None
    one_click_unsubscribe_url: str | None = None
    sanitise_content_for: list[str] | None = None


class StrictPost(Post, forbid_unknown_fields=True):
    """The same, with nothing else in it."""


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
    the interface has no idempotency key. *undeliverable* has addresses that cannot be reached, each with the status
    that an e-mail to it ends in. *doubled*: a list names each e-mail twice, as one does that is read from two copies.
    """

    throttled: tuple[int, ...] = (40,)
    dropped: tuple[int, ...] = (25,)
    undeliverable: Mapping[str, str] = field(default_factory=dict)
    doubled: bool = False


class Notify:
    """One service's Notify, which behaves by *options*; *api_key* is its one live key."""

    def __init__(
        self,
        clock: VirtualClock,
        api_key: str,
        *,
        options: NotifyOptions | None = None,
        faults: NotifyFaults | None = None,
    ) -> None:
        self._clock = clock
        self._key = Key.parse(api_key)
        self._options = options or NotifyOptions()
        self._faults = NotifyFaults() if faults is None else faults
        self._limits = Limits(self._options)
        self._sent: list[Sent] = []
        self._named: dict[str, list[Sent]] = {}
        self._posts = 0

    @property
    def accepted(self) -> tuple[Sent, ...]:
        """Every e-mail ever accepted, also those that the service itself shows no longer."""
        return tuple(self._sent)

    def refusal(self, request: Request, *, now: float) -> Reply | None:
        """The answer to a request whose token is wrong or too old at the real time *now* (seconds since 1970), or None.

        Asked at the door, before the request is logged: a token that was fresh when it came is stale at a replay.
        """
        try:
            issued = issued_at(self._key, request)
            if self._options.token_in_30_seconds:
                check_age(issued, now)
        except Refusal as refusal:
            return refusal.reply()
        return None

    def handle(self, request: Request) -> Reply:
        """Answer one request. The token's signature is checked, its age is not: see `refusal`."""
        try:
            issued_at(self._key, request)
            return self._answer(request)
        except Refusal as refusal:
            return refusal.reply()

    def _answer(self, request: Request) -> Reply:
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["v2", "notifications", "email"]:
                return self._post(request.body)
            case "GET", ["v2", "notifications"]:
                return self._list(parse_qs(request.query, strict_parsing=bool(request.query)))
            case "GET", ["v2", "notifications", number]:
                return json_reply(self._shown(self._find(number)))
            case "GET", ["v2", "templates"]:
                return json_reply({"templates": [described(template) for template in TEMPLATES.values()]})
            case "GET", ["v2", "template", number]:
                return json_reply(described(_template_called(number)))
            case "POST", ["v2", "template", number, "preview"]:
                return self._preview(_template_called(number), request.body)
        raise Refusal(404, "NotFound", "The requested URL was not found on the server.")

    def _post(self, body: bytes) -> Reply:
        post = _parsed(body, StrictPost if self._options.unknown_fields_refused else Post)
        self._posts += 1
        self._limits.take(self._clock.now, throttled=self._posts in self._faults.throttled)
        template = TEMPLATES.get(post.template_id.lower())
        if template is None:
            raise bad("Template not found")
        earlier = None if self._options.repeats_are_sent else self._under(post.reference)
        sent = earlier or self._accept(post, template)
        return msgspec.structs.replace(_accepted(sent), drop=self._posts in self._faults.dropped)

    def _under(self, reference: str | None) -> Sent | None:
        return None if reference is None else next(iter(self._named.get(reference, ())), None)

    def _preview(self, template: Template, body: bytes) -> Reply:
        """The filled template; nothing is sent or counted."""
        try:
            values = msgspec.json.decode(body, type=Preview).personalisation
        except msgspec.DecodeError:
            raise bad("Invalid JSON supplied in POST data") from None
        subject, text = self._filled(template, values, ())
        shown = {"id": template.id, "type": "email", "version": template.version, "postage": None}
        return json_reply(shown | {"subject": subject, "body": text, "html": f"<p>{escape(text)}</p>"})

    def _filled(self, template: Template, given: Values, to_sanitise: Iterable[str]) -> tuple[str, str]:
        """Subject and body of *template* with the values *given*; those named in *to_sanitise* are made harmless."""
        missing = [name for name in template.placeholders if name not in given]
        if missing and self._options.missing_values_refused:
            raise bad(f"Missing personalisation: {', '.join(missing)}")
        harmless = set(to_sanitise) if self._options.named_values_are_sanitised else set()
        values = dict.fromkeys(missing, "") | {
            name: self._sanitised(_text(value)) if name in harmless else _text(value)
            for name, value in given.items()
        }
        return template.filled(template.subject, values), template.filled(template.body, values)

    def _sanitised(self, value: str) -> str:
        return sanitised(value, breaks=self._options.accidental_links_are_broken)

    def _accept(self, post: Post, template: Template) -> Sent:
        subject, body = self._filled(template, post.personalisation, post.sanitise_content_for or ())
        sent = Sent(
            id=draws.guid(0, "notify", "notification", len(self._sent)),
            reference=post.reference,
            email_address=post.email_address,
            template=template,
            subject=subject,
            body=body,
            created=self._clock.now,
        )
        self._sent.append(sent)
        if sent.reference is not None:
            self._named.setdefault(sent.reference, []).append(sent)
        self._limits.sent()
        return sent

    def _kept(self, named: Sequence[str] = ()) -> list[Sent]:
        """What the service still remembers, the newest first; of the references *named*, where there are any."""
        sent = [each for name in named for each in self._named.get(name, ())] if named else self._sent
        if not self._options.forgets_in_seven_days:
            return sent[::-1]
        oldest = self._clock.now - RETENTION
        return list(takewhile(lambda each: each.created >= oldest, reversed(sent)))

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
        asked = set(query.get("status", ()))
        if self._options.unknown_status_refused and asked - STATUSES:
            raise invalid(f"status {min(asked - STATUSES)} is not one of [{', '.join(sorted(STATUSES))}]")
        named = query.get("reference", [])
        kept = self._kept(named[:1] if self._options.reference_is_one else named)
        older_than = query.get("older_than", [""])[0]
        if older_than:
            if not _GUID.match(older_than):
                raise invalid("older_than is not a valid UUID")
            places = [place for place, sent in enumerate(kept) if sent.id == older_than.lower()]
            kept = kept[places[0] + 1 :] if places else []
        times = 2 if self._faults.doubled else 1
        found = [sent for sent in kept if self._matches(sent, query) for _ in range(times)]
        page = found[:PAGE] if self._options.pages_of_250 else found
        return json_reply(
            {"notifications": [self._shown(sent) for sent in page], "links": _links(query, page)}
        )

    def _matches(self, sent: Sent, query: Mapping[str, list[str]]) -> bool:
        return ("status" not in query or not set(self._statuses(sent)).isdisjoint(query["status"])) and (
            "template_type" not in query or "email" in query["template_type"]
        )

    def _statuses(self, sent: Sent) -> tuple[str, ...]:
        """The status of *sent*, and `failed`, which a list takes for every failure."""
        status = self._status(sent)
        return (status, "failed") if status.endswith("-failure") else (status,)

    def _status(self, sent: Sent) -> str:
        age = self._clock.now - sent.created
        for until, status in _AGES:
            if age < until:
                return status
        known = self._faults.undeliverable.get(sent.email_address)
        slow = known == "temporary-failure" and self._options.full_mailbox_known_after_three_days
        if known and not (slow and age < TRYING):
            return known
        return "sending" if known else _SIMULATED.get(sent.email_address, "delivered")

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


def _parsed(body: bytes, shape: type[Post]) -> Post:
    try:
        post = msgspec.json.decode(body, type=shape)
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


def _template_called(number: str) -> Template:
    if not _GUID.match(number):
        raise invalid("id is not a valid UUID")
    found = TEMPLATES.get(number.lower())
    if found is None:
        raise Refusal(404, "NoResultFound", "No result found")
    return found


def described(template: Template) -> dict[str, object]:
    """*template* as GET /v2/template/{id} shows it; times and authors are invented."""
    return {
        "id": template.id,
        "name": template.name,
        "type": "email",
        "created_at": "2026-06-01T09:00:00.000000Z",
        "updated_at": None,
        "created_by": "content.designer@nhsmail.example",
        "version": template.version,
        "body": template.body,
        "subject": template.subject,
        "personalisation": {name: {"required": True} for name in template.placeholders},
        "letter_contact_block": None,
        "postage": None,
    }


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
