"""The folders of a mailbox: what is in them, and who may do what there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rehearsal import draws
from rehearsal.estate import Mailbox, Right
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.offer import Offer, offered
from rehearsal.site.replication import Replicated
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.site.values import NotAValue, parse_flags, size_text
from rehearsal.wire import CmdletResult


@dataclass(frozen=True)
class Folder:
    """One folder that every mailbox has, its *kind* for Exchange, and its *part* of the mailbox's items."""

    path: str
    kind: str
    part: float

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition("/")[2]


FOLDERS = (
    Folder("/Top of Information Store", "Root", 0.0),
    Folder("/Inbox", "Inbox", 0.45),
    Folder("/Inbox/Projects", "User Created", 0.09),
    Folder("/Sent Items", "SentItems", 0.22),
    Folder("/Deleted Items", "DeletedItems", 0.08),
    Folder("/Drafts", "Drafts", 0.01),
    Folder("/Calendar", "Calendar", 0.06),
    Folder("/Contacts", "Contacts", 0.02),
    Folder("/Junk Email", "JunkEmail", 0.02),
    Folder("/Recoverable Items", "RecoverableItemsRoot", 0.0),
    Folder("/Deletions", "RecoverableItemsDeletions", 0.05),
)
_ANYBODY = ("Default", "Anonymous")
_ROLES = (
    *(
        "None",
        "Owner",
        "PublishingEditor",
        "Editor",
        "PublishingAuthor",
        "Author",
        "NonEditingAuthor",
        "Reviewer",
    ),
    *(
        "Contributor",
        "AvailabilityOnly",
        "LimitedDetails",
        "CreateItems",
        "CreateSubfolders",
        "DeleteAllItems",
    ),
    *("DeleteOwnedItems", "EditAllItems", "EditOwnedItems", "FolderContact", "FolderOwner", "FolderVisible"),
    *("ReadItems",),
)


class Folders:
    """The folders of the mailboxes of one site; *one* finds the mailbox that a call means."""

    def __init__(
        self, directory: Directory, around: Surroundings, one: Callable[[Bound, str], Mailbox]
    ) -> None:
        self._directory = directory
        self._around = around
        self._one = one
        self._changed: Replicated[dict[str, str]] = Replicated(around.clock, around.controllers)
        self.cmdlets: Offer = {
            "Get-MailboxFolderPermission": offered("Identity User", self._get),
            "Add-MailboxFolderPermission": offered("AccessRights Identity User", self._add),
            "Set-MailboxFolderPermission": offered("AccessRights Identity User", self._set),
            "Remove-MailboxFolderPermission": offered("Identity User", self._remove),
            "Get-MailboxFolderStatistics": offered("FolderScope Identity", self._statistics),
        }

    def rights(self, mailbox: Mailbox) -> Iterator[Right]:
        """Return the roles in the folders of *mailbox*, without those of everybody."""
        controller = self._around.controllers.of(mailbox.server)
        for folder in FOLDERS:
            for trustee, role in self._roles(mailbox, folder, controller).items():
                if trustee not in _ANYBODY:
                    yield Right(role, trustee, folder.name)

    def _meant(self, bound: Bound) -> tuple[Mailbox, Folder]:
        r"""The mailbox and folder of `mailbox:\folder`; no folder means the root."""
        who, _, path = str(bound.get("Identity")).partition(":")
        mailbox = self._one(bound, who)
        wanted = "/" + path.replace("\\", "/").strip("/")
        if wanted == "/":
            return mailbox, FOLDERS[0]
        for folder in FOLDERS:
            if folder.path.casefold() == wanted.casefold():
                return mailbox, folder
        raise failures.folder_not_found(str(bound.get("Identity")))

    def _rights(self, bound: Bound) -> tuple[Mailbox, Folder, dict[str, str]]:
        """The roles on a folder by trustee: `Default`, `Anonymous`, and those whom the mailbox's rights name."""
        mailbox, folder = self._meant(bound)
        return mailbox, folder, self._roles(mailbox, folder, self._around.controller(bound))

    def _roles(self, mailbox: Mailbox, folder: Folder, controller: str) -> dict[str, str]:
        changed = self._changed.read(f"{mailbox.exchange_guid} {folder.path}", controller)
        if changed is not None:
            return dict(changed)
        everybody = "AvailabilityOnly" if folder.kind == "Calendar" else "None"
        own = {
            right.trustee: right.kind
            for right in mailbox.rights
            if right.folder and right.folder.casefold() == folder.name.casefold()
        }
        return {"Default": everybody, "Anonymous": "None"} | own

    def _get(self, bound: Bound) -> CmdletResult:
        mailbox, folder, rights = self._rights(bound)
        if bound.get("User") is not None:
            wanted = self._trustee(bound)
            rights = {who: role for who, role in rights.items() if who == wanted}
            if not rights:
                raise failures.no_folder_right(bound.get("User"))
        return CmdletResult(rows=[self._row(mailbox, folder, *each) for each in rights.items()])

    def _row(self, mailbox: Mailbox, folder: Folder, trustee: str, role: str) -> Row:
        if trustee in _ANYBODY:
            user = trustee
        elif self._directory.is_person(trustee):
            user = self._directory.person(trustee).display_name
        else:
            user = trustee
        return {
            "Identity": f"{self._directory.identity(mailbox)}:{folder.path.replace('/', chr(92))}",
            "FolderName": folder.name,
            "User": user,
            "AccessRights": role.split(", "),
            "SharingPermissionFlags": None,
            "IsValid": True,
        }

    def _trustee(self, bound: Bound) -> str:
        asked = str(bound.get("User"))
        for name in _ANYBODY:
            if asked.casefold() == name.casefold():
                return name
        found = self._directory.trustee(asked)
        if found is None:
            raise failures.not_found(asked, self._around.controller(bound))
        return found

    def _write(self, bound: Bound, mailbox: Mailbox, folder: Folder, rights: dict[str, str]) -> None:
        if bound.changes:
            key = f"{mailbox.exchange_guid} {folder.path}"
            self._changed.write(key, rights, self._around.controller(bound))

    def _add(self, bound: Bound) -> CmdletResult:
        mailbox, folder, rights = self._rights(bound)
        trustee = self._trustee(bound)
        if trustee in rights:
            raise failures.folder_right_exists(str(bound.get("User")))
        self._write(bound, mailbox, folder, rights | {trustee: _role(bound)})
        return CmdletResult(rows=[self._row(mailbox, folder, trustee, _role(bound))])

    def _set(self, bound: Bound) -> CmdletResult:
        mailbox, folder, rights = self._rights(bound)
        trustee = self._trustee(bound)
        if trustee not in rights:
            raise failures.no_folder_right(bound.get("User"))
        self._write(bound, mailbox, folder, rights | {trustee: _role(bound)})
        return CmdletResult()

    def _remove(self, bound: Bound) -> CmdletResult:
        mailbox, folder, rights = self._rights(bound)
        trustee = self._trustee(bound)
        if trustee not in rights:
            raise failures.no_folder_right(bound.get("User"))
        quiet = bound.get("Confirm") is False or bound.get("WhatIf")
        if self._around.options.writes_ask and not quiet:
            raise failures.no_confirmation(f'Removing folder permissions of "{bound.get("User")}".')
        self._write(bound, mailbox, folder, {who: role for who, role in rights.items() if who != trustee})
        return CmdletResult()

    def _statistics(self, bound: Bound) -> CmdletResult:
        mailbox = self._one(bound, str(bound.get("Identity")))
        scope = (bound.get("FolderScope") or "All").casefold()
        chosen = [each for each in FOLDERS if scope == "all" or each.kind.casefold() == scope]
        return CmdletResult(rows=[self._statistics_row(mailbox, folder) for folder in chosen])

    def _statistics_row(self, mailbox: Mailbox, folder: Folder) -> Row:
        items = int(mailbox.items * folder.part)
        return {
            "Name": folder.name,
            "FolderPath": folder.path,
            "FolderId": draws.guid(self._around.seed, mailbox.exchange_guid, folder.path),
            "FolderType": folder.kind,
            "ItemsInFolder": items,
            "ItemsInFolderAndSubfolders": items,
            "FolderSize": size_text(int(mailbox.size_bytes * folder.part)),
            "FolderAndSubfolderSize": size_text(int(mailbox.size_bytes * folder.part)),
            "DeletedItemsInFolder": 0,
            "Identity": f"{self._directory.identity(mailbox)}{folder.path.replace('/', chr(92))}",
            "IsValid": True,
        }


def _role(bound: Bound) -> str:
    """The roles or rights that a call gives; raise a `failures.CmdletFailure`."""
    given = ", ".join(bound.get("AccessRights"))
    try:
        return parse_flags(given, _ROLES, "Microsoft.Exchange.Management.StoreTasks.MailboxFolderAccessRight")
    except NotAValue as problem:
        raise failures.bad_value("AccessRights", problem.text, problem.kind) from None
