r"""The cmdlets of rights in the cloud: in the store, in the directory (Send-As), and in folders.

Rights in the store and in folders are a mailbox's, so whoever is still a mail user here has none; Send-As is every
recipient's, which is how it is given on both sides (peers 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from rehearsal.exchange_online.access import AccessList, Grant, Idle, is_sid
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler, limited
from rehearsal.exchange_online.errors import BadArgument, NotFound, Refusal
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.exchange_online.values import Row

SELF = "NT AUTHORITY\\SELF"
_STORE = "Microsoft.Exchange.Management.StoreTasks."
_PRESENT = "The appropriate access control entry is already present on the object for account '{}'."
_ABSENT = (
    "Can't remove the access control entry on the object for account '{}' because the ACE doesn't exist on the "
    "object."
)
_UNUSUAL = "IncludeUnresolvedPermissions IncludeSoftDeletedUserPermissions"
_FOREST = "EURPRD04A001"
"""How the domain of Exchange Online's forest is called in which this tenant's accounts are."""
_ANYBODY = {"default": "Default", "anonymous": "Anonymous"}
FOLDERS = (
    "",
    "Calendar",
    "Contacts",
    "Deleted Items",
    "Drafts",
    "Inbox",
    "Junk Email",
    "Notes",
    "Sent Items",
    "Tasks",
)
"""The folders that every mailbox has; the first is its root."""


class FolderEntryRefused(Refusal):
    """A folder's list has an entry of this trustee already, or has none; *user* as it was given."""

    def __init__(self, user: str, *, there: bool) -> None:
        self.user = user
        kind = "UserAlreadyExists" if there else "UserNotFound"
        found = (
            "An existing permission entry was found"
            if there
            else "There is no existing permission entry found"
        )
        super().__init__(f"{_STORE}{kind}InPermissionEntryException", f"{found} for user: {user}.")


class Permissions:
    """The cmdlets that read and change the access lists of recipients."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        store, trustee = "Identity User AccessRights InheritanceType", "Identity Trustee AccessRights"
        folder = "Identity User AccessRights"
        return {
            "Get-MailboxPermission": handler(self._get_store, f"Identity User ResultSize {_UNUSUAL}"),
            "Add-MailboxPermission": handler(self._add_store, f"{store} AutoMapping"),
            "Remove-MailboxPermission": handler(self._remove_store, store),
            "Get-RecipientPermission": handler(self._get_send_as, f"{trustee} ResultSize"),
            "Add-RecipientPermission": handler(self._add_send_as, trustee),
            "Remove-RecipientPermission": handler(self._remove_send_as, trustee),
            "Get-MailboxFolderPermission": handler(self._get_folder, "Identity User ResultSize"),
            "Add-MailboxFolderPermission": handler(partial(self._put_folder, new=True), folder),
            "Set-MailboxFolderPermission": handler(partial(self._put_folder, new=False), folder),
            "Remove-MailboxFolderPermission": handler(self._remove_folder, "Identity User"),
        }

    # --- the store

    def _get_store(self, bound: Bound) -> Output:
        mailbox = self._mailbox(bound.identity(), status=404)
        wanted = self._asked(bound.text("User"))
        own = [] if wanted else [_store_row(mailbox, SELF, ("FullAccess", "ReadPermission"))]
        listed = self._list(mailbox)
        rows = [
            _store_row(mailbox, self._shown(name), each.rights, sid=self._tenant.trustees.sid(name))
            for name, each in listed.store.items()
            if wanted in (None, name) and self._is_listed(name, bound)
        ]
        idle = [] if wanted else [each for each in listed.idle if each.resolves or self._unresolved(bound)]
        rows += [_idle_row(mailbox, each) for each in idle]
        return self._limited([*own, *rows], bound)

    def _unresolved(self, bound: Bound) -> bool:
        asked = bound.flag("IncludeUnresolvedPermissions")
        return asked or not self._tenant.options.unresolved_on_request

    def _is_listed(self, trustee: str, bound: Bound) -> bool:
        """Tell whether a right in the store is shown: of deleted accounts only where somebody asks for them."""
        trustees, now = self._tenant.trustees, self._tenant.now
        if trustees.in_the_bin(trustee, now):
            asked = bound.flag("IncludeSoftDeletedUserPermissions")
            return asked or not self._tenant.options.binned_on_request
        return not trustees.is_gone(trustee, now) or self._unresolved(bound)

    def _add_store(self, bound: Bound) -> Output:
        mailbox, trustee = self._mailbox(bound.identity()), self._trustee(bound.text("User"))
        held, rights = self._list(mailbox).store, tuple(_texts(bound["AccessRights"]))
        before = held.get(trustee, Grant(()))
        row = _store_row(mailbox, self._shown(trustee), rights)
        if set(rights) <= set(before.rights):
            return Output([row], (_PRESENT.format(self._shown(trustee)),))
        person = self._tenant.trustees.person(trustee) is not None
        maps = before.maps or ("FullAccess" in rights and bound.get("AutoMapping") is not False and person)
        held[trustee] = Grant(tuple(dict.fromkeys([*before.rights, *rights])), maps)
        return Output([row])

    def _remove_store(self, bound: Bound) -> Output:
        mailbox, user = self._mailbox(bound.identity()), bound.text("User") or ""
        held, gone = self._list(mailbox).store, set(_texts(bound["AccessRights"]))
        trustee = self._formerly(user) if is_sid(user) else self._trustee(user)
        if trustee is None:
            return self._remove_idle(user, self._list(mailbox).idle, gone)
        before = held.get(trustee, Grant(()))
        if not gone & set(before.rights):
            return Output([], (_ABSENT.format(self._shown(trustee)),))
        left = tuple(each for each in before.rights if each not in gone)
        held.pop(trustee)
        if left:
            held[trustee] = Grant(left, before.maps and "FullAccess" in left)
        return NOTHING

    # --- the directory

    def _get_send_as(self, bound: Bound) -> Output:
        identity, wanted = bound.text("Identity"), self._asked(bound.text("Trustee"))
        found = self._tenant.recipients if identity is None else [self._tenant.recipient(identity)]
        rows = [row for each in found for row in self._send_as_rows(each, wanted)]
        return self._limited(rows, bound)

    def _send_as_rows(self, recipient: Recipient, wanted: str | None) -> Iterator[Row]:
        if wanted is None:
            yield _send_as_row(recipient, SELF)
        for name in self._list(recipient).send_as:
            if wanted in (None, name):
                yield _send_as_row(recipient, self._sender(name))
        for each in self._list(recipient).senders:
            if wanted is None:
                yield _send_as_row(recipient, each.user, deny=each.deny, inherited=each.inherited)

    def _sender(self, name: str) -> str:
        """How Get-RecipientPermission shows a trustee; it has no switch for those who are deleted."""
        by_account = self._tenant.options.binned_sender_by_account
        if by_account and self._tenant.trustees.in_the_bin(name, self._tenant.now):
            return f"{_FOREST}\\{name}"
        return self._shown(name)

    def _add_send_as(self, bound: Bound) -> Output:
        recipient, trustee = self._recipient(bound), self._trustee(bound.text("Trustee"))
        _only_send_as(bound)
        held, shown = self._list(recipient).send_as, self._shown(trustee)
        warnings = (_PRESENT.format(shown),) if trustee in held else ()
        held[trustee] = None
        return Output([_send_as_row(recipient, shown)], warnings)

    def _remove_send_as(self, bound: Bound) -> Output:
        recipient, user = self._recipient(bound), bound.text("Trustee") or ""
        _only_send_as(bound)
        held = self._list(recipient).send_as
        trustee = self._formerly(user) if is_sid(user) else self._trustee(user)
        if trustee is None:
            return self._remove_idle(user, self._list(recipient).senders, {"SendAs"})
        if trustee not in held:
            return Output([], (_ABSENT.format(self._shown(trustee)),))
        del held[trustee]
        return NOTHING

    # --- folders

    def _get_folder(self, bound: Bound) -> Output:
        mailbox, folder, roles = self._folder(bound.identity(), status=404)
        user = bound.text("User")
        if user is not None:
            wanted = self._folder_trustee(user)
            if wanted not in roles:
                raise FolderEntryRefused(user, there=False)
            roles = {wanted: roles[wanted]}
        return self._limited([self._folder_row(mailbox, folder, *each) for each in roles.items()], bound)

    def _put_folder(self, bound: Bound, *, new: bool) -> Output:
        mailbox, folder, roles = self._folder(bound.identity())
        user = bound.text("User") or ""
        trustee, role = self._folder_trustee(user), ", ".join(_texts(bound["AccessRights"]))
        if (trustee in roles) is new:
            raise FolderEntryRefused(user, there=new)
        self._list(mailbox).folders.setdefault(folder.lower(), {})[trustee] = role
        return Output([self._folder_row(mailbox, folder, trustee, role)]) if new else NOTHING

    def _remove_folder(self, bound: Bound) -> Output:
        mailbox, folder, roles = self._folder(bound.identity())
        user = bound.text("User") or ""
        trustee = self._folder_trustee(user)
        if trustee not in roles or trustee in _ANYBODY.values():
            raise FolderEntryRefused(user, there=False)
        del self._list(mailbox).folders[folder.lower()][trustee]
        return NOTHING

    def _folder(self, identity: str, *, status: int = 400) -> tuple[Recipient, str, dict[str, str]]:
        r"""Return the mailbox and folder of `mailbox:\folder`, and the roles there by trustee."""
        who, _, path = identity.partition(":")
        mailbox = self._mailbox(who, status=status)
        wanted = path.strip("\\").lower()
        folder = next((each for each in FOLDERS if each.lower() == wanted), None)
        if folder is None:
            raise NotFound(identity, status=status)
        everybody = "AvailabilityOnly" if folder == "Calendar" else "None"
        own = self._list(mailbox).folders.get(folder.lower(), {})
        return mailbox, folder, {"Default": everybody, "Anonymous": "None"} | own

    def _folder_trustee(self, user: str) -> str:
        return _ANYBODY.get(user.lower()) or self._trustee(user)

    def _folder_row(self, mailbox: Recipient, folder: str, trustee: str, role: str) -> Row:
        return {
            "Identity": f"{mailbox.mailbox.alias}:\\{folder}",
            "FolderName": folder or "Top of Information Store",
            "User": self._tenant.trustees.display_name(trustee),
            "AccessRights": role.split(", "),
            "SharingPermissionFlags": None,
            "IsValid": True,
        }

    # --- common

    def _formerly(self, sid: str) -> str | None:
        """Return the alias of whose account had this identifier until it was deleted, None for a stranger's."""
        known = self._tenant.trustees.gone(sid.upper(), self._tenant.now)
        return known if self._tenant.options.sid_is_taken_off else None

    def _remove_idle(self, sid: str, held: list[Idle], rights: set[str]) -> Output:
        """Take the rights of nobody off a list, neither refused nor inherited ones; warn where there are none."""
        found = [each for each in held if each.user.upper() == sid.upper() and rights & set(each.rights)]
        own = [each for each in found if not (each.deny or each.inherited)]
        if not own or not self._tenant.options.sid_is_taken_off:
            return Output([], (_ABSENT.format(sid),))
        for each in own:
            held.remove(each)
            if left := tuple(right for right in each.rights if right not in rights):
                held.append(Idle(each.user, left))
        return NOTHING

    def _list(self, recipient: Recipient) -> AccessList:
        return self._tenant.access.of(recipient.guid)

    def _recipient(self, bound: Bound) -> Recipient:
        return self._tenant.recipient(bound.identity(), status=400)

    def _mailbox(self, identity: str, *, status: int = 400) -> Recipient:
        """Return who has a mailbox in the cloud; a mail user has none, wherever theirs is."""
        found = self._tenant.recipient(identity, status=status)
        if self._tenant.standing(found).since is None:
            raise NotFound(identity, status=status)
        return found

    def _asked(self, identity: str | None) -> str | None:
        return None if identity is None else self._trustee(identity)

    def _trustee(self, identity: str | None) -> str:
        """Return the alias of a person or of a security group that receives mail."""
        name = identity or ""
        return self._tenant.trustees.group(name) or self._tenant.recipient(name, status=400).mailbox.alias

    def _shown(self, trustee: str) -> str:
        trustees = self._tenant.trustees
        return (
            trustees.sid(trustee) if trustees.is_gone(trustee, self._tenant.now) else trustees.shown(trustee)
        )

    def _limited(self, rows: list[Row], bound: Bound) -> Output:
        return limited(rows, bound, honoured=self._tenant.options.honours_result_size)


def _texts(value: object) -> Iterable[str]:
    return [str(each) for each in value] if isinstance(value, list) else str(value).split(", ")


def _only_send_as(bound: Bound) -> None:
    if [each.lower() for each in _texts(bound["AccessRights"])] != ["sendas"]:
        raise BadArgument("The only valid value for the AccessRights parameter is SendAs.")


def _store_row(recipient: Recipient, user: str, rights: Iterable[str], *, sid: str = "") -> Row:
    return {
        "Identity": recipient.mailbox.alias,
        "User": user,
        "UserSid": sid or ("S-1-5-10" if user == SELF else ""),
        "AccessRights": list(rights),
        "IsInherited": False,
        "Deny": False,
        "InheritanceType": "All",
        "IsValid": True,
    }


def _idle_row(recipient: Recipient, entry: Idle) -> Row:
    row = _store_row(recipient, entry.user, entry.rights, sid="" if entry.resolves else entry.user)
    return row | {"Deny": entry.deny, "IsInherited": entry.inherited}


def _send_as_row(recipient: Recipient, trustee: str, *, deny: bool = False, inherited: bool = False) -> Row:
    return {
        "Identity": recipient.mailbox.alias,
        "Trustee": trustee,
        "AccessControlType": "Deny" if deny else "Allow",
        "AccessRights": ["SendAs"],
        "IsInherited": inherited,
        "InheritanceType": "None",
    }
