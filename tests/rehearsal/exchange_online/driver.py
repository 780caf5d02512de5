"""A tenant under test."""

from __future__ import annotations

from rehearsal.exchange_online.lab import (
    CLIENT,
    HOST,
    SECRET,
    Lab,
    Source,
    batch,
    batch_back,
    csv_of,
    move_of,
    moved,
    synced,
)

Driver = Lab

__all__ = [
    "CLIENT",
    "HOST",
    "SECRET",
    "Driver",
    "Source",
    "batch",
    "batch_back",
    "csv_of",
    "move_of",
    "moved",
    "synced",
]
