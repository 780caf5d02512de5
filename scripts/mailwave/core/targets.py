"""A mailbox as Exchange Online shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TargetMailbox:
    """One live mailbox at the target.

    *organisation* is the ODS code in CustomAttribute1, *directory_id* the id of its user in Entra.
    """

    exchange_guid: str
    address: str
    recipient_type: str
    organisation: str
    directory_id: str = ""
