"""Counts in how many ways a plan breaks its terms, from the plan's file and the estate's alone.

It imports nothing of any planner: it joins tables where planners reckon with columns of numbers, and counts every
mailbox, night and limit anew.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import polars as pl

from bench.planners.terms import Limit, Terms


class Tables(msgspec.Struct, frozen=True):
    """The estate and a plan of it.

    *mailboxes*: guid, organisation, site, size_bytes. *rights*: mailbox and trustee (guids) and kind. *plan*: guid,
    group, night (-1: none). *severed*: mailbox and trustee of each right whose two ends the plan says it parts.
    """

    mailboxes: pl.DataFrame
    rights: pl.DataFrame
    plan: pl.DataFrame
    severed: pl.DataFrame


class Promise(msgspec.Struct, frozen=True):
    """What was said before: the *plan* of that time, the first night that can still be told, and who was told."""

    plan: pl.DataFrame
    first: int
    told: pl.Series


class Faults(msgspec.Struct, frozen=True):
    """How often each rule is broken.

    *over* counts nights and limits, *split* and *oversized* groups, the others mailboxes or rights.
    """

    missing: int
    twice: int
    strangers: int
    unplaced: int
    barred: int
    over: int
    split: int
    oversized: int
    unlisted: int
    listed_wrongly: int
    short_notice: int
    told_moved: int

    @property
    def total(self) -> int:
        """All together; mailboxes without a night are a shortage, not a fault."""
        counts: tuple[int, ...] = msgspec.structs.astuple(self)
        return sum(counts) - self.unplaced


def read_tables(estate: Path, out: Path) -> Tables:
    """The tables of *estate*, and of the plan in *out*."""
    columns = ["guid", "organisation", "site", "size_bytes"]
    mailboxes = pl.read_parquet(estate / "mailboxes.parquet", columns=columns).with_columns(
        pl.col("organisation", "site").cast(pl.String)
    )
    rights = pl.read_parquet(estate / "permissions.parquet", columns=["mailbox", "trustee", "kind"])
    return Tables(
        mailboxes,
        rights.select(
            mailboxes["guid"].gather(rights["mailbox"]).alias("mailbox"),
            mailboxes["guid"].gather(rights["trustee"]).alias("trustee"),
            pl.col("kind").cast(pl.String),
        ),
        pl.read_parquet(out / "plan.parquet"),
        pl.read_parquet(out / "severed.parquet"),
    )


def faults(terms: Terms, tables: Tables, promise: Promise | None = None) -> Faults:
    """What is wrong with the plan in *tables* under *terms*, and against what was promised before."""
    plan, mailboxes = tables.plan, tables.mailboxes
    rows = mailboxes.join(plan, on="guid", how="inner")
    placed = rows.filter(pl.col("night") >= 0)
    return Faults(
        missing=mailboxes.join(plan, on="guid", how="anti").height,
        twice=plan.height - plan["guid"].n_unique(),
        strangers=plan.join(mailboxes, on="guid", how="anti").height,
        unplaced=rows.height - placed.height,
        barred=placed.height - _allowed(placed, terms),
        over=sum(_over(terms, limit, placed) for limit in terms.limits),
        split=_of_groups(rows, pl.col("night").n_unique() > 1),
        oversized=_of_groups(
            rows,
            (pl.len() > 1)
            & ((pl.len() > terms.group.mailboxes) | (pl.col("size_bytes").sum() > terms.group.bytes)),
        ),
        **_rights(tables),
        **_promises(plan, promise),
    )


def last_and_wait(plan: pl.DataFrame) -> tuple[int, float]:
    """The last night of *plan*, and the mean night of its mailboxes."""
    nights = plan.filter(pl.col("night") >= 0)["night"].to_numpy()
    return int(nights.max(initial=0)), float(nights.sum()) / max(len(nights), 1)


def _allowed(placed: pl.DataFrame, terms: Terms) -> int:
    """How many move on a night on which their organisation may."""
    rules = pl.DataFrame(
        [(code, rule.ready, rule.frozen) for code, rule in terms.organisations.items()],
        schema={"organisation": pl.String, "ready": pl.Int64, "frozen": pl.List(pl.List(pl.Int64))},
        orient="row",
    )
    used = placed.group_by("organisation", "night").len().join(rules, on="organisation")
    ready = used.filter(pl.col("night") >= pl.col("ready"), pl.col("night") < terms.nights)
    frozen = (
        ready.explode("frozen")
        .filter(
            pl.col("frozen").is_not_null(),
            pl.col("night") >= pl.col("frozen").list.get(0, null_on_oob=True),
            pl.col("night") <= pl.col("frozen").list.get(1, null_on_oob=True),
        )
        .unique(["organisation", "night"])
    )
    return int(ready["len"].sum()) - int(frozen["len"].sum())


def _over(terms: Terms, limit: Limit, placed: pl.DataFrame) -> int:
    """On how many nights more is taken of *limit* than the bucket holds; it is then taken as empty."""
    unit = terms.units[limit.unit]
    of_site = placed if limit.site is None else placed.filter(pl.col("site") == limit.site)
    each = pl.lit(unit.fixed, pl.Int64)
    if unit.bytes_each:
        each += pl.col("size_bytes") // unit.bytes_each
    taken = dict(
        of_site.group_by("night")
        .agg(each.sum().alias("taken") if unit.bytes_each else pl.len() * unit.fixed)
        .iter_rows()
    )
    held = over = 0
    for night, (refill, depth) in enumerate(zip(limit.refill, limit.depth, strict=True)):
        held = min(depth, held + refill) - taken.get(night, 0)
        over += held < 0
        held = max(held, 0)
    return over


def _of_groups(rows: pl.DataFrame, wrong: pl.Expr) -> int:
    return int(rows.group_by("group").agg(wrong.alias("wrong"))["wrong"].sum())


def _rights(tables: Tables) -> dict[str, int]:
    when = tables.plan.select("guid", "night")
    pairs = tables.rights.select("mailbox", "trustee")
    parted = (
        pairs.join(when, left_on="mailbox", right_on="guid")
        .join(when, left_on="trustee", right_on="guid", suffix="_other")
        .filter(pl.col("night") != pl.col("night_other"))
        .select("mailbox", "trustee")
    )
    listed = tables.severed.select("mailbox", "trustee")
    ends = ["mailbox", "trustee"]
    return {
        "unlisted": parted.join(listed, on=ends, how="anti").height,
        "listed_wrongly": listed.join(parted, on=ends, how="anti").height,
    }


def _promises(plan: pl.DataFrame, promise: Promise | None) -> dict[str, int]:
    if promise is None:
        return {"short_notice": 0, "told_moved": 0}
    both = plan.join(promise.plan.select("guid", pl.col("night").alias("before")), on="guid", how="left")
    changed = both.filter(pl.col("night").ne_missing(pl.col("before")))
    told = changed.filter(pl.col("guid").is_in(promise.told.implode()))
    soon = changed.filter(pl.col("night") >= 0, pl.col("night") < promise.first)
    return {"short_notice": soon.height, "told_moved": told.height}
