"""The one definition of each rule, as expressions on columns: of a small estate and of the whole nation alike.

A check says when its rule *failed*; where that is null, or the evidence is older than the rule's age, the rule has no
evidence. *skipped* says who is not asked, given whether the evidence counts. A rule that *needs* another is not asked
where that one has not passed, so that one fault has one code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import polars as pl

from mailwave.core.readiness.columns import MAJOR, NONE, looked_up, version_number, version_text
from mailwave.core.readiness.rules import Figures
from mailwave.core.recipient_types import MOVABLE_TYPES, SHARED_TYPES

Row = Mapping[str, Any]

_MANY = 10**9
_KBIT_A_MBIT = 1_000


def _nobody(_figures: Figures, _counts: pl.Expr) -> pl.Expr:
    return pl.lit(value=False)


class Check(NamedTuple):
    """How one rule looks; *dated* is the column of its evidence's day, *says* puts a failure into words."""

    failed: Callable[[Figures], pl.Expr]
    says: Callable[[Row, Figures], str]
    dated: str = ""
    skipped: Callable[[Figures, pl.Expr], pl.Expr] = _nobody
    needs: str = ""


SHARED = "shared"
"""The column of `is_shared`, which rules of mailboxes find beside the others."""


def is_shared() -> pl.Expr:
    """Whether nobody logs on to the mailbox as its owner."""
    return _of_each_text("recipient_type", SHARED_TYPES.__contains__)


def is_old(figures: Figures) -> pl.Expr:
    """Whether the lowest Outlook is below the minimum of its major version."""
    client = pl.col("client")
    old: pl.Expr = client < max(figures.client_minimum) * MAJOR
    for version, minimum in figures.client_minimum.items():
        is_of_it = client.is_between(version * MAJOR, (version + 1) * MAJOR, closed="left")
        old = pl.when(is_of_it).then(client < version_number(minimum)).otherwise(old)
    return old


def _of_each_text(column: str, is_true: Callable[[str], bool]) -> pl.Expr:
    """*is_true* of a column of few different texts; null stays null."""

    def over(texts: pl.Series) -> pl.Series:
        return looked_up(texts, is_true, pl.Boolean)

    return pl.col(column).map_batches(over, return_dtype=pl.Boolean)


def foreign_domains(domains: str, figures: Figures) -> list[str]:
    """Those of *domains*, with ``;`` between, that the tenant does not accept."""
    return sorted(set(domains.lower().split(";")) - set(figures.accepted_domains or ()))


DOMAIN_RULES = ("accepted-domains", "sign-in-name")
"""The rules that rest on which domains the tenant accepts."""


def _is_foreign(column: str) -> Callable[[Figures], pl.Expr]:
    """Whether *column* holds a domain that the tenant does not accept; null where nobody has asked the tenant."""

    def failed(figures: Figures) -> pl.Expr:
        if figures.accepted_domains is None:
            return pl.lit(None, dtype=pl.Boolean)
        return _of_each_text(column, lambda text: bool(foreign_domains(text, figures)))

    return failed


def _foreign_says(row: Row, figures: Figures) -> str:
    foreign = foreign_domains(row["domains"], figures)
    asked = [domain for domain in foreign if domain in figures.asked_domains]
    beside = f", although the estate file asks for {', '.join(asked)}" if asked else ""
    return f"has addresses in {', '.join(foreign)}, not accepted there{beside}"


def old_browsers(browsers: str, figures: Figures) -> list[str]:
    """Those of *browsers* that are below their minimum, or that nobody has set a minimum for."""
    found = []
    for browser in browsers.split(";"):
        name, _, version = browser.strip().rpartition(" ")
        if int(version) < figures.browser_minimum.get(name.lower(), _MANY):
            found.append(browser.strip())
    return found


def other_hosts(hosts: str, wanted: Collection[str]) -> str:
    """Those of *hosts*, with ``;`` between, that are none of those *wanted*."""
    return ", ".join(host for each in hosts.split(";") if (host := each.strip()) not in wanted)


def _no_client_matters(figures: Figures, counts: pl.Expr) -> pl.Expr:
    """A shared mailbox is judged by who uses it; of others the estate file may say that no client is well."""
    return ~counts & (pl.lit(figures.no_client_seen_is_ready) | pl.col(SHARED))


def _shared(_figures: Figures, _counts: pl.Expr) -> pl.Expr:
    return pl.col(SHARED)


def _threshold(figures: Figures) -> pl.Expr:
    own = dict(figures.organisation_exceptions)
    usual = pl.lit(figures.organisation_threshold)
    if not own:
        return usual
    return pl.col("organisation").replace_strict(
        list(own), list(own.values()), default=figures.organisation_threshold, return_dtype=pl.Float64
    )


def _threshold_says(row: Row, figures: Figures) -> str:
    code = row["organisation"]
    return (
        f"{row['old']} of the {row['mailboxes']} mailboxes of {code} are on clients below the minimum; "
        f"{figures.threshold(code):.0%} is the most"
    )


def _size_says(row: Row, figures: Figures) -> str:
    most = figures.largest_bytes / 1024**3
    return f"holds {row['size_bytes'] / 1024**3:.1f} GB and {most:.0f} GB is the most"


def _version(numbers: tuple[int, ...]) -> pl.Expr:
    return pl.lit(version_number(numbers or (0,)))


def _kbit(row: Row) -> float:
    return float(row["bandwidth"] * _KBIT_A_MBIT / row["mailboxes"])


MAILBOX_CHECKS: Mapping[str, Check] = {
    "recipient-type": Check(
        lambda _: ~_of_each_text("recipient_type", MOVABLE_TYPES.__contains__),
        lambda row, _: f"a {row['recipient_type']} cannot be moved",
    ),
    "size": Check(lambda figures: pl.col("size_bytes") > figures.largest_bytes, _size_says),
    "client": Check(
        is_old,
        lambda row, _: f"was opened by Outlook {version_text(row['client'])}",
        "client_on",
        _no_client_matters,
    ),
    "mobile": Check(
        lambda figures: (pl.col("mobile") > 0) & (pl.col("mobile") < _version(figures.mobile_minimum)),
        lambda row, _: f"is synced by a device with ActiveSync {version_text(row['mobile'])}",
        "mobile_on",
        _shared,
    ),
    "hold": Check(
        lambda figures: ~_of_each_text("hold", {NONE, *figures.holds_that_move}.__contains__),
        lambda row, _: f"is on a hold of the kind {row['hold']}, which does not move with it",
        "hold_on",
    ),
    "mail-user": Check(
        lambda _: pl.col("mail_user") == NONE, lambda *_: "has no mail user in the tenant", "directory_on"
    ),
    "exchange-guid": Check(
        lambda _: pl.col("mail_user") != pl.col("guid"),
        lambda row, _: f"its mail user in the tenant has the ExchangeGuid {row['mail_user']}",
        "directory_on",
        needs="mail-user",
    ),
    "accepted-domains": Check(
        _is_foreign("domains"),
        _foreign_says,
        "directory_on",
        needs="mail-user",
    ),
    "routing-address": Check(
        lambda _: ~pl.col("routing"),
        lambda *_: "its mail user has no address in the routing domain",
        "directory_on",
        needs="mail-user",
    ),
    "sign-in-name": Check(
        _is_foreign("upn_domain"),
        lambda row, _: f"signs in under {row['upn_domain']}, which the tenant has not verified",
        "directory_on",
        needs="mail-user",
    ),
    "usage-location": Check(
        lambda _: _of_each_text("usage_location", NONE.__eq__),
        lambda *_: "has no usage location, so that no licence can be assigned",
        "directory_on",
        _shared,
        needs="mail-user",
    ),
    "licence-seat": Check(
        lambda _: ~pl.col("seat"),
        lambda *_: "no licence seat is reserved for it",
        "directory_on",
        _shared,
        needs="mail-user",
    ),
    "licence-early": Check(
        lambda _: pl.col("licensed"),
        lambda *_: "holds an Exchange licence before its move, which makes a second mailbox",
        "directory_on",
        needs="exchange-guid",
    ),
}
"""By the name of the rule; ``users`` looks at others' verdicts and is in `shared`."""

ORGANISATION_CHECKS: Mapping[str, Check] = {
    "old-clients": Check(
        lambda figures: pl.col("old") / pl.col("mailboxes") > _threshold(figures), _threshold_says
    ),
    "tls": Check(
        lambda figures: pl.col("tls") < _version(figures.tls_minimum),
        lambda row, _: (
            f"has machines that speak no more than TLS {version_text(row['tls']).removesuffix('.0.0')}"
        ),
        "tls_on",
    ),
    "bandwidth": Check(
        lambda figures: pl.col("bandwidth") * _KBIT_A_MBIT / pl.col("mailboxes") < figures.bandwidth,
        lambda row, figures: (
            f"has {_kbit(row):.1f} kbit/s a mailbox to the internet, and {figures.bandwidth:g} are needed"
        ),
        "bandwidth_on",
    ),
    "egress": Check(
        lambda _: pl.col("egress") != "direct",
        lambda row, _: f"its way to Exchange Online is {row['egress']}",
        "egress_on",
    ),
    "browsers": Check(
        lambda figures: _of_each_text("browsers", lambda text: bool(old_browsers(text, figures))),
        lambda row, figures: f"has {', '.join(old_browsers(row['browsers'], figures))} in use",
        "browsers_on",
    ),
    "owners": Check(
        lambda _: pl.col("owners") > 0,
        lambda row, _: f"has {row['owners']} application mailboxes that nobody is named for",
        "owners_on",
    ),
    "mail-exchanger": Check(
        lambda figures: _of_each_text(
            "mail_exchanger", lambda hosts: bool(other_hosts(hosts, figures.mail_exchangers))
        ),
        lambda row, figures: (
            f"the MX of its domains leads to {other_hosts(row['mail_exchanger'], figures.mail_exchangers)}"
        ),
        "mail_exchanger_on",
    ),
    "autodiscover": Check(
        lambda figures: _of_each_text(
            "autodiscover", lambda hosts: bool(other_hosts(hosts, figures.autodiscover))
        ),
        lambda row, figures: (
            f"its autodiscover leads to {other_hosts(row['autodiscover'], figures.autodiscover)}"
        ),
        "autodiscover_on",
    ),
}

USERS = "users"
"""The rule of shared mailboxes: ready when every person who holds a right on it is, as it is their Outlook that opens
it."""
