"""The sites, for what a move leaves behind: telephones, second recipients, soft-deleted rests, and whose a SID is.

Everything is read in sets: a pipeline for as many as one filter holds, for a database, or for a whole site.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import batched
from typing import Any

from exchange_admin.onpremises import OnPremises
from exchange_admin.port import GUIDS_A_FILTER, Row
from exchange_admin.values import listed, moment, size_bytes, span
from mailwave.adapters.exchange_outcomes import outcome_of
from mailwave.adapters.leftovers_filters import MAIL_USERS, answered, having, leading_to, named, whose
from mailwave.core.aftercare.leftovers import PARTNERSHIP, Away, Leftover, Named, Rests
from mailwave.core.aftercare.stale import NOBODY, Accounts
from mailwave.core.estate import Mailbox

_EVERY = {"ResultSize": "Unlimited"}


class LeftoversAtSites:
    """The *sites* by name, on shells that may write; whoever made them closes them. *calls* counts pipelines."""

    def __init__(self, sites: Mapping[str, OnPremises]) -> None:
        self._sites = sites
        self.calls = 0

    def away(self, mailboxes: Sequence[Mailbox]) -> list[Away]:
        """See `mailwave.ports.leftovers.LeftAtSites`: whoever is a mailbox at the site is no remote mailbox there."""
        return [
            _away(site, row)
            for site, boxes in _grouped(mailboxes, lambda each: each.site)
            for some in batched(boxes, GUIDS_A_FILTER)
            for row in self._read(site, "Get-RemoteMailbox", {"Filter": _these(some), **_EVERY})
        ]

    def partnerships(self, away: Sequence[Away]) -> list[Leftover]:
        """See `mailwave.ports.leftovers.LeftAtSites`."""
        return [
            Leftover(PARTNERSHIP, owner.guid, owner.address, site, str(device["Identity"]))
            for site, its in _grouped(away, lambda each: each.site)
            for owners in [{each.identity: each for each in its}]
            for device in self._read(site, "Get-MobileDevice", _EVERY)
            if (owner := owners.get(str(device["UserDisplayName"])))
        ]

    def accounts(self, sids: AbstractSet[str]) -> Accounts:
        """See `mailwave.ports.leftovers.AskedSide`: every site is asked, which tells of its own domain only."""
        return _together(self._accounts(site, sids) for site in self._sites) if sids else NOBODY

    def seconds(self, away: Sequence[Away]) -> list[Named]:
        """See `mailwave.ports.leftovers.AskedSide`: a recipient of any site may lead to somebody of another."""
        kinds = {"RecipientTypeDetails": list(MAIL_USERS), **_EVERY}
        found: list[Named] = []
        for site in self._sites if away else ():
            rows = (
                row
                for text in leading_to(away)
                for row in self._read(site, "Get-Recipient", {"Filter": text, **kinds})
            )
            found += named(rows, away, lambda _, site=site: site)  # type: ignore[misc]
        return found

    def rests(self, mailboxes: Sequence[Mailbox]) -> list[Rests]:
        """See `mailwave.ports.leftovers.LeftAtSites`: one read a database in which one of them was."""
        found = []
        for site, its in _grouped(mailboxes, lambda each: each.site):
            settings = {
                str(row["Name"]).casefold(): row for row in self._read(site, "Get-MailboxDatabase", {})
            }
            guids = {each.guid for each in its}
            for database in sorted({each.database for each in its}):
                if (kept := settings.get(database.casefold())) is not None:
                    rows = self._read(site, "Get-MailboxStatistics", {"Database": database})
                    found += _rests(site, kept, [row for row in rows if _is_rest(row, guids)])
        return found

    def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """See `mailwave.ports.aftercare.Side`."""
        self.calls += 1
        with outcome_of(cmdlet, str(parameters["Identity"])):
            self._sites[site].invoke(cmdlet, parameters)

    def _accounts(self, site: str, sids: AbstractSet[str]) -> Accounts:
        """Get-SecurityPrincipal knows computers and service accounts too, and nobody's former identifiers."""
        asked = [("Get-SecurityPrincipal", text) for text in having(sids)]
        asked += [(cmdlet, text) for text in whose(sids) for cmdlet in ("Get-User", "Get-Group")]
        known = [
            row for cmdlet, text in asked for row in self._read(site, cmdlet, {"Filter": text, **_EVERY})
        ]
        first = self._read(site, "Get-User", {"ResultSize": 1})
        return answered(sids, known, first)

    def _read(self, site: str, cmdlet: str, parameters: Mapping[str, object]) -> list[Row]:
        self.calls += 1
        return self._sites[site].invoke(cmdlet, parameters).rows


def _grouped[T](items: Sequence[T], by: Callable[[T], str]) -> Iterator[tuple[str, list[T]]]:
    found: dict[str, list[T]] = defaultdict(list)
    for each in items:
        found[by(each)].append(each)
    yield from found.items()


def _together(parts: Iterator[Accounts]) -> Accounts:
    found = NOBODY
    for each in parts:
        found |= each
    return found


def _these(mailboxes: Sequence[Mailbox]) -> str:
    return " -or ".join(f"ExchangeGuid -eq '{each.guid}'" for each in mailboxes)


def _away(site: str, row: Row) -> Away:
    kinds = (str(each).lower().partition(":") for each in listed(row.get("EmailAddresses")))
    addresses = tuple(address for kind, _, address in kinds if kind == "smtp")
    address = str(row["PrimarySmtpAddress"]).lower()
    every = tuple(dict.fromkeys((address, *addresses)))
    return Away(str(row["ExchangeGuid"]).lower(), address, site, str(row["Identity"]), every)


def _is_rest(row: Row, guids: AbstractSet[str]) -> bool:
    soft = str(row.get("DisconnectReason")) == "SoftDeleted" and row.get("DisconnectDate")
    return bool(soft) and str(row["MailboxGuid"]).lower() in guids


def _rests(site: str, database: Row, rows: Sequence[Row]) -> list[Rests]:
    """What is kept in one *database*, or nothing; it goes by the database's own retention."""
    if not rows:
        return []
    until = max(moment(row["DisconnectDate"]) for row in rows) + span(str(database["MailboxRetention"]))
    size = sum(size_bytes(str(row["TotalItemSize"])) or 0 for row in rows)
    backup = str(database.get("RetainDeletedItemsUntilBackup")).casefold() == "true"
    return [Rests(site, str(database["Name"]), len(rows), size, until, backup)]
