"""Everything that discovery found: the estate, its rights, what blocks a move, and what an import takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from mailwave.core.discovery.estate import estate, synced_at
from mailwave.core.discovery.findings import KINDS, SPECIAL_LANES, Line, counted, judged
from mailwave.core.discovery.fold import SOURCE, folded
from mailwave.core.discovery.holders import Holding, holding, joining
from mailwave.core.discovery.surroundings import Thing, things
from mailwave.core.discovery.tables import ACCEPTED, MAIL_USER, MAILBOX, STATISTICS
from mailwave.core.exchange_export import MAILBOX_COLUMNS, ORGANISATION_COLUMN, STATISTICS_COLUMNS
from mailwave.core.permissions import COLUMNS as PERMISSION_COLUMNS
from mailwave.core.source import Inventory


class Found(NamedTuple):
    """*estate* is a row a mailbox, *findings* and *lanes* are `findings.Judgement`'s, *things* what is around.

    *tables* are what was read, folded.
    """

    estate: pl.DataFrame
    holding: Holding
    findings: pl.DataFrame
    lanes: pl.DataFrame
    things: list[Thing]
    tables: Mapping[str, pl.DataFrame]

    @property
    def lines(self) -> list[Line]:
        """What blocks how many mailboxes of which organisation, worst first."""
        return counted(self.findings)

    @property
    def files(self) -> dict[str, pl.DataFrame]:
        """The tables that are kept for people and programs, by name."""
        return {
            "mailboxes": self.estate,
            "rights": self.holding.held,
            "other-rights": self.holding.others,
            "findings": self.findings,
            "lanes": self.lanes,
            "around": pl.DataFrame(
                [(each.kind, each.count, each.attention, each.means) for each in self.things],
                schema={"kind": pl.String, "count": pl.Int64, "attention": pl.Int64, "means": pl.String},
                orient="row",
            ),
        }


def found(tables: Mapping[str, pl.DataFrame]) -> Found:
    """What *tables*, as they were kept in readings, say.

    Raises:
        DomainUnclear: trustees are shown in a domain that may be one or another.
    """
    state = folded(tables)
    rights = holding(state)
    boxes = estate(state, rights.others)
    judgement = judged(boxes)
    return Found(boxes, rights, judgement.findings, judgement.lanes, things(state, rights), state)


def inventory(found_: Found) -> Inventory:
    """The same as the files that exports by hand would give: one door for both, whatever was read how."""
    mailbox, sizes = found_.tables[MAILBOX], found_.tables[STATISTICS]
    here = ~pl.col("IsArchiveMailbox").fill_null(value=False) & pl.col("DisconnectDate").is_null()
    rights = joining(found_.holding.held)
    rights = rights.sort(rights.columns).rename(dict(zip(rights.columns, PERMISSION_COLUMNS, strict=True)))
    return Inventory(
        _by_site("mailboxes", mailbox.select(SOURCE, *MAILBOX_COLUMNS, ORGANISATION_COLUMN)),
        _by_site("statistics", sizes.filter(here).select(SOURCE, *STATISTICS_COLUMNS)),
        {"permissions.csv": _csv(rights)},
    )


def special_lanes(found_: Found) -> bytes:
    """The mailboxes of applications, as the table of lanes that a plan takes (`mailwave.core.placement.lanes`).

    Those over 100 GB are special without being named there.
    """
    own = found_.lanes.filter(pl.col("lane").is_in(SPECIAL_LANES))
    why = pl.col("lane").replace_strict(
        {code: KINDS[code].means for code in SPECIAL_LANES}, return_dtype=pl.String
    )
    return _csv(own.select(Mailbox="guid", Lane=pl.lit("special"), Why=why))


def _by_site(what: str, frame: pl.DataFrame) -> dict[str, bytes]:
    parts = frame.partition_by(SOURCE, as_dict=True, include_key=False)
    return {f"{what}-{site}.csv": _csv(part) for (site,), part in sorted(parts.items())}


def _csv(frame: pl.DataFrame) -> bytes:
    """As Export-Csv writes it: every cell quoted, and a byte order mark."""
    text = frame.with_columns(pl.all().fill_null("")).write_csv(quote_style="always", include_bom=True)
    return text.encode("utf-8")


def domains(found_: Found, read_on: str) -> pl.DataFrame:
    """The domains that the tenant said it accepts, as evidence of the day *read_on*; none where it was not asked."""
    day = pl.lit(read_on).str.to_date().alias("on")
    return found_.tables[ACCEPTED].select(pl.col("DomainName").str.to_lowercase().alias("domain"), day)


def evidence(found_: Found, read_on: str) -> pl.DataFrame:
    """What was found that the rules of readiness ask for (`mailwave.core.readiness.evidence`), a row a mailbox.

    *read_on* is the day of the reading, ISO 8601. What was not read is null, and so is no evidence.
    """
    boxes = found_.estate
    tenant = not found_.tables[MAIL_USER].is_empty()
    hold = (
        pl.when(pl.col("in_place_holds").list.len() > 0)
        .then(pl.lit("InPlaceHold"))
        .when(pl.col("litigation_hold"))
        .then(pl.lit("LitigationHold"))
        .when(pl.col("retention_hold"))
        .then(pl.lit("RetentionHold"))
        .otherwise(pl.lit("none"))
    )
    synced = (synced_at(found_.tables) or read_on)[:10]
    addresses = pl.col("addresses").list.eval(
        pl.element()
        .filter(pl.element().str.to_lowercase().str.starts_with("smtp:"))
        .str.split("@")
        .list.last()
    )
    day = pl.lit(read_on).str.to_date()
    seen = pl.lit(synced if tenant else None, dtype=pl.String).str.to_date()
    return boxes.select(
        "guid",
        pl.col("mobile"),
        pl.when(pl.col("mobile").is_not_null()).then(day).alias("mobile_on"),
        pl.when(pl.col("litigation_hold").is_not_null()).then(hold).alias("hold"),
        pl.when(pl.col("litigation_hold").is_not_null()).then(day).alias("hold_on"),
        pl.col("mail_user"),
        addresses.list.unique().list.sort().list.join(";").str.to_lowercase().alias("domains"),
        pl.col("upn").str.split("@").list.last().str.to_lowercase().alias("upn_domain"),
        pl.col("usage_location"),
        pl.col("licensed"),
        seen.alias("directory_on"),
    )
