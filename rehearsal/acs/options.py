"""The rules of the simulated e-mail of Azure Communication Services, each with a switch; see `rehearsal.rules`."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import rule


@dataclass(frozen=True)
class AcsOptions:
    """What the service does; the numbers are those of a custom domain before anybody asked for more (fact C27)."""

    accepted_is_not_sent: bool = rule(
        "E11, E13", "doc", "202 with an operation to poll; it is Running at first"
    )
    hourly_quota: bool = rule("C27", "doc", "100 messages an hour")
    minute_quota: bool = rule("C27", "doc", "30 messages a minute")
    polls_are_counted: bool = rule("C27", "doc", "an operation may be read 60 times a minute and 200 an hour")
    fifty_recipients: bool = rule("C27", "doc", "a message has at most 50 recipients")
    repeats_once: bool = rule("E12", "doc", "a repeated request of the same id and body is not sent again")
    other_body_refused: bool = rule("E12", "doc", "400: the same id with another body")
    late_repeat_refused: bool = rule("E12", "doc", "412: first sent more than five minutes ago")
    running_repeat_refused: bool = rule("E12", "doc", "409: the first request is still being worked on")
    says_when_to_poll: bool = rule("E13", "doc", "Retry-After on what is not finished")
    drops_are_named: bool = rule("E13", "doc", "a dropped message ends as Failed with EmailDropped")
