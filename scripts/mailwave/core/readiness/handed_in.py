"""All evidence of one check, as it was handed in, and what of it counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import polars as pl

from mailwave.core.readiness.attestation import Administrator, Attestation, Refused, Verifies, accepted
from mailwave.core.readiness.checks import ORGANISATION_CHECKS
from mailwave.core.readiness.evidence import facts_table, organisation_columns
from mailwave.core.readiness.rules import RuleBook, Subject


class HandedIn(NamedTuple):
    """*mailboxes* has columns of evidence by ``guid``, *facts* those of `FACTS`, each None without any.

    *administrators* are who may attest.
    """

    mailboxes: pl.DataFrame | None = None
    facts: pl.DataFrame | None = None
    attestations: tuple[Attestation, ...] = ()
    administrators: Collection[Administrator] = ()


def organisations_of(
    handed_in: HandedIn, book: RuleBook, verifies: Verifies, now: datetime
) -> tuple[pl.DataFrame, list[Refused]]:
    """What counts of organisations as of *now*, in columns; and the attestations that count for nothing."""
    attested, refused = accepted(handed_in.attestations, handed_in.administrators, verifies, now)
    ages = {
        ORGANISATION_CHECKS[rule.name].dated.removesuffix("_on"): rule.age_days
        for _, rule in book.of(Subject.ORGANISATION)
    }
    facts = [table for table in (handed_in.facts, facts_table(attested)) if table is not None]
    return organisation_columns(pl.concat(facts), ages, now.date()), refused
