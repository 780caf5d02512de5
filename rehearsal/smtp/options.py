"""The rules of the simulated relay, each with a switch; see `rehearsal.rules`."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import rule


@dataclass(frozen=True)
class RelayOptions:
    """What the relay does. *largest_bytes*, *recipients* and *per_minute* are its invented, modest limits."""

    size_limit: bool = rule("RFC 1870", "doc", "a message above the announced SIZE is refused with 552")
    recipient_limit: bool = rule(
        "RFC 5321, 4.5.3.1.8", "doc", "too many recipients get 452: try the rest later"
    )
    rate_limit: bool = rule("RFC 5321, 4.2.3", "inf", "too many messages a minute get 451: try again later")
    unknown_domain_refused: bool = rule(
        "RFC 5321, 3.3", "doc", "a recipient of another domain gets 550: no open relay"
    )
    unknown_mailbox_refused: bool = rule(
        "RFC 5321, 3.3", "doc", "a recipient that the domain has not got gets 550 at once"
    )
    repeats_are_delivered: bool = rule("RFC 5321, 6.1", "doc", "a message sent twice is delivered twice")
    largest_bytes: int = 1_000_000
    recipients: int = 100
    per_minute: int = 600
