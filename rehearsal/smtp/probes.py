"""One small experiment for each rule of the simulated relay; each is named after its rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rehearsal.clock import VirtualClock
from rehearsal.matrix import Probes, Subject
from rehearsal.smtp.options import RelayOptions
from rehearsal.smtp.relay import Envelope, Relay, RelayFaults, offer

_TO = "aisha@nhsmail.example"

PROBES = Probes[RelayOptions]()


class Refused(AssertionError):
    """A message that had to be taken was not; no probe of this relay depends on one."""


def _relay(options: RelayOptions) -> Relay:
    return Relay(VirtualClock(datetime(2026, 9, 1, 8, tzinfo=UTC)), "nhsmail.example", options=options)


def _offered(relay: Relay, text: str = "") -> int:
    content = f"Message-ID: <m-1@nhsmail.example>\r\n\r\n{text}".encode()
    return relay.handle(offer(Envelope("move@nhsmail.example", [_TO]), content)).status


@PROBES.keep
def _size_limit(options: RelayOptions) -> object:
    return _offered(_relay(replace(options, largest_bytes=60)), "x" * 60) == 552


@PROBES.keep
def _recipient_limit(options: RelayOptions) -> object:
    return _relay(options).refused_recipient(_TO, before=options.recipients) is not None


@PROBES.keep
def _rate_limit(options: RelayOptions) -> object:
    relay = _relay(replace(options, per_minute=1))
    return (_offered(relay), _offered(relay)) == (250, 451)


@PROBES.keep
def _unknown_domain_refused(options: RelayOptions) -> object:
    return _relay(options).refused_recipient("someone@elsewhere.example", before=0) is not None


@PROBES.keep
def _unknown_mailbox_refused(options: RelayOptions) -> object:
    clock = VirtualClock(datetime(2026, 9, 1, 8, tzinfo=UTC))
    relay = Relay(clock, "nhsmail.example", options=options, faults=RelayFaults(unknown=(_TO,)))
    return relay.refused_recipient(_TO, before=0) is not None


@PROBES.keep
def _repeats_are_delivered(options: RelayOptions) -> object:
    relay = _relay(options)
    _offered(relay)
    _offered(relay)
    return len(relay.taken) == 2


SUBJECT = Subject("smtp relay", RelayOptions, PROBES, Refused)
"""What `rehearsal.matrix` switches."""
