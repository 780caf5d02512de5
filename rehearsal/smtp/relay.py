"""The relay without its sockets: messages come as requests, so that they are logged and replayed as all others are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.post.track import Letter
from rehearsal.smtp.options import RelayOptions
from rehearsal.wire import Reply, Request, json_reply


class Envelope(msgspec.Struct, frozen=True):
    """Who sends to whom, as said in MAIL FROM and RCPT TO; the message itself is the request's body."""

    sender: str
    recipients: list[str]


class Taken(msgspec.Struct, frozen=True):
    """One message that the relay took, with *at*, its virtual time."""

    sender: str
    recipients: list[str]
    subject: str
    message_id: str | None
    text: str
    at: datetime


Onward = Callable[[Letter, Sequence[str]], None]
"""Who takes what the relay took, for the servers behind it."""


@dataclass(frozen=True)
class RelayFaults:
    """Which messages go wrong, counted from 1: *deferred* get 451; *dropped* are taken, and the answer is lost.

    *unknown* are addresses of its domain that there are not.
    """

    deferred: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


class Relay:
    """A relay for the addresses of *domain*, by *options*. `envelope` makes the request that `handle` answers.

    *onward* takes what it took; without it nothing goes any further.
    """

    def __init__(
        self,
        clock: VirtualClock,
        domain: str,
        *,
        options: RelayOptions | None = None,
        faults: RelayFaults | None = None,
        onward: Onward | None = None,
    ) -> None:
        self._clock = clock
        self._domain = domain.lower()
        self._options = options or RelayOptions()
        self._faults = faults or RelayFaults()
        self._onward = onward
        self._taken: list[Taken] = []
        self._offered: list[datetime] = []

    @property
    def taken(self) -> tuple[Taken, ...]:
        """Every message that was taken, in order."""
        return tuple(self._taken)

    @property
    def options(self) -> RelayOptions:
        """The rules it goes by."""
        return self._options

    def refused_recipient(self, address: str, before: int) -> str | None:
        """The answer to RCPT TO that refuses *address* as the one after *before* others, or None."""
        if self._options.unknown_domain_refused and address.rpartition("@")[2].lower() != self._domain:
            return "550 5.7.1 Relaying denied"
        if self._options.unknown_mailbox_refused and address.lower() in self._faults.unknown:
            return "550 5.1.1 No such mailbox"
        if self._options.recipient_limit and before >= self._options.recipients:
            return "452 4.5.3 Too many recipients"
        return None

    def handle(self, request: Request) -> Reply:
        """Take a message (POST, as `offer` makes it; SMTP's answer is the body), or list what was taken (GET)."""
        if request.method == "GET":
            return json_reply([msgspec.to_builtins(taken) for taken in self._taken])
        return self._take(msgspec.json.decode(request.headers["envelope"], type=Envelope), request.body)

    def _take(self, envelope: Envelope, content: bytes) -> Reply:
        self._offered.append(self._clock.now)
        nth = len(self._offered)
        if self._options.size_limit and len(content) > self._options.largest_bytes:
            return _answer("552 5.3.4 Message size exceeds fixed maximum message size")
        if nth in self._faults.deferred or (self._options.rate_limit and self._is_busy()):
            return _answer("451 4.7.1 Too many messages, try again later")
        taken = _read(envelope, content, self._clock.now)
        if self._options.repeats_are_delivered or not self._has(taken.message_id):
            self._taken.append(taken)
            if self._onward is not None:
                letter = Letter(str(taken.message_id or ""), taken.sender, str(taken.subject))
                self._onward(letter, taken.recipients)
        return msgspec.structs.replace(
            _answer(f"250 2.0.0 Ok: queued as {nth:08X}"), drop=nth in self._faults.dropped
        )

    def _is_busy(self) -> bool:
        """Whether the minute up to now, this message included, holds more than it may."""
        since = self._clock.now - timedelta(minutes=1)
        lately = self._offered[-self._options.per_minute - 1 :]
        return len(lately) > self._options.per_minute and lately[0] > since

    def _has(self, message_id: str | None) -> bool:
        return message_id is not None and any(taken.message_id == message_id for taken in self._taken)


def offer(envelope: Envelope, content: bytes) -> Request:
    """The request by which a message reaches `Relay.handle`."""
    return Request("POST", "/messages", "", {"envelope": msgspec.json.encode(envelope).decode()}, content)


def _answer(text: str) -> Reply:
    return Reply(int(text[:3]), {}, text.encode("ascii"))


def _read(envelope: Envelope, content: bytes, now: datetime) -> Taken:
    message = message_from_bytes(content, policy=policy.default)
    part = message.get_body(("plain", "html"))
    return Taken(
        sender=envelope.sender,
        recipients=envelope.recipients,
        subject=str(message["subject"] or ""),
        message_id=message["message-id"],
        text="" if part is None else str(part.get_content()),
        at=now,
    )
