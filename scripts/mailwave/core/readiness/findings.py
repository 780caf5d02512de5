"""Say in words what a judgement holds: each rule's verdict on a mailbox, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from mailwave.core.readiness.checks import MAILBOX_CHECKS, ORGANISATION_CHECKS, USERS, Check, Row
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.judge import CODE, OWN, Judged, column
from mailwave.core.readiness.rules import READY_CODE, Code, Rule, RuleBook, Subject
from mailwave.core.readiness.verdicts import Failed, Passed, Result, Skipped, Unknown, Verdict
from mailwave.core.recipient_types import SHARED_TYPES


class Blocked(NamedTuple):
    """What blocks one mailbox first: its *guid*, *organisation* and *code*, and the *reason* in words."""

    guid: str
    organisation: str
    code: Code
    reason: str


class Users(NamedTuple):
    """How many *people* use a shared mailbox, how many of them are not ready, and the guid of the *first* of those."""

    people: int
    late: int
    first: str | None


class Explainer:
    """Words for what is in *judged*, which is the judgement of *estate* by *book* as of *today*."""

    def __init__(self, judged: Judged, estate: Estate, book: RuleBook, today: date) -> None:
        self._judged, self._estate, self._book, self._today = judged, estate, book, today
        self._organisations = {row["organisation"]: row for row in judged.organisations.iter_rows(named=True)}

    def blocked(self, asked: pl.Series | None = None) -> Iterator[Blocked]:
        """Every mailbox that is not ready, of those that are *asked* for (None: of all), in the estate's order."""
        is_blocked = self._judged.mailboxes[CODE] != READY_CODE
        rows = self._rows(is_blocked if asked is None else is_blocked & asked)
        waiting = self._waiting(rows)
        for row in rows.iter_rows(named=True):
            code = self._book.code(row[CODE])
            yield Blocked(row["guid"], row["organisation"], code, self._reason(code, row, waiting))

    def _rows(self, wanted: pl.Series) -> pl.DataFrame:
        """What is known and was judged of the mailboxes that are *wanted*, each with its row in the estate."""
        whole = pl.concat([self._estate.mailboxes, self._judged.mailboxes], how="horizontal")
        return whole.with_row_index("row").filter(wanted)

    def of_organisation(self, organisation: str) -> dict[str, Verdict]:
        """What each rule for organisations says of *organisation*, by the rule's name."""
        row = self._organisations[organisation]
        return {
            rule.name: self._verdict(rule, ORGANISATION_CHECKS[rule.name], row, organisation)
            for _, rule in self._book.of(Subject.ORGANISATION)
        }

    def of_mailbox(self, guid: str) -> dict[str, Verdict]:
        """What each rule for mailboxes says of the mailbox *guid*, by the rule's name."""
        rows = self._rows(self._estate.mailboxes["guid"] == guid)
        row, waiting = rows.row(0, named=True), self._waiting(rows, every=True)
        return {
            rule.name: self._verdict(rule, MAILBOX_CHECKS.get(rule.name), row, guid, waiting)
            for _, rule in self._book.of(Subject.MAILBOX)
        }

    def _verdict(
        self,
        rule: Rule,
        check: Check | None,
        row: Row,
        subject: str,
        waiting: Mapping[int, Users] | None = None,
    ) -> Verdict:
        result = Result(row[column(rule.name)])
        if result is Result.PASSED:
            return Passed()
        if result is Result.WAIVED:
            return Skipped(self._waiver(rule, {subject, row["organisation"]}))
        if result is Result.SKIPPED:
            return Skipped(_skipped(check))
        if result is Result.UNKNOWN:
            return Unknown(self._unknown(rule, check, row))
        reason = check.says(row, self._book.figures) if check else _users_say(row, waiting or {})
        return Failed(reason, rule.remedy, rule.owner)

    def _waiver(self, rule: Rule, subjects: Collection[str]) -> str:
        waiver = next(
            w
            for w in self._book.waivers
            if w.rule == rule.name and w.subject in subjects and self._today <= w.expires
        )
        return f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}"

    def _reason(self, code: Code, row: Row, waiting: Mapping[int, Users]) -> str:
        rule = code.rule
        if rule.subject is Subject.ORGANISATION:
            check: Check | None = ORGANISATION_CHECKS[rule.name]
            row = self._organisations[row["organisation"]]
        else:
            check = MAILBOX_CHECKS.get(rule.name)
        if not code.failed:
            return self._unknown(rule, check, row)
        return check.says(row, self._book.figures) if check else _users_say(row, waiting)

    def _unknown(self, rule: Rule, check: Check | None, row: Row) -> str:
        if check is None:
            return "is shared and nobody holds a right on it"
        day = row[check.dated] if check.dated else None
        if day is None:
            return f"there is no evidence of {rule.evidence}"
        if day > self._today:
            return f"the evidence of {rule.evidence} is dated {day}, a day to come"
        age = (self._today - day).days
        if rule.age_days is not None and age > rule.age_days:
            return f"the evidence of {rule.evidence} is {age} days old and counts for {rule.age_days}"
        return f"the evidence of {rule.evidence} does not say"

    def _waiting(self, rows: pl.DataFrame, *, every: bool = False) -> dict[int, Users]:
        """By the row of a shared mailbox: the people who use it."""
        places = [place for place, rule in self._book.of(Subject.MAILBOX) if rule.name == USERS]
        wanted = rows if every else rows.filter(pl.col(CODE).is_in([2 * place for place in places]))
        if not len(wanted):
            return {}
        boxes = self._estate.mailboxes
        rights = self._estate.rights.filter(pl.col("mailbox").is_in(wanted["row"].implode())).unique()
        holder = rights["trustee"]
        is_late = self._judged.mailboxes[OWN].gather(holder) != READY_CODE
        late = pl.col("guid").filter(pl.col("late"))
        people = rights.with_columns(
            boxes["guid"].gather(holder), boxes["recipient_type"].gather(holder), late=is_late
        ).filter(~pl.col("recipient_type").cast(pl.String).is_in(sorted(SHARED_TYPES)))
        found = people.group_by("mailbox").agg(pl.len(), late.len().alias("late"), late.min().alias("first"))
        return {row: Users(*seen) for row, *seen in found.iter_rows()}


def _skipped(check: Check | None) -> str:
    if check is None:
        return "is not shared, or does not pass by itself"
    needed = f", or does not pass {check.needs}" if check.needs else ""
    return f"the rule does not ask such a mailbox{needed}"


def _users_say(row: Mapping[str, Any], waiting: Mapping[int, Users]) -> str:
    people, late, first = waiting[row["row"]]
    return f"{late} of the {people} people who use it are not ready, the first {first}"
