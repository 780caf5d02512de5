"""Set-Mailbox and Enable-Mailbox: what of a mailbox in the cloud can be changed there, and what only on premises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rehearsal import draws
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, handler
from rehearsal.exchange_online.errors import NotFound, Refusal
from rehearsal.exchange_online.mailbox_values import BORN, QUOTAS
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.exchange_online.values import Row, size
from rehearsal.multi_valued import edited

SYNCHRONISED = ("EmailAddresses", "HiddenFromAddressListsEnabled")
"""What the directory synchronisation owns (fact D26)."""
_BEHALF = "GrantSendOnBehalfTo"
_TYPES: Mapping[str, str] = {
    "Regular": "UserMailbox",
    "Shared": "SharedMailbox",
    "Room": "RoomMailbox",
    "Equipment": "EquipmentMailbox",
}


class OutOfReach(Refusal):
    """A synchronised attribute of *name* is changed on premises only."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "System.InvalidOperationException",
            f"The operation on mailbox \"{name}\" failed because it's out of the current user's write scope. The "
            "action can't be performed on the object because the object is being synchronized from your on-premises "
            "organization. This action should be performed on the object in your on-premises organization.",
        )


class HasArchive(Refusal):
    """The mailbox of *name* has its archive already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "Microsoft.Exchange.Configuration.Tasks.RecipientTaskException",
            f"This task does not support recipients of this type. The specified recipient {name} is of type "
            "UserMailbox and already has an archive.",
        )


class MailboxSettings:
    """The cmdlets that change the settings of the mailboxes of a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        settable = " ".join([*BORN, *SYNCHRONISED, _BEHALF, "Type"])
        return {
            "Set-Mailbox": handler(self._set, f"Identity {settable}"),
            "Enable-Mailbox": handler(self._enable, "Identity Archive"),
        }

    def _set(self, bound: Bound) -> Output:
        recipient = self._mailbox(bound.identity())
        if self._tenant.options.synchronised_on_premises_only and any(name in bound for name in SYNCHRONISED):
            raise OutOfReach(recipient.mailbox.alias)
        changes: Row = {name: bound[name] for name in BORN if name in bound}
        for name in changes.keys() & QUOTAS.keys():
            given = changes[name]
            changes[name] = size(given) if isinstance(given, int) else given
        self._check_policy(changes.get("RetentionPolicy"))
        if changes.get("ForwardingAddress") is not None:
            forwarded = self._tenant.recipient(str(changes["ForwardingAddress"]), status=400)
            changes["ForwardingAddress"] = forwarded.mailbox.alias
        if _BEHALF in bound:
            self._give_on_behalf(recipient, bound)
        if (kind := bound.text("Type")) is not None:
            recipient.mailbox = replace(recipient.mailbox, recipient_type=_TYPES[kind])
        self._tenant.values.change(recipient.guid, changes)
        return NOTHING

    def _check_policy(self, name: object) -> None:
        if name is not None and str(name).casefold() not in {
            each.casefold() for each in self._tenant.values.policies
        }:
            raise NotFound(name)

    def _give_on_behalf(self, recipient: Recipient, bound: Bound) -> None:
        """Change who sends on behalf; each is somebody whom the tenant knows."""
        held, value = self._tenant.access.of(recipient.guid), bound[_BEHALF]
        now = (held.on_behalf or []) if isinstance(value, dict) else []
        given: Mapping[str, list[str]] = value if isinstance(value, dict) else {"Add": _texts(value)}
        held.on_behalf = edited(
            now, {verb: [self._alias(each) for each in names] for verb, names in given.items()}
        )

    def _alias(self, name: str) -> str:
        tenant = self._tenant
        return tenant.trustees.group(name) or tenant.recipient(name, status=400).mailbox.alias

    def _enable(self, bound: Bound) -> Output:
        recipient = self._mailbox(bound.identity())
        values = self._tenant.values
        if not bound.flag("Archive") or values.of(recipient.guid).get("ArchiveStatus") == "Active":
            raise HasArchive(recipient.mailbox.alias)
        if recipient.mailbox.archive_guid is None:
            if self._tenant.options.synchronised_on_premises_only:
                raise OutOfReach(
                    recipient.mailbox.alias
                )  # the archive's GUID is synchronised, too (fact D26)
            guid = draws.guid(self._tenant.seed, recipient.guid, "archive")
            recipient.mailbox = replace(recipient.mailbox, archive_guid=guid)
        values.change(recipient.guid, {"ArchiveStatus": "Active"})
        return NOTHING

    def _mailbox(self, identity: str) -> Recipient:
        found = self._tenant.recipient(identity, status=400)
        if self._tenant.standing(found).since is None:
            raise NotFound(identity)
        return found


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
