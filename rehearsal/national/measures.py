"""The shape of an estate, measured from its tables.

`python -m rehearsal.national.measures DIR` prints what README.md gives.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rehearsal.errors import RehearsalError
from rehearsal.national import files
from rehearsal.national.estate import NationalEstate
from rehearsal.national.shape import KINDS

GB = 10**9
HUB_DEGREE = 300
QUANTILES = (0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True)
class Measure:
    """One table of figures: a title, column headings, and rows of text."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """The figures as a Markdown table."""
        lines = [" | ".join(row) for row in (self.headings, ["---"] * len(self.headings), *self.rows)]
        return "\n".join([f"**{self.title}**", "", *(f"| {line} |" for line in lines)])


def measure(estate: NationalEstate) -> Iterator[Measure]:
    """Every figure that README.md gives."""
    yield organisations(estate)
    yield sizes(estate)
    yield shares(estate, "recipient_type", "type")
    yield shares(estate, "client", "client")
    yield kept(estate)
    yield sites(estate)
    yield rights(estate)
    yield degrees(estate)
    yield components(estate)
    yield cohesion(estate)
    yield crossing(estate)


def organisations(estate: NationalEstate) -> Measure:
    """How many mailboxes the organisations have, by kind."""
    parts = [(kind.name, estate.organisations.filter(pl.col("kind") == kind.name)) for kind in KINDS]
    rows = [_organisations(name, part["mailboxes"]) for name, part in [*parts, ("all", estate.organisations)]]
    headings = (
        "kind",
        "count",
        "mailboxes",
        "least",
        "25 %",
        "50 %",
        "75 %",
        "95 %",
        "99 %",
        "most",
        "largest 1 % hold",
    )
    return Measure("Mailboxes an organisation", headings, rows)


def _organisations(name: str, held: pl.Series) -> tuple[str, ...]:
    total = int(held.cast(pl.Int64).sum())
    top = held.sort(descending=True).head(max(1, len(held) // 100)).cast(pl.Int64).sum()
    middle = [_number(held.quantile(part, "nearest")) for part in QUANTILES]
    return (
        name,
        _number(len(held)),
        _number(total),
        _number(held.min()),
        *middle,
        _number(held.max()),
        _percent(top, total),
    )


def sizes(estate: NationalEstate) -> Measure:
    """How large primary mailboxes are, in decimal gigabytes."""
    size = estate.mailboxes["size_bytes"]
    named = [
        ("total", f"{size.sum() / 10**15:.4f} PB"),
        ("mean", f"{_mean(size) / GB:.3f} GB"),
        *(
            (f"{part:.1%}", f"{_real(size.quantile(part, 'nearest')) / GB:.3f} GB")
            for part in (*QUANTILES, 0.999)
        ),
        ("largest", f"{_real(size.max()) / GB:.0f} GB"),
        *((f"over {limit} GB", _number((size > limit * GB).sum())) for limit in (50, 100, 200)),
    ]
    return Measure("Size of primary mailboxes", ("figure", "value"), named)


def shares(estate: NationalEstate, column: str, heading: str) -> Measure:
    """How the mailboxes divide over the values of *column*."""
    counts = estate.mailboxes[column].cast(pl.String).value_counts(sort=True, name="count")
    total = estate.mailboxes.height
    rows = [
        (value or "none seen", _number(count), _percent(count, total)) for value, count in counts.iter_rows()
    ]
    return Measure(f"Mailboxes by {heading}", (heading, "mailboxes", "share"), rows)


def kept(estate: NationalEstate) -> Measure:
    """Holds and archives."""
    boxes = estate.mailboxes
    archive = boxes["archive_bytes"].drop_nulls()
    rows = [
        (name or "", _number(count), _percent(count, boxes.height))
        for name, count in boxes["hold"].drop_nulls().cast(pl.String).value_counts(sort=True).iter_rows()
    ]
    rows.append(("archive mailbox", _number(len(archive)), _percent(len(archive), boxes.height)))
    rows.append(
        ("bytes in archives", f"{archive.sum() / 10**12:.1f} TB", f"mean {_mean(archive) / GB:.2f} GB")
    )
    return Measure("Holds and archives", ("what", "mailboxes", "share"), rows)


def sites(estate: NationalEstate) -> Measure:
    """What lies where."""
    held = estate.mailboxes.group_by("site").agg(pl.len(), pl.col("size_bytes").sum())
    made = estate.sites.group_by("site").agg(pl.col("server").n_unique(), pl.col("database").n_unique())
    joined = made.join(held, on="site").sort("site")
    rows = [
        (site, _number(servers), _number(databases), _number(boxes), f"{size / 10**12:.1f} TB")
        for site, servers, databases, boxes, size in joined.iter_rows()
    ]
    return Measure("Sites", ("site", "servers", "databases", "mailboxes", "bytes"), rows)


def rights(estate: NationalEstate) -> Measure:
    """Rights by origin and kind."""
    table = estate.permissions.cast({"kind": pl.String, "origin": pl.String})
    kinds = sorted(table["kind"].unique().to_list())
    counted = table.pivot("kind", index="origin", values="mailbox", aggregate_function="len").fill_null(0)
    rows = [
        (row["origin"], *(_number(row[kind]) for kind in kinds), _number(sum(row[kind] for kind in kinds)))
        for row in counted.sort("origin").iter_rows(named=True)
    ]
    sums = [table.filter(pl.col("kind") == kind).height for kind in kinds]
    return Measure(
        "Rights", ("origin", *kinds, "all"), [*rows, ("all", *map(_number, sums), _number(table.height))]
    )


def degrees(estate: NationalEstate) -> Measure:
    """How many others each mailbox shares a right with, in either direction."""
    degree = degree_of(estate.permissions, estate.mailboxes.height)
    edges = [0, 1, 2, 5, 10, 20, 50, HUB_DEGREE + 1, 1_000, 5_000]
    rows = []
    for least, after in zip(edges, [*edges[1:], None], strict=True):
        count = int(((degree >= least) & (degree < after if after else True)).sum())
        label = (
            f"{least:,} and more"
            if after is None
            else str(least)
            if after == least + 1
            else f"{least}-{after - 1}"
        )
        rows.append((label, _number(count), _percent(count, len(degree))))
    rows.append(("largest degree", _number(degree.max()), ""))
    return Measure("Mailboxes by degree", ("others", "mailboxes", "share"), rows)


def degree_of(permissions: pl.DataFrame, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number of different others at each mailbox."""
    pair = permissions.select(
        low=pl.min_horizontal("mailbox", "trustee"), high=pl.max_horizontal("mailbox", "trustee")
    ).unique()
    low, high = (np.bincount(pair[end].to_numpy(), minlength=count) for end in ("low", "high"))
    return low + high


def components(estate: NationalEstate) -> Measure:
    """Groups of mailboxes that rights join, for several ways of leaving rights out."""
    every = estate.permissions
    hubs = pl.Series(degree_of(every, estate.mailboxes.height) > HUB_DEGREE)
    origin = pl.col("origin").cast(pl.String)
    people = every.filter(~origin.str.ends_with("service"))
    inside = people.filter(origin != "abroad")
    cases = [
        ("all rights", every),
        ("without service accounts", people),
        (f"without mailboxes of degree over {HUB_DEGREE}", without(every, hubs)),
        ("without service accounts and rights across organisations", inside),
        ("and without mailboxes that serve a whole organisation", inside.filter(origin != "corporate")),
    ]
    rows = [(name, *_components(table, estate.mailboxes.height)) for name, table in cases]
    return Measure(
        "Delegate groups", ("rights", "groups of 2 or more", "mailboxes in them", "largest", "of all"), rows
    )


def cohesion(estate: NationalEstate) -> Measure:
    """The part of each trust's mailboxes in its largest group, service accounts and other organisations apart."""
    origin = pl.col("origin").cast(pl.String)
    inside = estate.permissions.filter(~origin.str.ends_with("service") & (origin != "abroad"))
    sizes = estate.organisations.select("code", "kind", "mailboxes")
    largest = (
        estate.mailboxes.select(code="organisation", group=labels(inside, estate.mailboxes.height))
        .group_by("code", "group")
        .len()
        .group_by("code")
        .agg(pl.col("len").max())
        .join(sizes.filter(pl.col("kind") == "trust"), on="code")
        .select(part=pl.col("len") / pl.col("mailboxes"))["part"]
    )
    rows = [
        (f"{part:.0%}", f"{_real(largest.quantile(part, 'nearest')):.1%}")
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    return Measure(
        "Largest group of a trust, as a part of its mailboxes", ("quantile of trusts", "part"), rows
    )


def without(permissions: pl.DataFrame, left_out: pl.Series) -> pl.DataFrame:
    """The rights that touch none of the mailboxes *left_out* (one flag a mailbox number)."""
    touched = left_out.gather(permissions["mailbox"]) | left_out.gather(permissions["trustee"])
    return permissions.filter(~touched)


def labels(permissions: pl.DataFrame, count: int) -> pl.Series:
    """The number of the group that each of *count* mailboxes is joined to by *permissions*."""
    ends = permissions["mailbox"].to_numpy(), permissions["trustee"].to_numpy()
    graph = coo_array((np.ones(permissions.height, dtype=np.int8), ends), shape=(count, count))
    return pl.Series("group", connected_components(graph, directed=False)[1])


def group_sizes(permissions: pl.DataFrame, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The sizes of the groups that *permissions* join among *count* mailboxes, lone ones included."""
    return np.bincount(labels(permissions, count).to_numpy())


def _components(permissions: pl.DataFrame, count: int) -> tuple[str, ...]:
    found = group_sizes(permissions, count)
    joined = found[found > 1]
    largest = int(found.max())
    return _number(len(joined)), _number(joined.sum()), _number(largest), _percent(largest, count)


def crossing(estate: NationalEstate) -> Measure:
    """Rights whose ends belong to different organisations."""
    owner = estate.mailboxes["organisation"]
    table = estate.permissions.with_columns(
        crosses=owner.gather(estate.permissions["mailbox"]) != owner.gather(estate.permissions["trustee"])
    )
    service = pl.col("origin").cast(pl.String).str.ends_with("service")
    parts: Sequence[tuple[str, pl.DataFrame]] = [
        ("service accounts apart", table.filter(~service)),
        ("service accounts", table.filter(service)),
        ("all", table),
    ]
    rows = [
        (
            name,
            _number(part.height),
            _number(part["crosses"].sum()),
            _percent(part["crosses"].sum(), part.height),
        )
        for name, part in parts
    ]
    return Measure("Rights across organisations", ("rights", "all", "across", "share"), rows)


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _mean(values: pl.Series) -> float:
    return _real(values.mean())


def _number(value: object) -> str:
    return f"{int(_real(value)):,}" if isinstance(value, int | float) else f"{int(str(value)):,}"


def _percent(part: object, whole: float) -> str:
    return f"{_real(part) / whole:.2%}" if whole else ""


def main(arguments: Sequence[str]) -> int:
    """Print every measure of the estate in the folder that is the only argument."""
    if len(arguments) != 1:
        print("usage: python -m rehearsal.national.measures DIR", file=sys.stderr)
        return 2
    try:
        estate = files.read(Path(arguments[0]))
    except RehearsalError as error:
        print(f"rehearsal.national.measures: {error}\n{error.advice}", file=sys.stderr)
        return error.exit_code
    print("\n\n".join(found.markdown() for found in measure(estate)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
