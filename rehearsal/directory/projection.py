"""What the synchronisation makes of a mailbox on premises: the user in the cloud (facts D24, D26)."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from rehearsal.directory.objects import ExchangeAttributes
from rehearsal.directory.options import Options
from rehearsal.estate import Mailbox

USER_MAILBOX, REMOTE_USER_MAILBOX = 1, 2147483648
_TYPES = {
    "SharedMailbox": (4, 34359738368),
    "RoomMailbox": (16, 8589934592),
    "EquipmentMailbox": (32, 17179869184),
}
"""msExchRecipientTypeDetails of a mailbox and of the remote mailbox that it becomes; a user's are above."""
_MIGRATED = 4
"""msExchRemoteRecipientType of a mailbox that was moved."""


class Source(Protocol):
    """The directory of one site, as far as the synchronisation reads it."""

    def mailboxes(self) -> list[Mailbox]:
        """Return the mailboxes still live at the source."""
        ...

    def remote_mailboxes(self) -> list[tuple[Mailbox, datetime]]:
        """Return the mailboxes that moved, each with the time at which it did."""
        ...

    def guid(self, mailbox: Mailbox) -> str:
        """Return the objectGUID of the account that owns *mailbox*."""
        ...

    def distinguished_name(self, mailbox: Mailbox) -> str:
        """Return its name in LDAP's form."""
        ...


def anchor(object_guid: str) -> str:
    """The onPremisesImmutableId: the objectGUID's bytes, in Windows' order, as base64."""
    return base64.b64encode(uuid.UUID(object_guid).bytes_le).decode("ascii")


def exchange_attributes(mailbox: Mailbox, options: Options, *, moved: bool) -> ExchangeAttributes:
    """What is carried for Exchange Online alone."""
    here, remote = _TYPES.get(mailbox.recipient_type, (USER_MAILBOX, REMOTE_USER_MAILBOX))
    moved = moved and options.target_follows
    carried = options.guid_carried
    return ExchangeAttributes(
        mailbox_guid=mailbox.exchange_guid if carried else None,
        archive_guid=mailbox.archive_guid if carried else None,
        legacy_exchange_dn=mailbox.legacy_dn,
        recipient_type_details=remote if moved else here,
        remote_recipient_type=_MIGRATED if moved else None,
        target_address=f"SMTP:{mailbox.routing_address}" if moved else f"SMTP:{mailbox.address}",
    )


def addresses(mailbox: Mailbox, options: Options) -> tuple[str, ...]:
    """The proxyAddresses: primary, the one in the routing domain, and the old name as X500 (fact D24)."""
    x500 = (f"X500:{mailbox.legacy_dn}",) if options.x500_kept else ()
    return (f"SMTP:{mailbox.address}", f"smtp:{mailbox.routing_address}", *x500)


def projected(
    source: Source, mailbox: Mailbox, companies: Mapping[str, str], options: Options, *, moved: bool
) -> dict[str, Any]:
    """The values of the user that *mailbox* becomes, by field."""
    person = mailbox.recipient_type == "UserMailbox"
    given, _, family = mailbox.display_name.partition(" ")
    name = source.distinguished_name(mailbox)
    domain = ".".join(part[3:] for part in name.split(",") if part.startswith("DC="))
    return {
        "display_name": mailbox.display_name,
        "user_principal_name": mailbox.address,
        "on_premises_user_principal_name": mailbox.address,
        "on_premises_distinguished_name": name,
        "on_premises_domain_name": domain,
        "on_premises_sam_account_name": mailbox.alias[-20:].lstrip("."),
        "mail_nickname": mailbox.alias,
        "mail": mailbox.address,
        "proxy_addresses": addresses(mailbox, options),
        "account_enabled": person,
        "given_name": given if person else None,
        "surname": family if person else None,
        "company_name": companies.get(mailbox.organisation),
        "department": mailbox.organisation,
        "extension_attribute1": mailbox.organisation,
        "exchange": exchange_attributes(mailbox, options, moved=moved),
    }
