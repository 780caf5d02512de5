"""The sites, their servers and the databases that mailboxes lie in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from rehearsal.estate import MAIL_DOMAIN
from rehearsal.national.organisations import Layout
from rehearsal.national.shape import DATABASES_A_SERVER, MAILBOXES_A_DATABASE, SERVER_VERSIONS
from rehearsal.national.streams import Places, Streams


def build(organisations: pl.DataFrame) -> pl.DataFrame:
    """One row a database: its site, server and the host behind which the site's mailboxes are moved.

    A site has at least two servers, and as many databases as its mailboxes need.
    """
    held = organisations.group_by("site").agg(pl.col("mailboxes").cast(pl.Int64).sum()).sort("site")
    rows = [row for site, mailboxes in held.iter_rows() for row in _of_site(site, mailboxes)]
    return pl.DataFrame(rows, orient="row")


def _of_site(site: str, mailboxes: int) -> list[Mapping[str, str]]:
    databases = max(2, -(-mailboxes // MAILBOXES_A_DATABASE))
    servers = max(2, -(-databases // DATABASES_A_SERVER))
    newest = max(1, round(servers * SERVER_VERSIONS[0][1]))
    return [
        {
            "site": site,
            "endpoint_host": f"mail.{site}.{MAIL_DOMAIN}",
            "server": f"{site[:3].upper()}-EX{server + 1:02d}",
            "fqdn": f"{site[:3]}-ex{server + 1:02d}.{site}.{MAIL_DOMAIN}",
            "version": SERVER_VERSIONS[0 if server < newest else 1][0],
            "database": f"{site[:3].upper()}-DB{database + 1:03d}",
        }
        for database in range(databases)
        for server in [database % servers]
    ]


def place(streams: Streams, organisations: pl.DataFrame, sites: pl.DataFrame, where: Layout) -> Places:
    """The row of *sites* in which each mailbox lies: any database of its organisation's site."""
    held = sites.with_row_index("row").group_by("site").agg(first=pl.col("row").min(), count=pl.len())
    of_owner = organisations.select("site").join(held, on="site", how="left", maintain_order="left")
    first = of_owner["first"].to_numpy().astype(np.int64)[where.owner]
    count = of_owner["count"].to_numpy().astype(np.int64)[where.owner]
    return first + (streams.uniform("database", where.total) * count).astype(np.int64)
