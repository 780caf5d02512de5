"""What kinds of mailbox there are, in the words of Exchange's RecipientTypeDetails."""

from __future__ import annotations

SHARED_TYPES = frozenset({"SharedMailbox", "RoomMailbox", "EquipmentMailbox"})
"""Mailboxes that nobody logs on to as their owner."""

MOVABLE_TYPES = SHARED_TYPES | {"UserMailbox", "LinkedMailbox"}
"""Recipient types that a remote move takes; the rest are system mailboxes."""
