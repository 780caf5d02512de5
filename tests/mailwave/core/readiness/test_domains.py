"""Which domains the tenant accepts: what it says itself counts, and the estate file is what was asked for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.core.bad_rows import BadRows
from mailwave.core.readiness.evidence import DOMAINS
from mailwave.core.readiness.handed_in import HandedIn, counted
from mailwave.core.readiness.rules import RuleBook
from tests.mailwave.core.readiness.books import SHIPPED
from tests.mailwave.core.readiness.seeing import NOW, blocked
from tests.mailwave.core.readiness.shown import TODAY, sound

ASKED = SHIPPED.figures.asked_domains


def told(*domains: str, on: date = TODAY) -> tuple[str, ...] | None:
    """What counts of a tenant that said *domains* on that day."""
    table = pl.DataFrame([(domain, on) for domain in domains], schema=DOMAINS, orient="row")
    book = counted(HandedIn(domains=table), SHIPPED, {}, Ed25519Verifier(), NOW).book
    return book.figures.accepted_domains


def accepting(*domains: str) -> RuleBook:
    """The rules for a tenant that accepts *domains*."""
    figures = msgspec.structs.replace(SHIPPED.figures, accepted_domains=domains or None)
    return msgspec.structs.replace(SHIPPED, figures=figures)


def test_the_tenant_says_what_it_accepts(tmp_path: Path) -> None:
    """It should block addresses in a domain that the tenant lacks, and say so where the estate file asks for it."""
    found = {each.reason for each in blocked(sound(), tmp_path, accepting(*ASKED[1:]))}

    reason = f"has addresses in {ASKED[0]}, not accepted there, although the estate file asks for {ASKED[0]}"
    assert {reason} == {each for each in found if each.startswith("has addresses")}
    assert [] == blocked(sound(), tmp_path, accepting(*ASKED, "more.example"))


def test_nobody_is_ready_when_nobody_asked_the_tenant(tmp_path: Path) -> None:
    """It should not take the estate file for an answer."""
    names = {each.code.name for each in blocked(sound(), tmp_path, accepting())}

    assert "domains-unknown" in names
    assert "domain-not-accepted" not in names


def test_an_answer_counts_for_its_days() -> None:
    """It should count on the last day of the rule's age, and neither a day later nor before it was given."""
    age = next(rule.age_days for rule in SHIPPED.rules if rule.name == "accepted-domains")
    assert age is not None

    assert ("a.example",) == told("a.example", on=TODAY - timedelta(days=age))
    assert told("a.example", on=TODAY - timedelta(days=age + 1)) is None
    assert told("a.example", on=TODAY + timedelta(days=1)) is None
    assert told() is None


def test_the_last_answer_counts(tmp_path: Path) -> None:
    """It should take the youngest answer whole: a domain that it lacks was taken away."""
    older = f"old.example,{TODAY - timedelta(days=2)}\n"
    text = f"domain,on\n{older}B.example,{TODAY}\na.example,{TODAY}\n"
    (tmp_path / "domains.csv").write_text(text, encoding="utf-8")

    book = counted(read_evidence(tmp_path), SHIPPED, {}, Ed25519Verifier(), NOW).book

    assert ("a.example", "b.example") == book.figures.accepted_domains


@pytest.mark.parametrize(
    "row", ["a example,2026-09-01", "a.example,soon", ",2026-09-01", "=x.example,2026-09-01"]
)
def test_a_bad_answer_is_none(tmp_path: Path, row: str) -> None:
    """It should refuse the file and name the line."""
    (tmp_path / "domains.csv").write_text(f"domain,on\nok.example,2026-09-01\n{row}\n", encoding="utf-8")

    with pytest.raises(BadRows, match=r"domains\.csv.*3"):
        read_evidence(tmp_path)
