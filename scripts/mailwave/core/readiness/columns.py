"""The columns that rules look at: what is known of mailboxes, organisations and rights.

A value that is null is not known. A column whose name ends in ``_on`` is the day of the evidence beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import numpy as np
import polars as pl

NONE = "none"
"""In a text column: it was looked, and there is none."""

INVENTORY: Mapping[str, type[pl.DataType]] = {
    "guid": pl.String,
    "organisation": pl.String,
    "recipient_type": pl.Categorical,
    "size_bytes": pl.Int64,
}
"""What the ledger or an inventory says of a mailbox."""

VERSIONS = frozenset({"client", "mobile", "tls"})
"""Columns that hold a version as a number (`version_number`), so that it can be compared."""

MAILBOX_EVIDENCE: Mapping[str, type[pl.DataType]] = {
    "client": pl.Int64,
    "client_on": pl.Date,
    "mobile": pl.Int64,
    "mobile_on": pl.Date,
    "hold": pl.Categorical,
    "hold_on": pl.Date,
    "mail_user": pl.String,
    "domains": pl.Categorical,
    "upn_domain": pl.Categorical,
    "routing": pl.Boolean,
    "usage_location": pl.Categorical,
    "seat": pl.Boolean,
    "licensed": pl.Boolean,
    "directory_on": pl.Date,
}
"""What is known of a mailbox beside its inventory.

*client*: the LOWEST Outlook seen in the days that count. *mobile*: the lowest ActiveSync of its devices, 0 with none.
*hold*: its kind or ``none``. *mail_user*: the ExchangeGuid of its mail user in the tenant, or ``none`` without one.
*domains*: those of its addresses, with ``;`` between. *upn_domain*: that of its user principal name. *routing*: whether
it has an address in the routing domain. *seat*: whether a licence seat is kept for it. *licensed*: whether it holds an
Exchange licence already. *directory_on* is the day of all from *mail_user* on.
"""

ORGANISATION_EVIDENCE: Mapping[str, type[pl.DataType]] = {
    "tls": pl.Int64,
    "bandwidth": pl.Float64,
    "egress": pl.String,
    "browsers": pl.String,
    "owners": pl.Int64,
    "mail_exchanger": pl.String,
    "autodiscover": pl.String,
}
"""What is known of an organisation, each with a day of its own.

*tls*: the lowest TLS that its machines speak. *bandwidth*: of its way to the internet, Mbit/s. *egress*: ``direct``, or
what stands in the way to Exchange Online (``proxied``, ``inspected``, ``blocked``). *browsers*: the oldest of each
kind, such as ``edge 130; chrome 128``. *owners*: how many application mailboxes have no named owner. *mail_exchanger*,
*autodiscover*: the hosts that its domains' MX and autodiscover lead to, with ``;`` between, or ``none``.
"""


KINDS = tuple(
    name
    for name, dtype in {**INVENTORY, **MAILBOX_EVIDENCE}.items()
    if dtype in (pl.Categorical, pl.Date, pl.Boolean)
)
"""Columns of which few values are different, so that a text of them is read once for all."""


class Estate(NamedTuple):
    """What is judged.

    *mailboxes* has the columns of `INVENTORY` and `MAILBOX_EVIDENCE`, *organisations* an ``organisation`` and those of
    `ORGANISATION_EVIDENCE`, *rights* a ``mailbox`` and a ``trustee``, which are rows of mailboxes.
    """

    mailboxes: pl.DataFrame
    organisations: pl.DataFrame
    rights: pl.DataFrame


_PARTS = 4
_PART = 100_000
_HIGHEST_MAJOR = 9_000
_VERSION = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){0,3}")


def version_number(version: tuple[int, ...]) -> int:
    """*version*, of up to four parts of up to five digits, as one number with the same order."""
    major, *others = (*version, 0, 0, 0)[:_PARTS]
    number = min(major, _HIGHEST_MAJOR)
    for part in others:
        number = number * _PART + part
    return number


def version_text(number: int) -> str:
    """The version that *number* stands for, with all four parts."""
    parts = []
    for _ in range(_PARTS - 1):
        number, part = divmod(number, _PART)
        parts.append(str(part))
    return ".".join([str(number), *reversed(parts)])


MAJOR = _PART ** (_PARTS - 1)
"""What a major version counts in the number of a version."""


def looked_up(texts: pl.Series, answer: Callable[[str], object], dtype: type[pl.DataType]) -> pl.Series:
    """*answer* to each of *texts*, of which few are different: each is asked once. Null stays null."""
    places, kinds = kinds_of(texts)
    answers: list[object] = [None] * (max(kinds, default=-1) + 2)
    for place, kind in kinds.items():
        answers[place] = answer(kind)
    found = pl.Series(texts.name, answers, dtype=dtype)
    if (
        len(answers) > _FEW
        or dtype != pl.Boolean
        or texts.null_count()
        or None in map(answers.__getitem__, kinds)
    ):
        return found.gather(places)
    table = bytes(bool(each) for each in answers).ljust(_FEW, b"\0")
    translated = places.cast(pl.UInt8).to_numpy().tobytes().translate(table)
    return pl.Series(texts.name, np.frombuffer(translated, dtype=np.bool_))


_FEW = 256
"""So many kinds have places that fit into a byte, and bytes are looked up six times as fast."""


def kinds_of(texts: pl.Series) -> tuple[pl.Series, dict[int, str]]:
    """The place of each of *texts* among the kinds of them, null where it is null; and what the places stand for."""
    numbered = texts if texts.dtype == pl.Categorical else texts.cast(pl.Categorical)
    places = numbered.to_physical()
    highest = places.max()
    if highest is None:
        return places, {}
    if places.null_count() or cast("int", highest) >= _FEW - 1:
        kinds = numbered.unique().drop_nulls()
        return places, dict(zip(kinds.to_physical().to_list(), kinds.to_list(), strict=True))
    at = places.cast(pl.UInt8).to_numpy().tobytes()
    first = {place: at.find(place) for place in range(cast("int", highest) + 1)}
    return places, {place: numbered[row] for place, row in first.items() if row >= 0}


def version_numbers(texts: pl.Series) -> pl.Series:
    """The number of each of *texts*, null where it is no version."""

    def number(text: str) -> int | None:
        return version_number(tuple(map(int, text.split(".")))) if _VERSION.fullmatch(text) else None

    return looked_up(texts, number, pl.Int64)
