"""The rules of readiness as values: what each asks for, how long its evidence counts, and who must act.

The place of a rule in the book is its rank: of all that blocks a mailbox, the first names it. What a rule looks at and
how is in `checks`, under the rule's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from mailwave.core.refusals import Refusal

LARGEST_BYTES = 200 * 1024**3
"""200 GB: moves of larger mailboxes are not supported (fact C2)."""

READY_CODE = 255
"""The number of no code at all: nothing blocks."""


class Effect(StrEnum):
    """What becomes of a mailbox that does not pass."""

    DEFERRED = "deferred"
    EXCLUDED = "excluded"
    WARNED = "warned"


class Subject(StrEnum):
    """What a rule looks at; an organisation that does not pass blocks each of its mailboxes."""

    MAILBOX = "mailbox"
    ORGANISATION = "organisation"


class Rule(msgspec.Struct, frozen=True):
    """One rule. *failed* and *unknown* are the codes of what fails it and of what has no evidence for it.

    *age_days* is how many days its evidence counts, None where it does not age. *owner* is who must act, by role.
    *warned_because* says why a rule with the effect `Effect.WARNED` does not block here.
    """

    name: str
    title: str
    subject: Subject
    evidence: str
    failed: str
    unknown: str
    effect: Effect
    remedy: str
    owner: str
    age_days: int | None = None
    warned_because: str = ""


class Waiver(msgspec.Struct, frozen=True):
    """A rule that *subject* (an ODS code, or a mailbox's guid) need not pass until *expires*, that day included.

    A waiver of an organisation for a rule of mailboxes is for each of its mailboxes. *owner* answers for it.
    """

    rule: str
    subject: str
    owner: str
    reason: str
    expires: date


class Figures(msgspec.Struct, frozen=True):
    """The figures of the rules.

    *client_minimum* maps a major version of Outlook to the lowest that connects (fact D28); of the major versions
    without one, those above the highest key are accepted and all others refused. Thresholds are shares from 0 to 1.
    *browser_minimum* maps a browser's name in lower case to its lowest major version. *accepted_domains* are what the
    tenant itself says that it accepts, None where nobody has asked it lately; *asked_domains* what the estate file asks
    for. They, *mail_exchangers* and *autodiscover* are names in lower case; *bandwidth* is in kbit/s a mailbox.
    """

    client_minimum: Mapping[int, tuple[int, ...]]
    organisation_threshold: float
    organisation_exceptions: Mapping[str, float] = {}
    no_client_seen_is_ready: bool = False
    shared_without_users_is_ready: bool = False
    largest_bytes: int = LARGEST_BYTES
    mobile_minimum: tuple[int, ...] = ()
    tls_minimum: tuple[int, ...] = ()
    browser_minimum: Mapping[str, int] = {}
    bandwidth: float = 0.0
    holds_that_move: tuple[str, ...] = ()
    accepted_domains: tuple[str, ...] | None = None
    asked_domains: tuple[str, ...] = ()
    mail_exchangers: tuple[str, ...] = ()
    autodiscover: tuple[str, ...] = ()

    def is_old(self, version: tuple[int, ...]) -> bool:
        """Whether Outlook *version* is below the minimum."""
        major = version[0]
        if major in self.client_minimum:
            return version < self.client_minimum[major]
        return major < max(self.client_minimum)

    def threshold(self, organisation: str) -> float:
        """The threshold of the organisation with that ODS code."""
        return self.organisation_exceptions.get(organisation, self.organisation_threshold)


class Code(msgspec.Struct, frozen=True):
    """What a number of a code means: *name* as people see it, its *rule*, and its *effect*.

    Nothing is excluded for want of evidence: what is unknown can be found out.
    """

    name: str
    rule: Rule
    failed: bool
    effect: Effect


class RuleBook(msgspec.Struct, frozen=True):
    """All *rules* in their order, their *figures*, and the *waivers*."""

    rules: tuple[Rule, ...]
    figures: Figures
    waivers: tuple[Waiver, ...] = ()

    def of(self, subject: Subject) -> Iterator[tuple[int, Rule]]:
        """The rules for *subject*, each with its place."""
        return ((place, rule) for place, rule in enumerate(self.rules) if rule.subject is subject)

    def waived(self, rule: Rule, on: date) -> list[str]:
        """Who need not pass *rule* on the day *on*."""
        return [w.subject for w in self.waivers if w.rule == rule.name and on <= w.expires]

    def code(self, number: int) -> Code:
        """What the number *number*, other than `READY_CODE`, means."""
        rule, is_unknown = self.rules[number // 2], bool(number % 2)
        if not is_unknown:
            return Code(rule.failed, rule, failed=True, effect=rule.effect)
        effect = Effect.DEFERRED if rule.effect is Effect.EXCLUDED else rule.effect
        return Code(rule.unknown, rule, failed=False, effect=effect)


class NoSuchRule(Refusal):
    """A rule of the file that nothing checks."""

    def __init__(self, *, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(f"nothing checks the rule {name}; the rules are {', '.join(self.known)}")
