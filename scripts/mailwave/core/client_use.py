"""Reads what the servers have counted of their own logs: who used which protocol (play 09).

A table a server, with tabs between cells. `web` lines are of requests that somebody signed in for, by virtual
directory, browser and TLS; `pop`, `imap` and `smtp` lines are of logons, which are programs' as a rule.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from mailwave.core.bad_rows import CEILING, Faults
from mailwave.core.web_log import NOBODY, WebSeen, schannel, sighting

WEB = "web"
LOGS = (WEB, "pop", "imap", "smtp")
COLUMNS = ("log", "account", "client", "agent", "tls", "uses", "last")


def read_client_use(tables: Mapping[str, bytes], *, since: date) -> pl.DataFrame:
    """The lines of *tables* (file name to content) from *since* on, with `COLUMNS`; accounts are in lower case.

    Raises:
        BadRows: any line of any file cannot be taken; evidence that may be incomplete is none.
    """
    faults = Faults()
    read = [_lines(file, data, faults) for file, data in tables.items()]
    faults.refuse_if_any()
    whole = pl.concat([_typed(pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))), *read])
    return whole.filter(pl.col("last") >= since)


def _lines(file: str, data: bytes, faults: Faults) -> pl.DataFrame:
    try:
        texts = pl.read_csv(io.BytesIO(data), separator="\t", quote_char=None, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        faults.add(file, 0, f"cannot be read ({str(error).splitlines()[0][:80]})")
        texts = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    if tuple(texts.columns) != COLUMNS:
        faults.add(file, 1, f"has not the columns {', '.join(COLUMNS)}")
        return _typed(pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String)))
    rows = _typed(texts)
    is_tls = pl.col("tls").str.contains("^(-|[0-9a-fA-F]{1,8})$") | (pl.col("log") != WEB)
    is_sound = (
        pl.col("log").is_in(LOGS) & (pl.col("uses") > 0) & is_tls & pl.all_horizontal(pl.all().is_not_null())
    )
    for row in (
        rows.select(~is_sound.fill_null(value=False)).to_series().arg_true().head(CEILING + 1).to_list()
    ):
        faults.add(file, row + 2, f"has {' '.join(map(str, texts.row(row)))[:60]!r} where a use belongs")
    return rows


def _typed(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(
        pl.col("account").str.to_lowercase(),
        pl.col("uses").cast(pl.Int64, strict=False),
        pl.col("last").str.to_date("%Y-%m-%d", strict=False),
    )


def owned(uses: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """*uses* of mailboxes of *people*, each with its ``organisation`` and ``guid``.

    *people* have an account and a user principal name. A name that may be two mailboxes' has no guid, and one that may
    be two organisations' is passed over.
    """
    names = pl.concat(
        people.select(name=pl.col(column).str.to_lowercase(), organisation="organisation", guid="guid")
        for column in ("account", "upn")
    )
    known = names.drop_nulls("name").group_by("name").agg(_only("organisation"), _only("guid"))
    plain = pl.col("account").str.split("\\").list.last()
    found = uses.join(known, left_on="account", right_on="name", how="left").join(
        known, left_on=plain, right_on="name", how="left", suffix="_plain"
    )
    whose = [pl.coalesce(name, f"{name}_plain").alias(name) for name in ("organisation", "guid")]
    return (
        found.with_columns(whose)
        .filter(pl.col("organisation").is_not_null())
        .select(*COLUMNS, "organisation", "guid")
    )


def _only(column: str) -> pl.Expr:
    return pl.when(pl.col(column).n_unique() == 1).then(pl.col(column).first()).alias(column)


def used(owned_: pl.DataFrame) -> pl.DataFrame:
    """By which ``log`` each mailbox, by ``guid``, was used, how often and when last, of uses that are `owned`."""
    return (
        owned_.filter(pl.col("guid").is_not_null())
        .group_by("guid", "log")
        .agg(pl.col("uses").sum(), pl.col("last").max())
        .sort("guid", "log")
    )


def web_seen(owned_: pl.DataFrame) -> Iterator[tuple[str, WebSeen]]:
    """What the web sites show of each organisation: TLS and browsers."""
    kinds = (
        owned_.filter(pl.col("log") == WEB)
        .group_by("organisation", "tls", "agent")
        .agg(pl.col("last").max())
        .sort("organisation", "tls", "agent")
    )
    for organisation, tls, agent, last in kinds.iter_rows():
        seen = sighting(last, None if tls == NOBODY else schannel(tls), agent)
        if seen is not None:
            yield organisation, seen
