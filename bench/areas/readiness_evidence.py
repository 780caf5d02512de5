"""A national estate with the evidence of its readiness beside it, as CSV and as Parquet: made data, by row number.

About one mailbox in fifty has a fault of its own, and one organisation in thirty.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl

TODAY = date(2026, 9, 1)
DOMAINS = "nhsmail.example;nhsmail.mail.onmicrosoft.com"
_ROOT = Path(__file__).resolve().parents[2]


def make(folder: Path, mailboxes: int) -> None:
    """Write `mailboxes`, `organisations` and `rights`, each as .parquet and .csv, into *folder*."""
    source = folder / "estate"
    command = ["rehearsal.national", "--seed", "7", "--mailboxes", str(mailboxes), "--out", str(source)]
    subprocess.run([sys.executable, "-m", *command], cwd=_ROOT, check=True, capture_output=True)
    tables = {
        "mailboxes": _mailboxes(pl.read_parquet(source / "mailboxes.parquet")),
        "organisations": _organisations(pl.read_parquet(source / "organisations.parquet")),
        "rights": pl.read_parquet(source / "permissions.parquet").select("mailbox", "trustee"),
    }
    few = ("recipient_type", "client", "mobile", "hold", "domains", "upn_domain", "usage_location", "kind")
    for name, table in tables.items():
        kinds = [pl.col(each).cast(pl.Categorical) for each in few if each in table.columns]
        table.with_columns(kinds).write_parquet(folder / f"{name}.parquet")
        table.write_csv(folder / f"{name}.csv")


def _mailboxes(estate: pl.DataFrame) -> pl.DataFrame:
    estate = estate.with_columns(pl.col(pl.Enum).cast(pl.String))
    return estate.select(
        "guid",
        "organisation",
        "recipient_type",
        "size_bytes",
        "client",
        pl.when(pl.col("client").is_not_null()).then(_day(401, 40, 5)).alias("client_on"),
        _some(997, "14.1", "16.1").alias("mobile"),
        _day(1009, 90, 7).alias("mobile_on"),
        pl.col("hold").fill_null("none"),
        _day(1013, 45, 3).alias("hold_on"),
        pl.when(_every(1019)).then(pl.lit("none")).otherwise(pl.col("guid")).alias("mail_user"),
        _some(1021, f"{DOMAINS};old.example", DOMAINS).alias("domains"),
        _some(1031, "trust.local", "nhsmail.example").alias("upn_domain"),
        (~_every(1033)).alias("routing"),
        _some(1039, "none", "GB").alias("usage_location"),
        (~_every(1049)).alias("seat"),
        _every(1051).alias("licensed"),
        _day(1061, 30, 2).alias("directory_on"),
    )


def _organisations(estate: pl.DataFrame) -> pl.DataFrame:
    facts = {
        "tls": _some(211, "1.1", "1.2"),
        "bandwidth": _some(223, "0.01", "1000"),
        "egress": _some(227, "inspected", "direct"),
        "browsers": _some(229, "edge 140; chrome 99", "edge 140; chrome 140"),
        "owners": _some(233, "2", "0"),
        "mail_exchanger": _some(239, "mx.provider.example", "mail.nhsmail.example"),
        "autodiscover": _some(241, "autodiscover.outlook.com", "autodiscover.nhsmail.example"),
    }
    day = _day(251, 400, 5).cast(pl.String)
    return pl.concat(
        [
            estate.select(
                pl.col("code").alias("organisation"),
                pl.lit(kind).alias("kind"),
                value.alias("value"),
                day.alias("on"),
                pl.lit("observed").alias("source"),
            )
            for kind, value in facts.items()
        ]
    )


def _every(number: int) -> pl.Expr:
    return pl.int_range(pl.len()) % number == number // 2


def _some(number: int, fault: str, sound: str) -> pl.Expr:
    return pl.when(_every(number)).then(pl.lit(fault)).otherwise(pl.lit(sound))


def _day(number: int, late: int, usual: int) -> pl.Expr:
    return (
        pl.when(_every(number))
        .then(pl.lit(TODAY - timedelta(days=late)))
        .otherwise(pl.lit(TODAY - timedelta(days=usual)))
    )
