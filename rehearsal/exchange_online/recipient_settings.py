"""Get- and Set- of what the tenant keeps for each person beside the directory: access by protocol, and audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, Run, handler, limited
from rehearsal.exchange_online.errors import NotFound
from rehearsal.exchange_online.objects.catalogue import ConfigurationObjects
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.exchange_online.values import Guid, Row


@dataclass(frozen=True)
class Settings:
    """One noun: its *properties* with what nobody has changed, and whether only *mailboxes* of the cloud have it."""

    properties: Mapping[str, object]
    mailboxes: bool


SETTINGS: Mapping[str, Settings] = {
    "CASMailbox": Settings(
        {
            "ActiveSyncEnabled": True,
            "EwsEnabled": None,
            "ImapEnabled": True,
            "MAPIEnabled": True,
            "OWAEnabled": True,
            "OwaMailboxPolicy": "OwaMailboxPolicy-Default",
            "OutlookMobileEnabled": True,
            "PopEnabled": True,
            "SmtpClientAuthenticationDisabled": None,
        },
        mailboxes=True,
    ),
    "MailboxAuditBypassAssociation": Settings({"AuditBypassEnabled": False}, mailboxes=False),
}
_POLICIES = "OwaMailboxPolicy"


class RecipientSettings:
    """The cmdlets of `SETTINGS`."""

    def __init__(self, tenant: Tenant, objects: ConfigurationObjects) -> None:
        self._tenant = tenant
        self._objects = objects
        self._changed: dict[tuple[str, str], Row] = {}
        """By noun and the recipient's GUID."""

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        handlers = {}
        for noun, settings in SETTINGS.items():
            known = " ".join(settings.properties)
            handlers[f"Get-{noun}"] = handler(self._reader(noun), "Identity ResultSize")
            handlers[f"Set-{noun}"] = handler(self._writer(noun), f"Identity {known}")
        return handlers

    def _reader(self, noun: str) -> Run:
        def read(bound: Bound) -> Output:
            identity = bound.text("Identity")
            if identity is not None:
                return Output([self._row(noun, self._meant(noun, identity, status=404))])
            rows = [self._row(noun, each) for each in self._tenant.recipients if self._has(noun, each)]
            return limited(rows, bound, honoured=self._tenant.options.honours_result_size)

        return read

    def _writer(self, noun: str) -> Run:
        def write(bound: Bound) -> Output:
            recipient = self._meant(noun, bound.identity(), status=400)
            changes = {name: bound[name] for name in SETTINGS[noun].properties if name in bound}
            if changes.get(_POLICIES) is not None:
                changes[_POLICIES] = self._objects.kind(_POLICIES).find(changes[_POLICIES])["Name"]
            kept = self._changed.setdefault((noun, recipient.guid), {})
            kept.update(changes, WhenChanged=self._tenant.now)
            return NOTHING

        return write

    def _meant(self, noun: str, identity: str, *, status: int) -> Recipient:
        recipient = self._tenant.recipient(identity, status=status)
        if not self._has(noun, recipient):
            raise NotFound(identity, status=status)
        return recipient

    def _has(self, noun: str, recipient: Recipient) -> bool:
        return not SETTINGS[noun].mailboxes or self._tenant.standing(recipient).since is not None

    def _row(self, noun: str, recipient: Recipient) -> Row:
        mailbox = recipient.mailbox
        return {
            "Identity": mailbox.alias,
            "Name": mailbox.alias,
            "DisplayName": mailbox.display_name,
            "PrimarySmtpAddress": mailbox.address,
            "Guid": Guid(recipient.guid),
            "WhenChanged": self._tenant.set_up,
            **SETTINGS[noun].properties,
            **self._changed.get((noun, recipient.guid), {}),
        }
