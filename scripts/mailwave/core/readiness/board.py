"""What blocks how many mailboxes in which organisations, worst first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import msgspec
import polars as pl

from mailwave.core.estate import Record
from mailwave.core.hostile import is_formula
from mailwave.core.readiness.checks import USERS
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.judge import CODE, Judged, column
from mailwave.core.readiness.rules import READY_CODE, Code, Effect, RuleBook, Subject
from mailwave.core.readiness.scope import Scope
from mailwave.core.readiness.verdicts import Result
from mailwave.core.states import MailboxState

KEPT_OUT = (MailboxState.DEFERRED, MailboxState.EXCLUDED)
"""States in which something keeps a mailbox from moving."""


class Blocking(msgspec.Struct, frozen=True):
    """One line: *code* blocks so many *mailboxes* of *organisation*; *owner* must act, and *remedy* says how."""

    code: str
    organisation: str
    mailboxes: int
    effect: str
    owner: str
    remedy: str


class NotAsked(msgspec.Struct, frozen=True):
    """What would block so many *subjects*, and does not, because of *why*: a waiver, or a rule that only warns."""

    rule: str
    subjects: int
    kind: str
    why: str


def blocking(judged: Judged, estate: Estate, book: RuleBook) -> list[Blocking]:
    """Every line, worst first; a mailbox is counted once, under the first that blocks it."""
    counted = (
        pl.DataFrame([estate.mailboxes["organisation"], judged.mailboxes[CODE]])
        .lazy()
        .filter(pl.col(CODE) != READY_CODE)
        .group_by("organisation", CODE)
        .len()
        .sort(["len", CODE, "organisation"], descending=[True, False, False])
        .collect()
    )
    codes = {number: book.code(number) for number in counted[CODE].unique()}
    return [
        Blocking(code.name, organisation, number, code.effect, code.rule.owner, code.rule.remedy)
        for organisation, at, number in counted.iter_rows()
        for code in [codes[at]]
    ]


def not_asked(judged: Judged, book: RuleBook) -> list[NotAsked]:
    """What does not block although it did not pass: each rule that only warns here, and each that was waived."""
    found = []
    for rule in book.rules:
        frame = judged.mailboxes if rule.subject is Subject.MAILBOX else judged.organisations
        said = frame[column(rule.name)]
        waived = int((said == Result.WAIVED).sum())
        late = int((said >= Result.UNKNOWN).sum())
        if waived:
            owners = sorted({f"{w.owner} until {w.expires}" for w in book.waivers if w.rule == rule.name})
            found.append(NotAsked(rule.name, waived, "waived", ", ".join(owners)))
        if late and rule.effect is Effect.WARNED:
            found.append(NotAsked(rule.name, late, "warned", rule.warned_because))
    return found


SHEET = ("guid", "address", "organisation", "kind", "size_bytes", "state", "code", "who acts", "remedy")


STANDING = ("guid", "address", "organisation", "recipient_type", "size_bytes", "state", "why")
"""The columns of mailboxes that say where each stands."""

NOT_SHOWN = "not-shown"
"""Stands, before a local administrator, for every reason that rests on more than their own organisation."""


def sheet(mailboxes: pl.DataFrame, book: RuleBook, scope: Scope) -> str:
    """Where each of *mailboxes* (`STANDING`) stands, as CSV of which no spreadsheet runs a cell, for who sees *scope*.

    The reason in words is left out: it may name people of other organisations who use a shared mailbox.
    """
    codes = _codes(book, scope)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(SHEET)
    for *cells, size, state, why in mailboxes.select(STANDING).iter_rows():
        name = why.partition(":")[0] if state in KEPT_OUT else ""
        rule = codes[name].rule if name in codes else None
        who, remedy = (rule.owner, rule.remedy) if rule else ("", "")
        stands = (str(size or ""), state, name if name in codes else "", who, remedy)
        writer.writerow([_harmless(cell) for cell in (*cells, *stands)])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if is_formula(cell) else cell


def _codes(book: RuleBook, scope: Scope) -> dict[str, Code]:
    """The codes by name that whoever looks at *scope* may see: others' people are no business of an administrator."""
    all_ = (book.code(number) for number in range(2 * len(book.rules)))
    return {code.name: code for code in all_ if not (scope.is_bound and code.rule.name == USERS)}


def standing(mailboxes: pl.DataFrame, book: RuleBook, scope: Scope) -> list[Blocking]:
    """The lines of what the last check kept out of *mailboxes*, worst first, for whoever looks at *scope*.

    *mailboxes* have ``organisation``, ``state`` and ``why``, as the ledger holds them.
    """
    codes = _codes(book, scope)
    code = pl.col("why").str.split(":").list.first().alias("code")
    if scope.is_bound:
        code = pl.when(code.is_in(sorted(codes))).then(code).otherwise(pl.lit(NOT_SHOWN)).alias("code")
    counted = (
        mailboxes.lazy()
        .filter(pl.col("state").is_in([state.value for state in KEPT_OUT]))
        .group_by(code, "organisation", "state")
        .len()
        .sort(["len", "code", "organisation", "state"], descending=[True, False, False, False])
        .collect()
    )
    lines = []
    for name, organisation, state, number in counted.iter_rows():
        rule = codes[name].rule if name in codes else None
        owner, remedy = (rule.owner, rule.remedy) if rule else ("operator", "an operator can say why")
        lines.append(Blocking(name, organisation, number, state, owner, remedy))
    return lines


def columns_of(records: Iterable[Record]) -> pl.DataFrame:
    """A few *records* as the columns `STANDING`."""
    rows = [
        (*(getattr(each.mailbox, name) for name in STANDING[:-2]), each.state.value, each.why)
        for each in records
    ]
    schema = {name: pl.Int64() if name == "size_bytes" else pl.String() for name in STANDING}
    return pl.DataFrame(rows, schema=schema, orient="row")
