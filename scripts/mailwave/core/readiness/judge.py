"""Judge an estate: every rule over its columns, and again only for the organisations in which something changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from mailwave.core.readiness.checks import (
    MAILBOX_CHECKS,
    ORGANISATION_CHECKS,
    SHARED,
    USERS,
    Check,
    is_old,
    is_shared,
)
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.rules import READY_CODE, Effect, NoSuchRule, Rule, RuleBook, Subject
from mailwave.core.readiness.shared import users_results
from mailwave.core.readiness.verdicts import Result

OWN, CODE = "own", "code"
"""Columns: the first code of what blocks a mailbox by itself and by its organisation; the first of all."""


class Judged(NamedTuple):
    """An estate judged.

    *mailboxes* has a row a mailbox in the estate's order: a column a rule for mailboxes (`Result`), `OWN` and `CODE`
    (numbers that `RuleBook.code` explains, or `READY_CODE`). *organisations* has a row for each that owns mailboxes:
    its evidence, ``mailboxes`` and ``old`` counted, a column a rule with a ``?`` before its name, and `CODE`.
    """

    mailboxes: pl.DataFrame
    organisations: pl.DataFrame


def column(rule: str) -> str:
    """The column of what the rule called *rule* says."""
    return f"?{rule}"


def judge(estate: Estate, book: RuleBook, today: date) -> Judged:
    """Every verdict on *estate*, as of *today*; raise `NoSuchRule` for a rule that nothing checks."""
    _refuse_unchecked(book)
    organisations = _organisations(estate, book, today)
    own = _own(estate.mailboxes, organisations, book, today)
    return Judged(_with_users(own, estate, book, today), organisations)


def judge_again(
    judged: Judged, estate: Estate, book: RuleBook, today: date, changed: Collection[str]
) -> Judged:
    """*judged* with the *changed* organisations judged anew, on the *estate* as it is now and as of the same *today*.

    The rules over evidence are run on those organisations' rows only. Of other organisations no more can change than
    whether the people who use a shared mailbox are ready, so that one step is taken for all. The estate must have the
    same rows: whoever came or went makes a whole new judgement necessary.
    """
    codes = sorted(changed)
    rows = estate.mailboxes["organisation"].is_in(codes).arg_true()
    part = Estate(
        estate.mailboxes[rows],
        estate.organisations.filter(pl.col("organisation").is_in(codes)),
        estate.rights,
    )
    anew = _organisations(part, book, today)
    own = _own(part.mailboxes, anew, book, today)
    kept = judged.organisations.filter(~pl.col("organisation").is_in(codes))
    whole = judged.mailboxes.select(
        judged.mailboxes[name].clone().scatter(rows, own[name]) for name in own.columns
    )
    organisations = pl.concat([kept, anew]).sort("organisation")
    return Judged(_with_users(whole, estate, book, today), organisations)


def _with_users(own: pl.DataFrame, estate: Estate, book: RuleBook, today: date) -> pl.DataFrame:
    """*own* with the rule of shared mailboxes, where the book has it, and the first code of all."""
    rules = [(place, rule) for place, rule in book.of(Subject.MAILBOX) if rule.name == USERS]
    for _, rule in rules:
        results = users_results(own[OWN], estate, book, today)
        own = own.with_columns(pl.Series(column(rule.name), results, dtype=pl.UInt8))
    return own.with_columns(pl.min_horizontal(pl.col(OWN), _first_code(rules)).alias(CODE))


def _refuse_unchecked(book: RuleBook) -> None:
    known = {Subject.MAILBOX: {*MAILBOX_CHECKS, USERS}, Subject.ORGANISATION: set(ORGANISATION_CHECKS)}
    for rule in book.rules:
        if rule.name not in known[rule.subject]:
            raise NoSuchRule(name=rule.name, known=known[rule.subject])


def _organisations(estate: Estate, book: RuleBook, today: date) -> pl.DataFrame:
    counts = _counts(book, today)
    counted = (
        estate.mailboxes.lazy()
        .select(pl.col("organisation").cast(pl.Categorical), "client", "client_on")
        .group_by("organisation")
        .agg(
            pl.len().alias("mailboxes"),
            (counts & is_old(book.figures).fill_null(value=False)).sum().alias("old"),
        )
        .with_columns(pl.col("organisation").cast(pl.String))
        .join(estate.organisations.lazy(), on="organisation", how="left")
        .sort("organisation")
    )
    rules = [(place, rule) for place, rule in book.of(Subject.ORGANISATION)]
    for _, rule in rules:
        result = _result(rule, ORGANISATION_CHECKS[rule.name], book, today)
        counted = counted.with_columns(result.alias(column(rule.name)))
    return counted.with_columns(_first_code(rules).alias(CODE)).collect()


def _counts(book: RuleBook, today: date) -> pl.Expr:
    """Whether the evidence of a mailbox's client counts."""
    client = next((rule for rule in book.rules if rule.name == "client"), None)
    return pl.lit(value=True) if client is None else _is_young(client, "client_on", today)


def _own(mailboxes: pl.DataFrame, organisations: pl.DataFrame, book: RuleBook, today: date) -> pl.DataFrame:
    rules = [(place, rule) for place, rule in book.of(Subject.MAILBOX) if rule.name != USERS]
    looked = mailboxes.lazy().with_columns(
        _by_organisation(mailboxes["organisation"], organisations),
        is_shared().fill_null(value=False).alias(SHARED),
    )
    for group in _by_need([rule for _, rule in rules]):
        looked = looked.with_columns(
            _result(rule, MAILBOX_CHECKS[rule.name], book, today).alias(column(rule.name)) for rule in group
        )
    first = pl.min_horizontal(pl.col(OWN), _first_code(rules))
    return looked.select(*(column(rule.name) for _, rule in rules), first.alias(OWN)).collect()


def _by_organisation(owners: pl.Series, organisations: pl.DataFrame) -> pl.Series:
    """The code of each of *owners*, all of which *organisations* has, looked up by number instead of joined by text."""
    places = owners.cast(pl.Categorical).to_physical().to_numpy()
    own = organisations["organisation"].cast(pl.Categorical).to_physical().to_numpy()
    codes = np.full(max(own, default=0) + 1, READY_CODE, dtype=np.uint8)
    codes[own] = organisations[CODE].to_numpy()
    return pl.Series(OWN, codes.take(places, mode="clip"))


def _by_need(rules: Iterable[Rule]) -> list[list[Rule]]:
    """*rules* in groups, each after those that it needs."""
    groups: list[list[Rule]] = []
    left, done = list(rules), {""}
    known = {rule.name for rule in left}
    while left:
        group = [rule for rule in left if MAILBOX_CHECKS[rule.name].needs in done | (_NEEDED - known)]
        groups.append(group)
        done |= {rule.name for rule in group}
        left = [rule for rule in left if rule not in group]
    return groups


_NEEDED = {check.needs for check in MAILBOX_CHECKS.values()}


def _result(rule: Rule, check: Check, book: RuleBook, today: date) -> pl.Expr:
    counts = _is_young(rule, check.dated, today)
    failed = check.failed(book.figures)
    skipped = check.skipped(book.figures, counts & failed.is_not_null())
    if check.needs and any(other.name == check.needs for other in book.rules):
        skipped = skipped | (pl.col(column(check.needs)) != Result.PASSED)
    result = (
        pl.when(skipped)
        .then(_lit(Result.SKIPPED))
        .when(~counts | failed.is_null())
        .then(_lit(Result.UNKNOWN))
        .when(failed)
        .then(_lit(Result.FAILED))
        .otherwise(_lit(Result.PASSED))
    )
    waived = book.waived(rule, today)
    if not waived:
        return result
    who = pl.col("organisation").is_in(waived)
    if rule.subject is Subject.MAILBOX:
        who = who | pl.col("guid").is_in(waived)
    return pl.when(who & (result >= Result.UNKNOWN)).then(_lit(Result.WAIVED)).otherwise(result)


def _lit(result: int) -> pl.Expr:
    return pl.lit(int(result), dtype=pl.UInt8)


def _is_young(rule: Rule, dated: str, today: date) -> pl.Expr:
    """Whether the evidence is not older than the rule's age, and not of a day to come."""
    if not dated:
        return pl.lit(value=True)
    oldest = date.min if rule.age_days is None else today - timedelta(days=rule.age_days)
    return pl.col(dated).is_between(oldest, today).fill_null(value=False)


def _first_code(rules: list[tuple[int, Rule]]) -> pl.Expr:
    """The first code of those of *rules* that block; `READY_CODE` when none does."""
    codes = [_lit(READY_CODE)]
    for place, rule in rules:
        if rule.effect is Effect.WARNED:
            continue
        said = pl.col(column(rule.name))
        number = (
            _lit(2 * place + Result.FAILED) - said
        )  # 2 * place where it failed, one more where it is unknown
        codes.append(pl.when(said >= Result.UNKNOWN).then(number).otherwise(_lit(READY_CODE)))
    return pl.min_horizontal(codes)
