# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Whether everybody of a batch can be moved at all: what both sides hold of them, before the batch is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange_admin.errors import ExchangeError
from exchange_admin.migration import Manifest
from exchange_admin.port import ExchangeAdmin, Row, find_by_guid, find_one
from exchange_admin.values import plain

Checks = list[dict[str, Any]]

ADDRESSES_A_FILTER = 50
SHOWN = 5

NAMES = (
    "wave-source-missing",
    "wave-mail-user-missing",
    "wave-guid-differs",
    "wave-cloud-mailbox",
    "wave-routing-address-missing",
    "wave-domain-not-accepted",
)


@dataclass(frozen=True)
class Sides:
    """What both sides hold of a batch's people.

    *source* are the mailboxes at the site and *others* the recipients of the tenant that have the address but not the
    ExchangeGuid, both by address in lower case; *target* are the tenant's recipients by ExchangeGuid in lower case;
    *accepted* are the tenant's domains, in lower case.
    """

    source: Mapping[str, Row]
    target: Mapping[str, Row]
    accepted: frozenset[str]
    others: Mapping[str, Row] = field(default_factory=dict)


def read(site: ExchangeAdmin, tenant: ExchangeAdmin, manifest: Manifest) -> Sides:
    """What both sides hold; one read that fails fails it all: part of a list is no list."""
    source = _mailboxes(site, sorted(manifest.addresses))
    guids = {address: _guid(row) for address, row in source.items()}
    target = find_by_guid(tenant, "Get-Recipient", guids.values())
    missing = [address for address, guid in guids.items() if guid not in target]
    named = {address: find_one(tenant, "Get-Recipient", address) for address in missing}
    domains = tenant.invoke("Get-AcceptedDomain").rows
    return Sides(
        source,
        target,
        frozenset(str(plain(row["DomainName"])).casefold() for row in domains),
        {address: row for address, row in named.items() if row is not None},
    )


def checks(manifest: Manifest, sides: Sides) -> Checks:
    """The checks of a batch (fact D24; table B.10, 1, 3 and 4; fact D25)."""
    absent = sorted(manifest.addresses - sides.source.keys())
    users = {
        address: sides.target[_guid(row)]
        for address, row in sides.source.items()
        if _guid(row) in sides.target
    }
    in_cloud = [address for address, row in (*users.items(), *sides.others.items()) if not _is_mail_user(row)]
    others = [address for address, row in sides.others.items() if _is_mail_user(row)]
    nobody = sides.source.keys() - users.keys() - sides.others.keys()
    routing = f"@{manifest.routing_domain.casefold()}"
    unrouted = [a for a, row in users.items() if not any(each.endswith(routing) for each in _smtp(row))]
    foreign = sorted({domain for row in users.values() for domain in _domains(row)} - sides.accepted)
    found: Sequence[Sequence[str]] = (absent, sorted(nobody), others, in_cloud, unrouted, foreign)
    return [_check(name, manifest, sorted(people)) for name, people in zip(NAMES, found, strict=True)]


def unread(manifest: Manifest, error: ExchangeError) -> Checks:
    """The same checks where *error* kept a side from being read: nobody knows, and so nobody is ready."""
    return [{"id": name, "unknown": str(error), "subject": manifest.batch} for name in NAMES]


def _check(name: str, manifest: Manifest, found: Sequence[str]) -> dict[str, Any]:
    rest = len(found) - SHOWN
    shown = [*found[:SHOWN], *([f"and {rest} more"] if rest > 0 else [])]
    return {"id": name, "holds": not found, "found": shown, "expected": [], "subject": manifest.batch}


def _mailboxes(site: ExchangeAdmin, addresses: Sequence[str]) -> dict[str, Row]:
    """The mailboxes of *addresses* at the site, by primary address; one with an apostrophe is asked for by itself."""
    plain_ones = [address for address in addresses if "'" not in address]
    rows: list[Row] = []
    for start in range(0, len(plain_ones), ADDRESSES_A_FILTER):
        some = plain_ones[start : start + ADDRESSES_A_FILTER]
        text = " -or ".join(f"PrimarySmtpAddress -eq '{address}'" for address in some)
        rows += site.invoke("Get-Mailbox", {"Filter": text, "ResultSize": "Unlimited"}).rows
    alone = (find_one(site, "Get-Mailbox", address) for address in addresses if "'" in address)
    found = {str(plain(row["PrimarySmtpAddress"])).casefold(): row for row in rows}
    found |= {str(plain(row["PrimarySmtpAddress"])).casefold(): row for row in alone if row is not None}
    return {address: found[address] for address in addresses if address in found}


def _guid(row: Row) -> str:
    return str(plain(row["ExchangeGuid"])).casefold()


def _is_mail_user(row: Row) -> bool:
    return str(plain(row.get("RecipientTypeDetails"))).casefold() == "mailuser"


def _smtp(row: Row) -> list[str]:
    """Its addresses, without their kind."""
    texts = (str(plain(each)) for each in plain(row.get("EmailAddresses")) or [])
    return [text[5:].casefold() for text in texts if text.casefold().startswith("smtp:")]


def _domains(row: Row) -> Iterable[str]:
    return (address.rpartition("@")[2] for address in _smtp(row))
