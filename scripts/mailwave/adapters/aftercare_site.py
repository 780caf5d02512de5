"""The sites, for the care after a move: what mailboxes were promised, where they are now, and what is mended there.

Rights are read by joined pipelines, one for `GUIDS_A_FILTER` mailboxes; only roles in folders cost a call a folder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import batched
from typing import Any

from exchange_admin import NotFound
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import GUIDS_A_FILTER, Row
from exchange_admin.values import guid as real_guid
from exchange_admin.values import listed, size_bytes
from mailwave.adapters.exchange_outcomes import outcome_of
from mailwave.core.aftercare.pictures import FULL_ACCESS, ON_BEHALF, SEND_AS, Home, Picture, Right, Rule
from mailwave.core.aftercare.rules import ACTIONS
from mailwave.core.estate import Mailbox

KEPT = (
    *("LitigationHoldEnabled", "RetentionHoldEnabled", "SingleItemRecoveryEnabled", "RetentionPolicy"),
    *("ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward"),
    *("MessageCopyForSentAsEnabled", "MessageCopyForSendOnBehalfEnabled"),
    *("HiddenFromAddressListsEnabled", "RecipientTypeDetails", "InPlaceHolds"),
)
"""The properties of Get-Mailbox that are promised as they are."""
WAYS_IN = ("OWAEnabled", "MAPIEnabled", "ActiveSyncEnabled", "EwsEnabled")
FOLDERS = ("Calendar", "Inbox", "Contacts", "Tasks", "Notes")
"""The types of folders that Outlook gives to delegates."""
_SELF, _SID = "nt authority\\self", "s-1-5-"
_NOBODY = ("Default", "Anonymous")
_QUOTA = "ProhibitSendReceiveQuota"


class AftercareSites:
    """The *sites* by name, on shells that may write; whoever made them closes them. *calls* counts pipelines."""

    def __init__(self, sites: Mapping[str, OnPremises]) -> None:
        self._sites = sites
        self._trustees: dict[str, Row | None] = {}
        self.calls = 0

    def pictures(self, mailboxes: Sequence[Mailbox], folders_of: AbstractSet[str]) -> list[Picture]:
        """See `mailwave.ports.aftercare.Premises`."""
        return [
            self._picture(site, row, parts, folders_of)
            for site, some in _by_site((each.site, each.guid) for each in mailboxes)
            for parts in [self._parts(site, some)]
            for row in parts["Get-Mailbox"]
        ]

    def homes(self, pictures: Sequence[Picture]) -> dict[str, Home]:
        """See `mailwave.ports.aftercare.Premises`."""
        found: dict[str, Home] = {}
        for site, some in _by_site((each.site, each.guid) for each in pictures):
            for noun in ("Mailbox", "RemoteMailbox"):
                rows = self._read(site, f"Get-{noun}", some)
                entries = self._each(site, f"Get-{noun}", some, "Get-ADPermission") if rows else []
                senders = _by_owner(each for each in entries if _given(each, "ExtendedRights", "Send-As"))
                for row in rows:
                    routing = str(row.get("RemoteRoutingAddress") or "").lower().removeprefix("smtp:")
                    shown = frozenset(str(each["User"]).lower() for each in senders[str(row["Identity"])])
                    found[_guid(row)] = Home(noun == "Mailbox", routing, shown)
        return {each.guid: found.get(each.guid, Home(live=False)) for each in pictures}

    def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """See `mailwave.ports.aftercare.Side`."""
        self.calls += 1
        with outcome_of(cmdlet, str(parameters["Identity"])):
            self._sites[site].invoke(cmdlet, parameters)

    def _parts(self, site: str, guids: Sequence[str]) -> dict[str, list[Row]]:
        """The mailboxes of *guids*, and what each of the other cmdlets says of them."""
        rows = self._read(site, "Get-Mailbox", guids)
        others = ("Get-CASMailbox", "Get-MailboxStatistics", "Get-MailboxPermission", "Get-ADPermission")
        joined = {each: self._each(site, "Get-Mailbox", guids, each) if rows else [] for each in others}
        return {"Get-Mailbox": rows, **joined}

    def _picture(
        self, site: str, row: Row, parts: Mapping[str, list[Row]], folders_of: AbstractSet[str]
    ) -> Picture:
        guid, identity = _guid(row), str(row["Identity"])
        (access,) = [each for each in parts["Get-CASMailbox"] if str(each["Identity"]) == identity]
        counted = [
            each for each in parts["Get-MailboxStatistics"] if str(each["MailboxGuid"]).lower() == guid
        ]
        entries = [
            *self._entries(parts, identity),
            *((ON_BEHALF, str(who), "") for who in listed(row.get("GrantSendOnBehalfTo"))),
        ]
        rules = None
        if guid in folders_of:
            entries += self._roles(site, guid)
            rules = inbox_rules(self._invoke(site, "Get-InboxRule", {"Mailbox": guid}))
        return Picture(
            guid=guid,
            address=str(row["PrimarySmtpAddress"]).lower(),
            site=site,
            addresses=tuple(str(each).lower() for each in listed(row.get("EmailAddresses"))),
            legacy_dn=str(row["LegacyExchangeDN"]),
            has_archive=real_guid(str(row["ArchiveGuid"])) is not None,
            items=int(counted[0]["ItemCount"]) if counted else None,
            settings=self._settings(site, row) | {name: access.get(name) for name in WAYS_IN},
            rights=tuple(sorted({self._right(site, *each) for each in entries})),
            rules=rules,
        )

    def _settings(self, site: str, row: Row) -> dict[str, Any]:
        settings = {name: row.get(name) for name in KEPT}
        own = str(row.get("UseDatabaseQuotaDefaults")).casefold() != "true"
        settings[_QUOTA] = size_bytes(str(row[_QUOTA])) if own else None
        if (forwarded := settings["ForwardingAddress"]) is not None:
            known = self._recipient(site, str(forwarded))
            settings["ForwardingAddress"] = (
                str(known["PrimarySmtpAddress"]).lower() if known else str(forwarded)
            )
        return settings

    def _entries(self, parts: Mapping[str, list[Row]], identity: str) -> Iterator[tuple[str, str, str]]:
        """Full Access and Send-As on a mailbox: kind, trustee as shown, no folder."""
        for cmdlet, column, right, kind in (
            ("Get-MailboxPermission", "AccessRights", FULL_ACCESS, FULL_ACCESS),
            ("Get-ADPermission", "ExtendedRights", "Send-As", SEND_AS),
        ):
            for each in parts[cmdlet]:
                if str(each["Identity"]) == identity and _given(each, column, right):
                    yield kind, str(each["User"]), ""

    def _roles(self, site: str, guid: str) -> Iterator[tuple[str, str, str]]:
        """The roles in the folders of a mailbox; their names are those of its own language."""
        for folder in self._invoke(site, "Get-MailboxFolderStatistics", {"Identity": guid}):
            if folder.get("FolderType") not in FOLDERS:
                continue
            path = str(folder["FolderPath"]).strip("/").replace("/", "\\")
            for row in self._invoke(site, "Get-MailboxFolderPermission", {"Identity": f"{guid}:\\{path}"}):
                roles = ", ".join(map(str, listed(row.get("AccessRights"))))
                if str(row["User"]) not in _NOBODY and roles != "None":
                    yield roles, str(row["User"]), path

    def _right(self, site: str, kind: str, shown: str, folder: str) -> Right:
        found = self._recipient(site, shown)
        if found is None or not found.get("PrimarySmtpAddress"):
            return Right(kind, shown.lower(), folder, known=False, person=False)
        names = {
            shown,
            *(str(found.get(name) or "") for name in ("Alias", "Name", "DisplayName", "SamAccountName")),
        }
        person = "Group" not in str(found.get("RecipientTypeDetails"))
        others = tuple(sorted(name.lower() for name in names if name))
        return Right(kind, str(found["PrimarySmtpAddress"]).lower(), folder, others, person)

    def _recipient(self, site: str, shown: str) -> Row | None:
        """Who is shown so, at *site* or at another; None for an account that receives no mail."""
        if shown not in self._trustees:
            order = (site, *(each for each in self._sites if each != site))
            names = dict.fromkeys((shown, shown.rpartition("\\")[2]))
            found = (self._named(each, name) for each in order for name in names)
            self._trustees[shown] = next((row for row in found if row), None)
        return self._trustees[shown]

    def _named(self, site: str, name: str) -> Row | None:
        try:
            rows = self._invoke(site, "Get-Recipient", {"Identity": name})
        except NotFound:
            return None
        return rows[0] if len(rows) == 1 else None

    def _read(self, site: str, cmdlet: str, guids: Iterable[str]) -> list[Row]:
        return self._invoke(site, cmdlet, _these(guids))

    def _each(self, site: str, cmdlet: str, guids: Iterable[str], into: str) -> list[Row]:
        self.calls += 1
        return self._sites[site].invoke_each(cmdlet, _these(guids), into).rows

    def _invoke(self, site: str, cmdlet: str, parameters: Mapping[str, object]) -> list[Row]:
        self.calls += 1
        return self._sites[site].invoke(cmdlet, parameters).rows


def inbox_rules(rows: Iterable[Row]) -> tuple[Rule, ...]:
    """The rules of an inbox, as either side shows them."""
    return tuple(
        sorted(
            Rule(
                str(row["Name"]),
                _true(row["Enabled"]),
                tuple(name for name in ACTIONS if _does(row.get(name))),
            )
            for row in rows
        )
    )


def _does(value: object) -> bool:
    """Whether an action is one: a list of nobody, nothing and no are none."""
    return bool(value) and str(value).casefold() != "false"


def _by_site(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Pairs of a site and an ExchangeGuid, as many together as one filter holds."""
    found: dict[str, list[str]] = defaultdict(list)
    for site, guid in pairs:
        found[site].append(guid)
    for site, guids in found.items():
        for some in batched(guids, GUIDS_A_FILTER):
            yield site, some


def _these(guids: Iterable[str]) -> dict[str, object]:
    return {"Filter": " -or ".join(f"ExchangeGuid -eq '{each}'" for each in guids), "ResultSize": "Unlimited"}


def _by_owner(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["Identity"])].append(row)
    return found


def _given(row: Row, column: str, right: str) -> bool:
    """Whether an entry gives *right* itself, to somebody else who still has an account."""
    user = str(row["User"]).lower()
    own = user != _SELF and not user.startswith(_SID)
    return (
        own
        and right in map(str, listed(row.get(column)))
        and not (_true(row["IsInherited"]) or _true(row["Deny"]))
    )


def _true(value: object) -> bool:
    return str(value).casefold() == "true"


def _guid(row: Row) -> str:
    return str(row["ExchangeGuid"]).lower()
