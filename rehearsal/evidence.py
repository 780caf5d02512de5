"""The evidence of readiness that the teams of the rehearsed estate hand in, beside what its services show.

A table of mailboxes (devices, holds, mail users, licence seats), one of organisations (TLS, bandwidth, the way to
Exchange Online, browsers, owners, MX, autodiscover), and the tenant's domains. All of it is good: what is wrong with
the estate, its services show.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from rehearsal.estate import Estate

MAILBOX_COLUMNS = (
    *("guid", "mobile", "mobile_on", "hold", "hold_on", "mail_user", "domains", "upn_domain", "routing"),
    *("usage_location", "seat", "licensed", "directory_on"),
)
DOMAIN_COLUMNS = ("domain", "on")
ORGANISATION_COLUMNS = ("organisation", "kind", "value", "on", "source")

_MEGABITS = 1_000

Rows = list[dict[str, str]]


def write(folder: Path, estate: Estate, now: datetime) -> None:
    """Write the tables as of *now* into *folder*, over whatever is there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "mailboxes.csv", MAILBOX_COLUMNS, mailboxes(estate, now.date()))
    write_table(folder / "organisations.csv", ORGANISATION_COLUMNS, organisations(estate, now.date()))
    write_table(folder / "domains.csv", DOMAIN_COLUMNS, domains(estate, now.date()))


def write_table(file: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write *rows* to *file*."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(columns), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def mailboxes(estate: Estate, on: date) -> Rows:
    """A row a mailbox: no device older than ActiveSync 16.1, no hold, a mail user that fits, a seat kept."""
    day = on.isoformat()
    return [
        {
            "guid": mailbox.exchange_guid,
            "mobile": "16.1" if number % 2 else "0",
            "mobile_on": day,
            "hold": "none",
            "hold_on": day,
            "mail_user": mailbox.exchange_guid,
            "domains": f"{mailbox.tenant.mail_domain};{mailbox.tenant.routing_domain}",
            "upn_domain": mailbox.tenant.mail_domain,
            "routing": "true",
            "usage_location": "GB",
            "seat": "true",
            "licensed": "false",
            "directory_on": day,
        }
        for number, mailbox in enumerate(estate.mailboxes)
    ]


def domains(estate: Estate, on: date) -> Rows:
    """A row a domain that the tenant of *estate* accepts."""
    tenant = estate.mailboxes[0].tenant
    names = (tenant.mail_domain, tenant.routing_domain)
    return [{"domain": name, "on": on.isoformat()} for name in names]


def organisations(estate: Estate, on: date) -> Rows:
    """A row a fact of each organisation."""
    domain = estate.mailboxes[0].tenant.mail_domain
    facts = {
        "tls": "1.2",
        "bandwidth": str(_MEGABITS),
        "egress": "direct",
        "browsers": "edge 140; chrome 140",
        "owners": "0",
        "mail_exchanger": f"mail.{domain}",
        "autodiscover": f"autodiscover.{domain}",
    }
    return [
        {
            "organisation": organisation.code,
            "kind": kind,
            "value": value,
            "on": on.isoformat(),
            "source": "observed",
        }
        for organisation in estate.organisations
        for kind, value in facts.items()
    ]
