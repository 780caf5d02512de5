"""Take an estate into the ledger, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailwave.core.estate import Mailbox, Organisation, Permission
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.ods import read_exports
from mailwave.core.permissions import read_permissions
from mailwave.core.reason import Reason
from mailwave.ports import Ledger


@dataclass(frozen=True)
class EstateFiles:
    """What is imported, each file name to content: ODS exports, and an inventory with its rights."""

    ods: Mapping[str, bytes]
    mailboxes: Mapping[str, bytes] = field(default_factory=dict)
    statistics: Mapping[str, bytes] = field(default_factory=dict)
    permissions: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadEstate:
    """An estate that was read and found good, and is not imported yet."""

    organisations: list[Organisation]
    mailboxes: list[Mailbox]
    permissions: list[Permission]

    def by_kind(self) -> dict[str, int]:
        """How many organisations there are of each kind."""
        kinds = [organisation.kind for organisation in self.organisations]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


@dataclass(frozen=True)
class ImportEstate:
    """Import into *ledger*; *site_of_server* puts every server of the inventory into a site."""

    ledger: Ledger
    site_of_server: Mapping[str, str]
    reason: Reason

    def is_done(self) -> bool:
        """Whether the scope is frozen: whoever moved since is no longer found where discovery looks."""
        return self.ledger.scope() is not None

    def prepare(self, files: EstateFiles) -> ReadEstate:
        """Read everything.

        Raises:
            BadRows: any row of any file is bad; nothing is imported then.
        """
        organisations = read_exports(files.ods)
        scope = InventoryScope({organisation.code for organisation in organisations}, self.site_of_server)
        mailboxes = read_inventory(files.mailboxes, files.statistics, scope)
        permissions = read_permissions(files.permissions, {mailbox.guid for mailbox in mailboxes})
        return ReadEstate(organisations, mailboxes, permissions)

    def run(self, estate: ReadEstate) -> None:
        """Write *estate*; the same again changes nothing, another one is refused (`DifferentScope`)."""
        self.ledger.import_estate(estate.organisations, estate.mailboxes, estate.permissions, self.reason)
