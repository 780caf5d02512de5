"""Counts the hard rights that a plan severs between people, from its file and the estate's alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.planners.terms import Terms


def hard(estate: Path, out: Path, terms: Terms) -> int:
    """How many hard rights have two ends that move on different nights; those of service accounts are left out."""
    rights = pl.read_parquet(estate / "permissions.parquet", columns=["mailbox", "trustee", "kind"])
    reach = rights.select("mailbox", "trustee").unique().group_by("trustee").len()
    hubs = reach.filter(pl.col("len") > terms.group.hub)["trustee"].implode()
    people = rights.filter(
        pl.col("kind").cast(pl.String).is_in(terms.hard),
        ~pl.col("mailbox").is_in(hubs),
        ~pl.col("trustee").is_in(hubs),
        pl.col("mailbox") != pl.col("trustee"),
    )
    boxes = pl.read_parquet(estate / "mailboxes.parquet", columns=["guid"])
    plan = pl.read_parquet(out / "plan.parquet", columns=["guid", "night"])
    night = boxes.join(plan, on="guid", how="left", maintain_order="left")["night"]
    return int((night.gather(people["mailbox"]) != night.gather(people["trustee"])).sum())
