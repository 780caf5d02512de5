"""Read evidence as it is handed in: tables of mailboxes and of organisations, each value with its day.

Mailboxes: a table with a ``guid`` and any of the columns of `MAILBOX_EVIDENCE`. Organisations: a table of
``organisation``, ``kind`` (a column of `ORGANISATION_EVIDENCE`), ``value``, ``on`` (a day) and ``source``: observed, or
attested. What was observed outranks what was attested, and the younger outranks the older.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import msgspec
import polars as pl

from mailwave.core.bad_rows import CEILING, Faults
from mailwave.core.readiness.columns import (
    INVENTORY,
    MAILBOX_EVIDENCE,
    ORGANISATION_EVIDENCE,
    VERSIONS,
    kinds_of,
    looked_up,
    version_numbers,
)
from mailwave.core.readiness.guids import look_at_guids

ORGANISATION_COLUMNS = ("organisation", "kind", "value", "on", "source")


class _Form(NamedTuple):
    """What a text must look like, whole."""

    pattern: str

    def fullmatch(self, column: str) -> pl.Expr:
        return pl.col(column).str.contains(f"^(?:{self.pattern})$")


_CODE = _Form("[A-Z0-9]{3,8}")
_HOST = r"(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}|none)"
_DOMAIN = _Form(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_HOSTS = _Form(f"{_HOST}(; ?{_HOST})*")
_VALUES: Mapping[str, _Form] = {
    "tls": _Form(r"[0-9]\.[0-9]"),
    "bandwidth": _Form(r"[0-9]{1,6}(\.[0-9]{1,3})?"),
    "egress": _Form("direct|proxied|inspected|blocked"),
    "browsers": _Form("[A-Za-z]{1,20} [0-9]{1,5}(; ?[A-Za-z]{1,20} [0-9]{1,5})*"),
    "owners": _Form("[0-9]{1,6}"),
    "mail_exchanger": _HOSTS,
    "autodiscover": _HOSTS,
}
_TEXTS: Mapping[str, str] = {
    "hold": r"^[A-Za-z]{1,40}$",
    "domains": r"^[A-Za-z0-9.-]{1,253}(;[A-Za-z0-9.-]{1,253})*$",
    "upn_domain": r"^[A-Za-z0-9.-]{1,253}$",
    "usage_location": r"^([A-Z]{2}|none)$",
}
_GUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_MAIL_USER = r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|none)$"
_OBSERVED, _ATTESTED = "observed", "attested"


FACTS: Mapping[str, type[pl.DataType]] = {
    "organisation": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "on": pl.Date,
    "observed": pl.Boolean,
}
"""The columns of a table of what is known of organisations, a row a value."""


DOMAINS: Mapping[str, type[pl.DataType]] = {"domain": pl.String, "on": pl.Date}
"""The columns of a table of domains that the tenant accepted when it was asked, on that day."""


class OrganisationFact(msgspec.Struct, frozen=True):
    """One value: *kind* of *organisation* was *value* on the day *on*; it was *observed*, or else attested."""

    organisation: str
    kind: str
    value: str
    on: date
    observed: bool = True


def value_problem(kind: str, value: str) -> str:
    """Why *value* cannot be of *kind*; empty when it can."""
    if kind not in _VALUES:
        return f"has {kind[:40]!r} where one of {', '.join(_VALUES)} belongs"
    return (
        "" if re.fullmatch(_VALUES[kind].pattern, value) else f"has {value[:60]!r} where its {kind} belongs"
    )


def organisation_facts(file: str, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """*raw*, a table of texts as *file* holds it, as a table of `FACTS`; every bad row is noted."""
    missing = [name for name in ORGANISATION_COLUMNS if name not in raw.columns]
    if missing:
        faults.add(file, 1, f"has no column {', '.join(missing)}")
        return pl.DataFrame(schema=FACTS)
    texts = raw.select(pl.col(name).cast(pl.String).fill_null("") for name in ORGANISATION_COLUMNS)
    day = pl.col("on").str.to_date("%Y-%m-%d", strict=False)
    sound = (
        _CODE.fullmatch("organisation")
        & (pl.col("source") == _OBSERVED)
        & day.is_not_null()
        & pl.any_horizontal(
            (pl.col("kind") == kind) & form.fullmatch("value") for kind, form in _VALUES.items()
        )
    )
    bad = texts.with_row_index("row").filter(~sound)
    for row in bad.head(CEILING + 1).iter_rows(named=True):
        faults.add(file, row["row"] + 2, _row_problem(row))
    return texts.select(
        "organisation", "kind", "value", day.alias("on"), pl.lit(value=True).alias("observed")
    )


def facts_table(facts: Iterable[OrganisationFact]) -> pl.DataFrame:
    """*facts* as a table of `FACTS`."""
    return pl.DataFrame([msgspec.structs.astuple(fact) for fact in facts], schema=FACTS, orient="row")


def accepted_domains(domains: pl.DataFrame | None, age: int | None, today: date) -> tuple[str, ...] | None:
    """The domains of the tenant's last answer among *domains* (`DOMAINS`); None where none counts.

    An answer counts for *age* days, and one of a day to come not at all.
    """
    if domains is None:
        return None
    oldest = date.min if age is None else today - timedelta(days=age)
    counting = domains.filter(pl.col("on").is_between(oldest, today))
    last = counting.filter(pl.col("on") == pl.col("on").max())
    return tuple(last["domain"].unique().sort()) or None


def domain_rows(file: str, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """*raw*, a table of *file* as it was read, as `DOMAINS`; every bad row is noted."""
    missing = [name for name in DOMAINS if name not in raw.columns]
    if missing:
        faults.add(file, 1, f"has no column {', '.join(missing)}")
        return pl.DataFrame(schema=DOMAINS)
    texts = raw.select(pl.col(name).cast(pl.String).fill_null("") for name in DOMAINS)
    rows = texts.select(
        pl.col("domain").str.to_lowercase(), pl.col("on").str.to_date("%Y-%m-%d", strict=False)
    )
    sound = rows.select(sound=_DOMAIN.fullmatch("domain") & pl.col("on").is_not_null())["sound"]
    for row in (~sound).arg_true().head(CEILING + 1).to_list():
        faults.add(file, row + 2, f"has {', '.join(texts.row(row))[:60]!r} where a domain and its day belong")
    return rows


def _row_problem(cells: Mapping[str, str]) -> str:
    if not re.fullmatch(_CODE.pattern, cells["organisation"]):
        return f"has {cells['organisation'][:40]!r} where its organisation belongs"
    if cells["source"] == _ATTESTED:
        return "is attested; an attestation counts only with its signature"
    if cells["source"] != _OBSERVED:
        return f"has {cells['source'][:40]!r} where observed belongs"
    return value_problem(cells["kind"], cells["value"]) or (
        f"has {cells['on'][:40]!r} where its day belongs, such as 2026-09-01"
    )


def organisation_columns(facts: pl.DataFrame, ages: Mapping[str, int | None], today: date) -> pl.DataFrame:
    """*facts* (`FACTS`) as columns, the best of each kind an organisation; *ages* is how many days each kind counts."""
    age = (pl.lit(today) - pl.col("on")).dt.total_days()
    limit = pl.col("kind").replace_strict(
        list(ages), list(ages.values()), default=None, return_dtype=pl.Int64
    )
    counts = (age >= 0) & (limit.is_null() | (age <= limit))
    best = (
        facts.with_columns(counts.alias("counts"))
        .sort(
            "organisation", "kind", "counts", "observed", "on", "value", descending=[False] * 2 + [True] * 4
        )
        .unique(["organisation", "kind"], keep="first", maintain_order=True)
    )
    frame = best.select(pl.col("organisation").unique(maintain_order=True))
    for kind, dtype in ORGANISATION_EVIDENCE.items():
        of_kind = best.filter(pl.col("kind") == kind)
        values = version_numbers(of_kind["value"]) if kind in VERSIONS else of_kind["value"].cast(dtype)
        column = pl.DataFrame(
            [of_kind["organisation"], values.alias(kind), of_kind["on"].alias(f"{kind}_on")]
        )
        frame = frame.join(column, on="organisation", how="left", maintain_order="left")
    return frame


def mailbox_columns(file: str, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """*raw*, a table of *file* as it was read, with the columns that rules look at, each of its own type.

    Columns that nobody wants are passed over. Each value that cannot be taken is noted with its line.
    """
    wanted = {**INVENTORY, **MAILBOX_EVIDENCE}
    if "guid" not in raw.columns:
        faults.add(file, 1, "has no column guid")
        return pl.DataFrame(schema={"guid": pl.String})
    columns = [
        _typed(file, raw[name], dtype, faults) for name, dtype in wanted.items() if name in raw.columns
    ]
    frame = pl.DataFrame(columns)
    if "mail_user" in frame.columns:
        _check_mail_users(file, frame, faults)
    _check_guids(file, frame["guid"], faults)
    return frame


def _check_guids(file: str, guids: pl.Series, faults: Faults) -> None:
    """Note each of *guids* that is none, is not there, or is there more than once."""
    looked = look_at_guids(guids)
    if looked.may_be_wrong:
        wrong = guids.is_null() | _wrong_text(guids, _GUID)
        _note(file, guids, wrong, "has, where its guid belongs,", faults)
    if looked.may_repeat:
        _note(file, guids, guids.is_duplicated() & guids.is_not_null(), "repeats the guid", faults)


def _check_mail_users(file: str, frame: pl.DataFrame, faults: Faults) -> None:
    """Note each mail user that is no guid; those with their mailbox's own guid were looked at with it."""
    strange = frame.select(row=(pl.col("mail_user") != pl.col("guid")).arg_true())["row"]
    wrong = _wrong_text(frame["mail_user"].gather(strange), _MAIL_USER)
    for row in strange.filter(wrong).to_list():
        faults.add(file, row + 2, f"has, where its mail_user belongs, {frame['mail_user'][row][:60]!r}")


def _typed(file: str, raw: pl.Series, dtype: type[pl.DataType], faults: Faults) -> pl.Series:
    is_text = raw.dtype in (pl.String, pl.Categorical)
    if raw.name in VERSIONS and raw.dtype != dtype:
        typed = version_numbers(raw if is_text else raw.cast(pl.String))
    elif raw.dtype == dtype:
        typed = raw
    elif is_text and dtype in _READERS:
        typed = looked_up(raw, _READERS[dtype], dtype)
    else:
        typed = raw.cast(dtype, strict=False)
    if typed.null_count() > raw.null_count():
        _note(file, raw, raw.is_not_null() & typed.is_null(), f"has, where its {raw.name} belongs,", faults)
    if raw.name in _TEXTS and _may_be_wrong(typed):
        _note(file, raw, _wrong_text(typed, _TEXTS[raw.name]), f"has, where its {raw.name} belongs,", faults)
    return typed


def _may_be_wrong(texts: pl.Series) -> bool:
    """Whether one of *texts* may not match: where there are few kinds of them each is looked at."""
    if texts.dtype != pl.Categorical:
        return True  # many are different: they are looked at one by one
    _, kinds = kinds_of(texts)
    return any(re.search(_TEXTS[texts.name], kind) is None for kind in kinds.values())


def _wrong_text(texts: pl.Series, pattern: str) -> pl.Series:
    """Whether each of *texts* does not match; where there are few kinds of them each kind is looked at once."""

    def is_wrong(text: str) -> bool:
        return re.search(pattern, text) is None

    if texts.dtype == pl.Categorical:
        return looked_up(texts, is_wrong, pl.Boolean).fill_null(value=False)
    return (~texts.str.contains(pattern)).fill_null(value=False)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_READERS: Mapping[type[pl.DataType], Callable[[str], object]] = {
    pl.Date: _day,
    pl.Boolean: {"true": True, "false": False}.get,
}
"""How a text of which there are few kinds is read; None where it cannot be."""


def _note(file: str, raw: pl.Series, bad: pl.Series, what: str, faults: Faults) -> None:
    """Note each row of *bad*; the header is line 1."""
    for row in bad.arg_true().to_list():
        faults.add(file, row + 2, f"{what} {str(raw[row])[:60]!r}")
