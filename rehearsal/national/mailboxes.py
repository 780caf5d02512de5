"""The table of mailboxes: one function a group of columns, each drawn from streams of its own."""

from __future__ import annotations

import numpy as np
import polars as pl

from rehearsal.estate import LEGACY_DN, MAIL_DOMAIN
from rehearsal.national import shape
from rehearsal.national.people import People
from rehearsal.national.shape import TYPES
from rehearsal.national.streams import Numbers, Places, Streams

_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint8).reshape(256, 2)
_GUID_LETTERS = 36
_DIGITS = [place for place in range(_GUID_LETTERS) if place not in {8, 13, 18, 23}]
_VERSION_MASK, _VERSION = np.uint64(0xFFFFFFFFFFFF0FFF), np.uint64(0x4000)
_VARIANT_MASK, _VARIANT = np.uint64(0x3FFFFFFFFFFFFFFF), np.uint64(0x8000000000000000)
_OTHERS = ("team", "room", "equipment", "svc")
_KIB = 1024


def build(
    streams: Streams, people: People, organisations: pl.DataFrame, sites: pl.DataFrame, placed: Places
) -> pl.DataFrame:
    """One row a mailbox, in the order of their numbers; *placed* is the row of *sites* that each lies in."""
    types = pl.Series([kind.name for kind in TYPES]).cast(pl.Enum([kind.name for kind in TYPES]))
    size = sizes(streams, people)
    hold, archive = _holds(streams, people), _archives(streams, people)
    named = _names(streams, people, organisations)
    return pl.DataFrame(
        {
            "number": pl.Series(np.arange(people.where.total, dtype=np.uint32)),
            "guid": guids(streams, people.where.total),
            "address": named["address"],
            "alias": named["alias"],
            "display_name": named["display_name"],
            "organisation": organisations["code"].gather(people.where.owner),
            **{name: sites[name].gather(placed) for name in ("site", "server", "database")},
            "recipient_type": types.gather(people.type),
            "legacy_dn": named["legacy_dn"],
            "size_bytes": pl.Series(size),
            "items": pl.Series(_items(streams, size)),
            "client": _clients(streams, people),
            "hold": hold,
            "archive_bytes": archive,
        }
    )


def guids(streams: Streams, count: int) -> pl.Series:
    """Random GUIDs (version 4) in Exchange's lower-case form."""
    halves = np.empty((count, 2), dtype=">u8")
    halves[:, 0] = (streams.words("guid, first half", count) & _VERSION_MASK) | _VERSION
    halves[:, 1] = (streams.words("guid, second half", count) & _VARIANT_MASK) | _VARIANT
    digits = _HEX[halves.view(np.uint8)].reshape(count, 32)
    text = np.full((count, _GUID_LETTERS), ord("-"), dtype=np.uint8)
    text[:, _DIGITS] = digits
    return pl.Series("guid", text.view(f"S{_GUID_LETTERS}").ravel()).cast(pl.String)


def sizes(streams: Streams, people: People) -> Places:
    """Bytes in each primary mailbox, log-normal by type, in whole KiB; the mean over all types is the record move's.

    Whole KiB, so that the last bit of a logarithm, which may differ between processors, all but never shows.
    """
    shares = np.bincount(people.type, minlength=len(TYPES)) / people.where.total
    unit = shape.MEAN_BYTES / sum(share * kind.mean for share, kind in zip(shares, TYPES, strict=True))
    medians = np.array([unit * kind.mean * np.exp(-(kind.sigma**2) / 2) for kind in TYPES])
    sigmas = np.array([kind.sigma for kind in TYPES])
    drawn = streams.log_normal("size", people.where.total, 1.0)
    np.power(drawn, sigmas[people.type], out=drawn)
    drawn *= medians[people.type]
    return _whole_kib(drawn)


def _whole_kib(size: Numbers) -> Places:
    return (np.minimum(size, shape.LARGEST_BYTES) / _KIB).astype(np.int64) * _KIB


def _items(streams: Streams, size: Places) -> Places:
    noise = streams.log_normal("item size", len(size), shape.ITEM_SIGMA)
    return (size / (noise * shape.ITEM_BYTES)).astype(np.int64) + 1


def _holds(streams: Streams, people: People) -> pl.Series:
    names = pl.Series(["LitigationHold", "InPlaceHold"], dtype=pl.Enum(["LitigationHold", "InPlaceHold"]))
    limits = np.array([kind.hold for kind in TYPES])[people.type]
    part = streams.uniform("hold", people.where.total)
    which = np.where(part < limits * shape.LITIGATION, 0, np.where(part < limits, 1, -1))
    return _gather_or_none(names, which)


def _archives(streams: Streams, people: People) -> pl.Series:
    """Bytes in the archive mailbox; null where there is none."""
    count = people.where.total
    has = streams.uniform("has archive", count) < np.array([kind.archive for kind in TYPES])[people.type]
    median = shape.ARCHIVE_MEAN_BYTES * np.exp(-(shape.ARCHIVE_SIGMA**2) / 2)
    held = _whole_kib(streams.log_normal("archive size", count, shape.ARCHIVE_SIGMA) * median)
    frame = pl.DataFrame({"has": has, "held": held})
    return frame.select(pl.when("has").then("held").alias("archive_bytes")).to_series()


def _clients(streams: Streams, people: People) -> pl.Series:
    """The oldest Outlook that the logs name for each person; null when none was seen, and for what is no person."""
    versions = [name for name, _ in (*shape.CURRENT_CLIENTS, *shape.OLD_CLIENTS)]
    count = people.where.total
    classes = _weighted(
        streams.uniform("old clients in organisation", len(people.where.sizes)),
        shape.OLD_SHARES,
        part_first=True,
    )
    old_share = np.array([share for _, share in shape.OLD_SHARES])[classes][people.where.owner]
    seen = people.person & ~streams.chance("no client seen", count, shape.NONE_SEEN)
    part = streams.uniform("client version", count)
    which = np.where(
        streams.uniform("client is old", count) < old_share,
        _weighted(part, shape.OLD_CLIENTS) + len(shape.CURRENT_CLIENTS),
        _weighted(part, shape.CURRENT_CLIENTS),
    )
    return _gather_or_none(pl.Series(versions, dtype=pl.Enum(versions)), np.where(seen, which, -1))


def _weighted(part: Numbers, table: tuple[tuple[object, object], ...], *, part_first: bool = False) -> Places:
    """The row of *table* that each number from 0 to 1 falls in, by the rows' weights."""
    weights = np.array([row[0] if part_first else row[1] for row in table], dtype=np.float64)
    return np.searchsorted(np.cumsum(weights)[:-1], part, side="right")


def _gather_or_none(values: pl.Series, which: Places) -> pl.Series:
    """The value at each place, null for -1."""
    places = pl.DataFrame({"which": which}).select(pl.when(pl.col("which") >= 0).then("which")).to_series()
    return values.gather(places)


def _names(streams: Streams, people: People, organisations: pl.DataFrame) -> pl.DataFrame:
    """An alias, unique in the estate, an address and a LegacyExchangeDN made of it, and a display name."""
    where = people.where
    pairs = [(given, family) for given in shape.GIVEN for family in shape.FAMILY]
    aliases = [f"{given}.{family}".lower().replace("'", "") for given, family in pairs]
    which = streams.below("name", where.total, len(pairs))
    other = np.flatnonzero(~people.person)
    which[other] = len(pairs) + np.maximum(people.type[other].astype(np.int64) - 1, 0)
    which[people.service] = len(pairs) + len(_OTHERS) - 1
    alias = pl.Series([*aliases, *_OTHERS]).gather(which)
    shown = [f"{given} {family}" for given, family in pairs] + [f"{name.title()} " for name in _OTHERS]
    position = np.arange(where.total) - where.starts[where.owner]
    frame = pl.DataFrame(
        {
            "alias": alias,
            "shown": pl.Series(shown).gather(which),
            "code": organisations["code"].gather(where.owner),
            "position": position,
            "person": people.person,
        }
    )
    described = pl.concat_str("shown", "position", pl.lit(" ("), "code", pl.lit(")"))
    return frame.select(
        alias=pl.concat_str("alias", pl.col("code").str.to_lowercase(), "position", separator="."),
        display_name=pl.when("person").then("shown").otherwise(described),
    ).with_columns(
        address=pl.concat_str("alias", pl.lit(f"@{MAIL_DOMAIN}")),
        legacy_dn=pl.concat_str(pl.lit(LEGACY_DN), "alias"),
    )
