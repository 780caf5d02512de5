"""Readiness of the whole nation: our rules on columns, from Parquet and from CSV, against a loop over `csv.DictReader`.

Both read the same tables and come to the same verdict on each mailbox. A third row judges one organisation again after
a change there, against judging all. All in processor seconds, of every thread.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import polars as pl

from bench.areas import readiness_plain
from bench.areas.readiness_evidence import TODAY, make
from bench.rows import Row, pair
from estate_schema import load_estate, load_readiness
from mailwave.adapters.evidence_files import read_estate
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.judge import CODE, Judged, judge, judge_again
from mailwave.core.readiness.rules import READY_CODE, RuleBook
from mailwave.rules import readiness

AREA = "readiness"
MAILBOXES = 2_100_000
PAIRS = 3
_ENVIRONMENTS = Path(__file__).resolve().parents[2] / "environments"


def rows(mailboxes: int = MAILBOXES, pairs: int = PAIRS) -> Iterator[Row]:
    """Three rows. Goals at full size: 20 times from Parquet, 10 times from CSV.

    Raises ResultsDiffer.
    """
    book = shipped()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, mailboxes)
        for kind in ("parquet", "csv"):
            yield pair(
                area=AREA,
                name=f"verdicts from {kind}",
                workload=f"{mailboxes:,} mailboxes, {len(book.rules)} rules",
                ours=partial(codes, folder, kind, book),
                baseline=partial(plain_codes, folder, book),
                baseline_name="csv.DictReader and an if a rule",
                pairs=pairs,
                clock=time.process_time,
            )
        estate = read_estate(folder, "parquet", book, TODAY)
        yield again(estate, book, mailboxes)


def shipped() -> RuleBook:
    """The rules of the rehearsal's environment, for a tenant that accepts the domains that were asked for."""
    estate = load_estate(_ENVIRONMENTS / "estate.rehearsal.yaml")
    book = readiness(estate, load_readiness(_ENVIRONMENTS / "readiness.yaml"))
    figures = msgspec.structs.replace(book.figures, accepted_domains=book.figures.asked_domains)
    return msgspec.structs.replace(book, figures=figures)


def codes(folder: Path, kind: str, book: RuleBook) -> bytes:
    """Our code of each mailbox, a number each."""
    judged = judge(read_estate(folder, kind, book, TODAY), book, TODAY)
    return judged.mailboxes[CODE].to_numpy().tobytes()


def plain_codes(folder: Path, book: RuleBook) -> bytes:
    """The same from the loop."""
    ages = {rule.name: rule.age_days for rule in book.rules}
    numbers = {book.code(number).name: number for number in range(2 * len(book.rules))} | {"": READY_CODE}
    found = readiness_plain.verdicts(folder, book.figures, ages, TODAY)
    return bytes(map(numbers.__getitem__, found))


def again(estate: Estate, book: RuleBook, mailboxes: int) -> Row:
    """One organisation judged again, against all of them."""
    before = judge(estate, book, TODAY)
    code = before.organisations.sort("mailboxes")["organisation"][-1]
    changed = estate._replace(organisations=estate.organisations.filter(pl.col("organisation") != code))

    def hashed(judged: Judged) -> list[int]:
        return [int(judged.mailboxes.hash_rows().sum()), int(judged.organisations[CODE].hash().sum())]

    return pair(
        area=AREA,
        name="one organisation again",
        workload=f"{mailboxes:,} mailboxes, the largest organisation has lost its evidence",
        ours=lambda: hashed(judge_again(before, changed, book, TODAY, {code})),
        baseline=lambda: hashed(judge(changed, book, TODAY)),
        baseline_name="judging all again",
        clock=time.process_time,
    )
