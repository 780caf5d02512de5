"""The tenant, for what a move leaves behind: entries of nobody on moved mailboxes, and recipients beside them.

Lists of who sends as whom, and of applications, are one read each. Entries in a mailbox's store are read one by one:
Get-MailboxPermission takes one mailbox, and shows holders that it does not know only where it is asked for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from exchange_admin import ExchangeAdmin, NotFound, find_by_guid
from exchange_admin.port import GUIDS_A_FILTER, NOTHING, Row
from exchange_admin.values import listed
from mailwave.adapters.exchange_outcomes import outcome_of
from mailwave.adapters.leftovers_filters import MAIL_USERS, answered, leading_to, named, whose
from mailwave.core.aftercare.leftovers import STALE_ACCESS, STALE_SENDER, Away, Named
from mailwave.core.aftercare.stale import NOBODY, Accounts, Entry, sid
from mailwave.core.outcomes import ActUnknown

_UNRESOLVED, _BINNED = "IncludeUnresolvedPermissions", "IncludeSoftDeletedUserPermissions"


class LeftoversInTenant:
    """Exchange Online through *admin*. *calls* counts cmdlets."""

    def __init__(self, admin: ExchangeAdmin) -> None:
        self._admin = admin
        self.calls = 0

    def entries(self, away: Sequence[Away]) -> list[Entry]:
        """See `mailwave.ports.leftovers.LeftInTenant`."""
        if not away:
            return []
        self.calls += -(-len(away) // GUIDS_A_FILTER)
        there = find_by_guid(self._admin, "Get-Mailbox", [each.guid for each in away])
        here = [each for each in away if each.guid in there]
        by_identity = {str(there[each.guid]["Identity"]): each for each in here}
        found = [entry for each in here for entry in self._in_store(each)]
        return [*found, *self._senders(by_identity)]

    def accounts(self, sids: AbstractSet[str]) -> Accounts:
        """See `mailwave.ports.leftovers.AskedSide`: people, groups, and applications, which hold rights too.

        Where an application does not show its identifier, nobody can tell whose one of the tenant's domain is.
        """
        if not sids:
            return NOBODY
        known = [row for cmdlet in ("Get-User", "Get-Group") for row in self._whose(cmdlet, sids)]
        applications = self._read("Get-ServicePrincipal")
        known += applications
        told = all(sid(row.get("Sid")) for row in applications)
        first = self._read("Get-User", {"ResultSize": 1}) if told else []
        return answered(sids, known, first)

    def seconds(self, away: Sequence[Away]) -> list[Named]:
        """See `mailwave.ports.leftovers.AskedSide`."""
        kinds = {"RecipientTypeDetails": list(MAIL_USERS), "ResultSize": "Unlimited"}
        rows = (
            row for text in leading_to(away) for row in self._read("Get-Recipient", {"Filter": text, **kinds})
        )
        return named(rows, away, lambda row: "tenant, synchronised" if row.get("IsDirSynced") else "tenant")

    def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """See `mailwave.ports.aftercare.Side`; what it only warns of may not have been done, and is read back."""
        del site
        self.calls += 1
        subject = str(parameters["Identity"])
        with outcome_of(cmdlet, subject):
            warnings = self._admin.invoke(cmdlet, parameters).warnings
        if warnings:
            raise ActUnknown(act=cmdlet, subject=subject, why="; ".join(warnings))

    def _in_store(self, each: Away) -> Iterator[Entry]:
        """Its entries of nobody; a second read tells those apart that are of a soft-deleted account."""
        try:
            every = [_of_store(each, row) for row in self._listed_entries(each, _UNRESOLVED, _BINNED)]
            unknown = [entry for entry in every if entry.is_unresolved]
            if not unknown:
                return
            binned = {str(row["User"]).upper() for row in self._listed_entries(each, _BINNED)}
        except NotFound:
            return  # it is no mailbox any more
        yield from (entry for entry in unknown if entry.holder.upper() not in binned)

    def _listed_entries(self, each: Away, *switches: str) -> list[Row]:
        asked = {"Identity": each.guid, "ResultSize": "Unlimited", **dict.fromkeys(switches, True)}
        return self._read("Get-MailboxPermission", asked)

    def _senders(self, by_identity: Mapping[str, Away]) -> Iterator[Entry]:
        for row in self._read("Get-RecipientPermission", {"ResultSize": "Unlimited"}):
            if (each := by_identity.get(str(row["Identity"]))) is not None:
                denied = str(row.get("AccessControlType", "Allow")).casefold() != "allow"
                entry = _entry(STALE_SENDER, each, str(row["Trustee"]), row, denied=denied)
                if entry.is_unresolved:
                    yield entry

    def _whose(self, cmdlet: str, sids: AbstractSet[str]) -> list[Row]:
        return [
            row
            for text in whose(sids)
            for row in self._read(cmdlet, {"Filter": text, "ResultSize": "Unlimited"})
        ]

    def _read(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> list[Row]:
        self.calls += 1
        return self._admin.invoke(cmdlet, parameters).rows


def _of_store(each: Away, row: Row) -> Entry:
    return _entry(STALE_ACCESS, each, str(row["User"]), row, denied=bool(row.get("Deny")))


def _entry(kind: str, each: Away, holder: str, row: Row, *, denied: bool) -> Entry:
    rights = tuple(str(right) for right in listed(row.get("AccessRights")))
    inherited = bool(row.get("IsInherited"))
    return Entry(kind, each.guid, each.address, each.site, holder, rights, denied, inherited)
