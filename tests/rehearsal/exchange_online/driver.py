"""A tenant under test."""

from __future__ import annotations

from rehearsal.exchange_online.lab import CLIENT, HOST, SECRET, Lab, Source, batch, csv_of, move_of, synced

Driver = Lab

__all__ = ["CLIENT", "HOST", "SECRET", "Driver", "Source", "batch", "csv_of", "move_of", "synced"]
