"""A judgement that was kept, and which organisations it no longer holds for.

An organisation is judged again when anything that its verdicts rest on is another: its mailboxes and all that is known
of them and of it, the waivers that count for it, or the day, once evidence of it has aged, or has come of age, since.
Where the rules or their figures are others, everything is judged again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl

from mailwave.core.estate import ClientSeen
from mailwave.core.manifest import digest
from mailwave.core.readiness.checks import MAILBOX_CHECKS, ORGANISATION_CHECKS
from mailwave.core.readiness.columns import Estate, looked_up
from mailwave.core.readiness.judge import Judged, judge, judge_again
from mailwave.core.readiness.rules import RuleBook, Subject

STAMP, UNTIL = "stamp", "until"
"""An organisation's inputs are known by a number of 64 bits, the sum of its rows' hashes."""

CLIENTS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "legacy_dn": pl.String,
    "lowest": pl.List(pl.Int64),
    "newest": pl.List(pl.Int64),
    "last_seen": pl.Datetime("us", "UTC"),
}
"""The columns of what client logs have shown."""

_SEED = 7
_LAST = date.max.toordinal()
_DAY_NOUGHT = date(1970, 1, 1).toordinal()


class Kept(NamedTuple):
    """A judgement of *guids*, in their order, on the day *on*, by rules with the digest *book*.

    *stamps* has for each organisation the number of what it was judged on, and `UNTIL`, the last day on which its
    evidence counts as it did then. *clients* are what the logs have shown, as `clients_table` puts it: who judges again
    without the logs needs it.
    """

    judged: Judged
    guids: pl.Series
    stamps: pl.DataFrame
    book: str
    on: date
    clients: pl.DataFrame = pl.DataFrame(schema=CLIENTS)


class Again(NamedTuple):
    """What is to be kept now, and how many *anew* of the *organisations* were judged for it."""

    kept: Kept
    anew: int
    organisations: int


def clients_table(clients: Mapping[str, ClientSeen]) -> pl.DataFrame:
    """What client logs have shown, by LegacyExchangeDN, as a table."""
    rows = [
        (name, list(seen.lowest), list(seen.newest), seen.last_seen) for name, seen in sorted(clients.items())
    ]
    return pl.DataFrame(rows, schema=CLIENTS, orient="row")


def clients_of(table: pl.DataFrame, since: datetime) -> dict[str, ClientSeen]:
    """The clients of *table* that came *since* then, by LegacyExchangeDN."""
    return {
        name: ClientSeen(tuple(lowest), tuple(newest), last_seen)
        for name, lowest, newest, last_seen in table.iter_rows()
        if last_seen >= since
    }


def judge_since(kept: Kept | None, estate: Estate, book: RuleBook, today: date) -> Again:
    """The judgement of *estate*, in which what has not changed is taken from *kept*."""
    stamps = _stamps(estate, book, today)
    known = book_digest(book)
    if kept is None or kept.book != known:
        judged, anew = judge(estate, book, today), len(stamps)
    else:
        changed = _changed(kept, stamps, today)
        judged = judge_again(_aligned(kept, estate), estate, book, today, changed)
        anew = len(changed)
    return Again(Kept(judged, estate.mailboxes["guid"], stamps, known, today), anew, len(stamps))


def book_digest(book: RuleBook) -> str:
    """The identity of the rules and figures of *book*, and of the library that makes the stamps."""
    return digest([msgspec.structs.replace(book, waivers=()), pl.__version__])


def _changed(kept: Kept, stamps: pl.DataFrame, today: date) -> list[str]:
    """The organisations of *stamps* that *kept* does not hold for on the day *today*."""
    if today < kept.on:
        return stamps["organisation"].to_list()
    known = stamps.join(kept.stamps, on="organisation", how="left", suffix="_then")
    same = (
        (pl.col(STAMP) == pl.col(f"{STAMP}_then"))
        & (pl.col(f"{UNTIL}_then") >= today.toordinal() - _DAY_NOUGHT)
    ).fill_null(value=False)
    return known.filter(~same)["organisation"].to_list()


def _aligned(kept: Kept, estate: Estate) -> Judged:
    """The kept judgement in the order of *estate*; what it does not know is null until it is judged."""
    here = set(estate.mailboxes["organisation"].unique())
    organisations = kept.judged.organisations.filter(pl.col("organisation").is_in(sorted(here)))
    if kept.guids.equals(estate.mailboxes["guid"]):
        return Judged(kept.judged.mailboxes, organisations)
    rows = kept.judged.mailboxes.with_columns(kept.guids.alias("guid"))
    found = estate.mailboxes.select("guid").join(rows, on="guid", how="left", maintain_order="left")
    return Judged(found.drop("guid"), organisations)


def _stamps(estate: Estate, book: RuleBook, today: date) -> pl.DataFrame:
    """By organisation that owns mailboxes: the number of its inputs, and until when its evidence counts as today."""
    ages = _ages(book)
    boxes, facts = estate.mailboxes, estate.organisations
    owned = _rows(boxes, boxes["organisation"].cast(pl.Categorical), ages, today)
    by_organisation = owned.group_by("organisation").agg(pl.col(STAMP).sum(), pl.col(UNTIL).min())
    parts = [
        by_organisation.with_columns(pl.col("organisation").cast(pl.String)),
        _rows(facts, facts["organisation"], ages, today),
        _of_waivers(boxes, book, today),
    ]
    return (
        pl.concat(parts)
        .join(parts[0].select("organisation"), on="organisation", how="semi")
        .group_by("organisation")
        .agg(pl.col(STAMP).sum(), pl.col(UNTIL).min())
        .sort("organisation")
    )


def _rows(
    frame: pl.DataFrame, organisation: pl.Series, ages: Mapping[str, list[int]], today: date
) -> pl.DataFrame:
    """The stamp of each row of *frame*, whose it is, and until when its evidence counts, or does not, as today."""
    # what is one of few texts is hashed once for all, and not by its place among the texts of this process
    few = [
        looked_up(frame[name], _hash, pl.Int64)
        for name, kind in frame.schema.items()
        if kind == pl.Categorical
    ]
    stamp = frame.with_columns(few).hash_rows(seed=_SEED).alias(STAMP)
    return pl.DataFrame([organisation, stamp, _until(frame, ages, today)])


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest())


def _ages(book: RuleBook) -> dict[str, list[int]]:
    """By column of days: after how many days evidence of that day counts no longer, for each rule that looks there."""
    ages: dict[str, list[int]] = {}
    for rule in book.rules:
        checks = MAILBOX_CHECKS if rule.subject is Subject.MAILBOX else ORGANISATION_CHECKS
        dated = checks[rule.name].dated if rule.name in checks else ""
        if dated and rule.age_days is not None:
            ages.setdefault(dated, []).append(rule.age_days)
    return ages


def _until(frame: pl.DataFrame, ages: Mapping[str, list[int]], today: date) -> pl.Series:
    """The last day, as days since 1970, on which all evidence of each row counts, or does not, as it does *today*."""
    now = today.toordinal() - _DAY_NOUGHT
    until = np.full(len(frame), _LAST - _DAY_NOUGHT, dtype=np.int32)
    for column, limits in ages.items():
        if column not in frame.columns:
            continue
        days = frame[column].cast(pl.Int32).fill_null(-_DAY_NOUGHT).to_numpy()
        coming = days > now
        if coming.any():
            until = np.minimum(until, np.where(coming, days - 1, until))
        for limit in limits:
            counts = ~coming & (days + limit >= now)
            until = np.minimum(until, np.where(counts, days + limit, until))
    return pl.Series(UNTIL, until, dtype=pl.Int32)


def _of_waivers(boxes: pl.DataFrame, book: RuleBook, today: date) -> pl.DataFrame:
    """The waivers that count *today*, as rows of the organisations that they are of."""
    waivers = [waiver for waiver in book.waivers if today <= waiver.expires]
    owners = (
        boxes.filter(pl.col("guid").is_in([waiver.subject for waiver in waivers]))
        if waivers
        else boxes.clear()
    )
    of_guid = dict(owners.select("guid", "organisation").iter_rows())
    frame = pl.DataFrame(
        [
            (
                of_guid.get(each.subject, each.subject),
                each.rule,
                each.subject,
                each.expires.toordinal() - _DAY_NOUGHT,
            )
            for each in waivers
        ],
        schema={"organisation": pl.String, "rule": pl.String, "subject": pl.String, UNTIL: pl.Int32},
        orient="row",
    )
    stamp = frame.hash_rows(seed=_SEED).alias(STAMP)
    return pl.DataFrame([frame["organisation"], stamp, frame[UNTIL]])
