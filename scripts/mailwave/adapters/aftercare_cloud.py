"""The tenant, for the care after a move: what its mailboxes have now, by reads of sets, and what is mended there.

One read serves 50 mailboxes, or all there are of what takes no filter; only rights in a mailbox's store are read one
by one, and only where there were some.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from exchange_admin import ExchangeAdmin, NotFound, Refused, find_by_guid
from exchange_admin.port import GUIDS_A_FILTER, NOTHING, Row
from exchange_admin.values import guid as real_guid
from exchange_admin.values import listed, size_bytes
from mailwave.adapters.aftercare_site import KEPT, WAYS_IN, inbox_rules
from mailwave.adapters.exchange_outcomes import outcome_of
from mailwave.core.aftercare.pictures import FULL_ACCESS, ON_BEHALF, SEND_AS, Found, Picture, Right, Rule

_SELF, _SID = "nt authority\\self", "s-1-5-"
_NO_ENTRY = "UserNotFoundInPermissionEntryException"
_QUOTA = "ProhibitSendReceiveQuota"


class AftercareTenant:
    """Exchange Online through *admin*. *calls* counts cmdlets; with *thorough* Full Access is read of everybody."""

    def __init__(self, admin: ExchangeAdmin, *, thorough: bool = False) -> None:
        self._admin = admin
        self._thorough = thorough
        self._names: dict[str, str] = {}
        self.calls = 0

    def found(self, pictures: Sequence[Picture]) -> dict[str, tuple[Found, str]]:
        """See `mailwave.ports.aftercare.Cloud`."""
        guids = [each.guid for each in pictures]
        boxes = self._by_guid("Get-Mailbox", guids)
        others = self._by_guid("Get-Recipient", [guid for guid in guids if guid not in boxes])
        access = self._every("Get-CASMailbox")
        bypass = self._every("Get-MailboxAuditBypassAssociation")
        senders = self._senders()
        seen: dict[str, tuple[Found, str]] = {}
        for was in pictures:
            row = boxes.get(was.guid)
            shown = row or others.get(was.guid, {})
            rights = senders[str(shown.get("Identity"))]
            if row is None:
                twin = self._twin(was)
                absent = Found(was.guid, there=False, at_site=False, twin=twin, rights=rights)
                seen[was.guid] = (absent, _owner(shown))
                continue
            key = str(row["Guid"])
            settings = _settings(row, access.get(key, {}), bypass.get(key, {})) | self._forwarded(row)
            found = Found(
                was.guid,
                there=True,
                at_site=False,
                address=str(row["PrimarySmtpAddress"]).lower(),
                addresses=frozenset(str(each).lower() for each in listed(row.get("EmailAddresses"))),
                settings=settings,
                rights=rights | self._in_store(was) | self._roles(was) | self._on_behalf(row),
                rules=self._rules(was),
            )
            seen[was.guid] = (found, _owner(row))
        return seen

    def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """See `mailwave.ports.aftercare.Side`; there is one tenant, whichever the *site*."""
        del site
        self.calls += 1
        with outcome_of(cmdlet, str(parameters["Identity"])):
            self._admin.invoke(cmdlet, parameters)

    def _twin(self, was: Picture) -> str:
        """The ExchangeGuid of another mailbox that has the address of *was*, empty where there is none (fact D25)."""
        try:
            rows = self._read("Get-Mailbox", {"Identity": was.address})
        except NotFound:
            return ""
        return next((str(row["ExchangeGuid"]).lower() for row in rows), "")

    def _senders(self) -> defaultdict[str, frozenset[Right]]:
        """Who may send as whom, by the identity of the recipient: one read for all; a SID is of nobody who could."""
        found: defaultdict[str, frozenset[Right]] = defaultdict(frozenset)
        for row in self._read("Get-RecipientPermission", {"ResultSize": "Unlimited"}):
            who = str(row["Trustee"]).lower()
            if (
                who != _SELF
                and not who.startswith(_SID)
                and SEND_AS in map(str, listed(row.get("AccessRights")))
            ):
                found[str(row["Identity"])] |= {Right(SEND_AS, who)}
        return found

    def _in_store(self, was: Picture) -> frozenset[Right]:
        if not self._thorough and all(right.kind != FULL_ACCESS for right in was.rights):
            return frozenset()
        rows = self._read("Get-MailboxPermission", {"Identity": was.guid})
        return frozenset(
            Right(FULL_ACCESS, str(row["User"]).lower())
            for row in rows
            if str(row["User"]).lower() != _SELF
            and FULL_ACCESS in map(str, listed(row.get("AccessRights")))
            and not (row.get("IsInherited") or row.get("Deny"))
        )

    def _roles(self, was: Picture) -> frozenset[Right]:
        """The roles of those whom *was* has in a folder, asked one by one: folders show them by display name only."""
        found = set()
        for right in was.rights:
            if right.folder and right.known:
                asked = {"Identity": f"{was.guid}:\\{right.folder}", "User": right.trustee}
                try:
                    rows = self._read("Get-MailboxFolderPermission", asked)
                except Refused as error:
                    if not error.error_type.endswith(_NO_ENTRY):
                        raise
                    continue
                kinds = (", ".join(map(str, listed(row.get("AccessRights")))) for row in rows)
                found |= {Right(kind, right.trustee, right.folder) for kind in kinds}
        return frozenset(found)

    def _rules(self, was: Picture) -> tuple[Rule, ...] | None:
        """The rules of the inbox, a call, where there were some or everything is looked at."""
        if was.rules is None or not (was.rules or self._thorough):
            return None
        return inbox_rules(self._read("Get-InboxRule", {"Mailbox": was.guid}))

    def _on_behalf(self, row: Row) -> frozenset[Right]:
        return frozenset(
            Right(ON_BEHALF, str(each).lower()) for each in listed(row.get("GrantSendOnBehalfTo"))
        )

    def _forwarded(self, row: Row) -> dict[str, Any]:
        """The recipient to whom mail is forwarded, by its address."""
        shown = row.get("ForwardingAddress")
        if not shown:
            return {}
        if str(shown) not in self._names:
            rows = self._read("Get-Recipient", {"Identity": str(shown)})
            self._names[str(shown)] = str(rows[0]["PrimarySmtpAddress"]).lower()
        return {"ForwardingAddress": self._names[str(shown)]}

    def _by_guid(self, cmdlet: str, guids: Sequence[str]) -> dict[str, Row]:
        self.calls += -(-len(guids) // GUIDS_A_FILTER)
        return find_by_guid(self._admin, cmdlet, guids)

    def _every(self, cmdlet: str) -> dict[str, Row]:
        return {str(row["Guid"]): row for row in self._read(cmdlet, {"ResultSize": "Unlimited"})}

    def _read(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> list[Row]:
        self.calls += 1
        return self._admin.invoke(cmdlet, parameters).rows


def _settings(row: Row, access: Row, bypass: Row) -> dict[str, Any]:
    """What is compared with the promise; what was not read is left out."""
    found = {name: row[name] for name in (*KEPT, "AuditEnabled", "ArchiveStatus") if name in row}
    found |= {name: access[name] for name in WAYS_IN if name in access}
    if "AuditBypassEnabled" in bypass:
        found["AuditBypassEnabled"] = bypass["AuditBypassEnabled"]
    if row.get(_QUOTA) is not None:
        found[_QUOTA] = size_bytes(str(row[_QUOTA]))
    return found | {"HasArchive": real_guid(str(row["ArchiveGuid"])) is not None}


def _owner(row: Row) -> str:
    return str(row.get("ExternalDirectoryObjectId") or "").lower()
