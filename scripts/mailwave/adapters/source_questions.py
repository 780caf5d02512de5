"""What a site is asked in a reading: each question with the tables that its answer becomes (facts D2, D6, D7).

Exchange has no cursor for a list, so the page of a reading is the database, as a mailbox is in one; changes are asked
for by `WhenChangedUTC`, and what stands once in the organisation in one question each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from exchange_admin import NotFound, Refused, find_by_guid
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import NOTHING, Row
from mailwave.core.discovery.tables import (
    CONNECTOR,
    DEVICE,
    GONE,
    MAILBOX,
    MEMBER,
    PROTOCOLS,
    PUBLIC_FOLDER,
    RECIPIENT,
    RIGHT,
    STATISTICS,
    UNSEEN,
    Part,
    table,
    values,
)

ALL: dict[str, object] = {"ResultSize": "Unlimited"}
SELF = "NT AUTHORITY\\SELF"
NOBODY = ("Default", "Anonymous")
FOLDERS = ("Calendar", "Inbox", "Contacts", "Tasks", "Notes")
"""The types of folders that Outlook gives to delegates."""

Is = Callable[[Row], bool]
"""Whether a row is of the site that is asked: sites of one domain show the mailboxes of all."""


class Question(NamedTuple):
    """One page of a reading: its *name* in the store, the *site* to ask, and how to *ask* it."""

    name: str
    site: str
    ask: Callable[[OnPremises], Part]


def of_database(site: str, database: str, is_here: Is) -> Question:
    """The mailboxes of *database*, their sizes, and the rights on them."""

    def ask(admin: OnPremises) -> Part:
        those = ALL | {"Database": database}
        rows = [row for row in admin.invoke("Get-Mailbox", those).rows if is_here(row)]
        rights = list(_rights(admin, those)) if rows else []
        sizes = admin.invoke("Get-MailboxStatistics", {"Database": database}).rows if rows else []
        return {
            MAILBOX: table(MAILBOX, rows),
            STATISTICS: table(STATISTICS, sizes),
            RIGHT: table(RIGHT, rights),
        }

    return Question(f"database-{site}-{database}", site, ask)


def of_sizes(site: str, database: str) -> Question:
    """The sizes of what is in *database* now."""

    def ask(admin: OnPremises) -> Part:
        return {
            STATISTICS: table(STATISTICS, admin.invoke("Get-MailboxStatistics", {"Database": database}).rows)
        }

    return Question(f"sizes-{site}-{database}", site, ask)


def of_changes(site: str, since: datetime, is_here: Is) -> Question:
    """The mailboxes that were changed after *since*, and the rights on them."""

    def ask(admin: OnPremises) -> Part:
        those = ALL | _changed(since)
        rows = [row for row in admin.invoke("Get-Mailbox", those).rows if is_here(row)]
        rights = _rights(admin, those) if rows else ()
        return {MAILBOX: table(MAILBOX, rows), RIGHT: table(RIGHT, rights)}

    return Question(f"changes-{site}", site, ask)


def _changed(since: datetime) -> dict[str, object]:
    moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Filter": f"WhenChangedUTC -gt '{moment}'"}


def of_organisation(site: str, since: datetime | None, is_here: Is, *, first: bool) -> list[Question]:
    """What stands beside the mailboxes; what is one for all sites is only asked at the *first*."""

    def of(name: str, ask: Callable[[OnPremises], Part]) -> Question:
        return Question(f"{name}-{site}", site, ask)

    changed: dict[str, object] = {} if since is None else _changed(since)
    found = [
        of("protocols", lambda admin: {PROTOCOLS: _list(admin, PROTOCOLS, "Get-CASMailbox", changed)}),
        of("devices", lambda admin: {DEVICE: _list(admin, DEVICE, "Get-MobileDevice")}),
        of("recipients", lambda admin: {RECIPIENT: table(RECIPIENT, _recipients(admin))}),
        of("connectors", lambda admin: {CONNECTOR: table(CONNECTOR, _connectors(admin, is_here))}),
    ]
    if first:
        found.append(
            of("public-folders", lambda admin: {PUBLIC_FOLDER: table(PUBLIC_FOLDER, _folders(admin))})
        )
    return found


def _list(
    admin: OnPremises, name: str, cmdlet: str, parameters: Mapping[str, object] = NOTHING
) -> pl.DataFrame:
    return table(name, admin.invoke(cmdlet, ALL | dict(parameters)).rows)


def _recipients(admin: OnPremises) -> Iterator[Row]:
    for noun in ("DistributionGroup", "DynamicDistributionGroup", "MailContact", "MailUser"):
        for row in admin.invoke(f"Get-{noun}", ALL).rows:
            yield row | {"Noun": noun}


def _connectors(admin: OnPremises, is_here: Is) -> list[Row]:
    rows = admin.invoke("Get-ReceiveConnector").rows
    return [row for row in rows if is_here({"ServerName": row.get("Server", "")})]


def _folders(admin: OnPremises) -> list[Row]:
    try:
        return admin.invoke("Get-PublicFolder", ALL | {"Recurse": True}).rows
    except NotFound:  # an organisation may have none
        return []


def of_gone(site: str, wanted: Iterable[str]) -> Question:
    """Which of the mailboxes *wanted* are not here any more."""
    guids = sorted(wanted)

    def ask(admin: OnPremises) -> Part:
        found = find_by_guid(admin, "Get-Mailbox", guids)
        return {GONE: table(GONE, [{"ExchangeGuid": guid} for guid in guids if guid not in found])}

    return Question(f"gone-{site}", site, ask)


def of_name(site: str, shown: str) -> Question:
    r"""Who *shown*, a trustee such as `DOMAIN\account`, is at *site*: an account or a group; nobody where neither."""
    bare = shown.rpartition("\\")[2]

    def ask(admin: OnPremises) -> Part:
        for noun in ("User", "Group"):
            try:
                rows = admin.invoke(f"Get-{noun}", {"Identity": bare}).rows
            except Refused:  # which is what an object is that nobody finds, or may see
                continue
            alike = [row | {"Noun": noun} for row in rows if _is_called(row, bare)]
            if alike:
                return {RECIPIENT: table(RECIPIENT, alike)}
        return {RECIPIENT: table(RECIPIENT, [])}

    return Question(f"name-{site}-{shown}", site, ask)


def _is_called(row: Row, name: str) -> bool:
    keys = ("SamAccountName", "Name", "Identity", "DistinguishedName")
    return any(str(row.get(key)).casefold() == name.casefold() for key in keys)


def of_members(site: str, group: str, noun: str) -> Question:
    """The direct members of the group with the GUID *group*; a row of `UNSEEN` where they cannot be read."""

    def ask(admin: OnPremises) -> Part:
        try:
            rows = list(_members(admin, group, noun))
        except Refused:
            rows = [{"RecipientTypeDetails": UNSEEN}]
        return {MEMBER: table(MEMBER, [row | {"Group": group} for row in rows or [{}]])}

    return Question(f"members-{group}", site, ask)


def _members(admin: OnPremises, group: str, noun: str) -> Iterator[Row]:
    if noun == "DistributionGroup":
        yield from admin.invoke("Get-DistributionGroupMember", ALL | {"Identity": group}).rows
        return
    for row in admin.invoke("Get-Group", {"Identity": group}).rows:
        yield from ({"Identity": name} for name in values(row.get("Members")))


def of_folders(site: str, database: str, boxes: Iterable[str]) -> Question:
    """The roles on `FOLDERS` of *boxes*: a question a mailbox, as its language names them, and one a folder."""
    guids = tuple(boxes)

    def ask(admin: OnPremises) -> Part:
        return {RIGHT: table(RIGHT, [row for guid in guids for row in _roles(admin, guid)])}

    return Question(f"folders-{site}-{database}", site, ask)


def _roles(admin: OnPremises, guid: str) -> Iterator[Row]:
    for folder in admin.invoke("Get-MailboxFolderStatistics", {"Identity": guid}).rows:
        if folder.get("FolderType") not in FOLDERS:
            continue
        name = f"{guid}:{str(folder['FolderPath']).replace('/', chr(92))}"
        for row in admin.invoke("Get-MailboxFolderPermission", {"Identity": name}).rows:
            roles = ", ".join(values(row["AccessRights"]))
            if str(row["User"]) not in NOBODY and roles != "None":
                yield {
                    "Identity": str(row["Identity"]).partition(":")[0],
                    "User": row["User"],
                    "Kind": roles,
                    "Folder": folder["FolderType"],
                    "Deny": False,
                }


def _rights(admin: OnPremises, those: Mapping[str, object]) -> Iterator[Row]:
    """Every explicit entry on *those* mailboxes, refusals too: two pipelines, however many there are."""
    for cmdlet, column, right, kind in (
        ("Get-MailboxPermission", "AccessRights", "FullAccess", "FullAccess"),
        ("Get-ADPermission", "ExtendedRights", "Send-As", "SendAs"),
    ):
        for entry in admin.invoke_each("Get-Mailbox", those, cmdlet).rows:
            own = right in values(entry.get(column)) and not _true(entry["IsInherited"])
            if own and str(entry["User"]).casefold() != SELF.casefold():
                names = {"Identity": entry["Identity"], "User": entry["User"]}
                yield names | {"Kind": kind, "Folder": "", "Deny": _true(entry["Deny"])}


def _true(value: object) -> bool:
    return str(value).casefold() == "true"
