"""The rules of the simulated Notify, each with a switch; see `rehearsal.rules`."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import rule

_FACT = "notices A6"


@dataclass(frozen=True)
class NotifyOptions:
    """What the service does. *per_minute*, *burst* and *per_day* are the numbers of a live key's limits."""

    token_bucket: bool = rule(_FACT, "2nd", "3,000 e-mails a minute, fewer than 1,000 of them at once")
    day_limit: bool = rule(_FACT, "2nd", "250,000 e-mails a day, counted from midnight")
    two_kinds_of_429: bool = rule(
        _FACT, "2nd", "RateLimitError for the minute, TooManyRequestsError for the day"
    )
    says_no_time: bool = rule(_FACT, "inf", "a 429 does not tell how long to wait")
    repeats_are_sent: bool = rule(_FACT, "mod", "no idempotency key: a reference used twice is sent twice")
    forgets_in_seven_days: bool = rule(_FACT, "doc", "nothing older than seven days is found")
    pages_of_250: bool = rule(_FACT, "doc", "a list has at most 250 notices a page")
    token_in_30_seconds: bool = rule(_FACT, "?", "a token issued 30 s before or after now is refused")
    named_values_are_sanitised: bool = rule(
        _FACT, "doc", "Markdown is escaped and addresses of pages are removed in the values named for it"
    )
    accidental_links_are_broken: bool = rule(
        _FACT, "doc", "what may be an address by accident, as in St.Thomas, is broken up and not removed"
    )
    full_mailbox_known_after_three_days: bool = rule(
        _FACT, "doc", "temporary-failure only after three days of trying; a permanent one within minutes"
    )
    unknown_status_refused: bool = rule(_FACT, "doc", "a list by a status that there is not is refused")
    reference_is_one: bool = rule(_FACT, "doc", "of several references in a list's query the first counts")
    missing_values_refused: bool = rule(_FACT, "doc", "a placeholder without a value is refused")
    unknown_fields_refused: bool = rule(_FACT, "doc", "a body with a field too many is refused")
    per_minute: int = 3000
    burst: int = 1000
    per_day: int = 250_000
