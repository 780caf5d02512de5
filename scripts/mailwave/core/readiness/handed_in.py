"""All evidence of one check, as it was handed in, and what of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
import polars as pl

from mailwave.core.readiness.attestation import (
    KINDS,
    NOBODY,
    Attestation,
    Refused,
    Register,
    SignedWaiver,
    Verifies,
    accepted,
    facts_of,
    waivers_of,
)
from mailwave.core.readiness.checks import DOMAIN_RULES
from mailwave.core.readiness.evidence import accepted_domains, facts_table, organisation_columns
from mailwave.core.readiness.rules import RuleBook, Subject
from mailwave.core.readiness.scope import Scope, within


class HandedIn(NamedTuple):
    """*mailboxes* has columns of evidence by ``guid``, *facts* those of `FACTS`, each None without any.

    *domains* are those of `DOMAINS` that the tenant accepts. *register* is who may attest and waive.
    """

    mailboxes: pl.DataFrame | None = None
    facts: pl.DataFrame | None = None
    domains: pl.DataFrame | None = None
    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[SignedWaiver, ...] = ()
    register: Register = NOBODY

    def within(self, scope: Scope) -> HandedIn:
        """What of it is inside *scope*; of mailboxes, whoever judges them has picked their own already."""
        facts = self.facts
        if facts is not None and scope.organisation is not None:
            facts = facts.filter(pl.col("organisation") == scope.organisation)
        return self._replace(
            facts=facts,
            attestations=tuple(within(self.attestations, scope)),
            waivers=tuple(within(self.waivers, scope)),
        )


class Counted(NamedTuple):
    """What counts: of *organisations*, in columns; *book* with the waivers and with what the tenant accepts.

    *refused* are statements that do not count.
    """

    organisations: pl.DataFrame
    book: RuleBook
    refused: list[Refused]


def counted(
    handed_in: HandedIn, book: RuleBook, mailboxes: Mapping[str, str], verifies: Verifies, now: datetime
) -> Counted:
    """What of *handed_in* counts as of *now*; *mailboxes* is whose each mailbox is."""
    register = handed_in.register
    attested, refused = accepted(handed_in.attestations, register, book, verifies, now)
    waived, not_waived = accepted(handed_in.waivers, register, book, verifies, now)
    ages = {
        KINDS[rule.name]: rule.age_days for _, rule in book.of(Subject.ORGANISATION) if rule.name in KINDS
    }
    facts = [table for table in (handed_in.facts, facts_table(facts_of(attested))) if table is not None]
    figures = msgspec.structs.replace(
        book.figures, accepted_domains=accepted_domains(handed_in.domains, _domains_age(book), now.date())
    )
    return Counted(
        organisation_columns(pl.concat(facts), ages, now.date()),
        msgspec.structs.replace(book, figures=figures, waivers=tuple(waivers_of(waived, mailboxes))),
        [*refused, *not_waived],
    )


def _domains_age(book: RuleBook) -> int | None:
    """For how many days an answer of the tenant counts: the least of the rules that rest on it."""
    ages = [rule.age_days for rule in book.rules if rule.name in DOMAIN_RULES and rule.age_days is not None]
    return min(ages, default=None)
