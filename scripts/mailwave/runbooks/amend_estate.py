"""Change a frozen scope under a Reason, whole or not at all: who joins, who leaves, who goes elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailwave.core.amendment_files import read_leavers, read_transfers
from mailwave.core.amendments import Amendment, AmendmentRefused
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.permissions import read_permissions
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.ports import Ledger


@dataclass(frozen=True)
class AmendmentFiles:
    """What an amendment is read from, each file name to content.

    *joiners* with their *statistics* and *permissions* are tables as `estate import` takes them.
    """

    joiners: Mapping[str, bytes] = field(default_factory=dict)
    statistics: Mapping[str, bytes] = field(default_factory=dict)
    permissions: Mapping[str, bytes] = field(default_factory=dict)
    leavers: Mapping[str, bytes] = field(default_factory=dict)
    transfers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class AmendEstate:
    """Amend what *ledger* holds; *site_of_server* puts the servers of joiners into sites."""

    ledger: Ledger
    site_of_server: Mapping[str, str]
    reason: Reason

    def prepare(self, files: AmendmentFiles) -> Amendment:
        """Read everything, and see that it fits the estate.

        Raises:
            NoScope: nothing was imported that could be amended.
            BadRows: any row of any file is bad.
            AmendmentRefused: it does not fit, or there is nothing in it.
        """
        if self.ledger.scope() is None:
            raise NoScope
        codes = {organisation.code for organisation in self.ledger.organisations()}
        joiners = read_inventory(files.joiners, files.statistics, InventoryScope(codes, self.site_of_server))
        known = {record.mailbox.guid for record in self.ledger.mailboxes()} if files.permissions else set()
        permissions = read_permissions(files.permissions, known | {mailbox.guid for mailbox in joiners})
        amendment = Amendment(
            tuple(joiners),
            tuple(permissions),
            tuple(read_leavers(files.leavers)),
            tuple(read_transfers(files.transfers, codes)),
        )
        if amendment.is_empty:
            raise AmendmentRefused(problem="there is nothing in it", names=["name a file with an option"])
        self.ledger.check_amendment(amendment)
        return amendment

    def run(self, amendment: Amendment) -> None:
        """Write *amendment*; the last one once more changes nothing."""
        self.ledger.amend_estate(amendment, self.reason)
