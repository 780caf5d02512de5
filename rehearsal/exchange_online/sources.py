"""What each source server lets through at once: connections of its MRSProxy, and its workload management."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.exchange_online.slots import SlotPool
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.trouble import stall_name

CONNECTIONS = 100
"""MRSProxy connections of one server (fact B44)."""


@dataclass(frozen=True)
class Gate:
    """One limit on the way to a source; *waiting* is the status detail of a move that is held up there."""

    pool: SlotPool
    waiting: str


class Sources:
    """The source servers as the mover meets them."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._gates: dict[str, tuple[Gate, ...]] = {}

    def gates(self, server: str) -> tuple[Gate, ...]:
        """Return the limits of *server*, in the order in which a move meets them."""
        if server not in self._gates:
            self._gates[server] = self._make()
        return self._gates[server]

    def _make(self) -> tuple[Gate, ...]:
        options = self._tenant.options
        stalled = stall_name("Source", "MdbReplication", self._tenant)
        limits = (
            (CONNECTIONS if options.source_connections else None, "ProxyBackoff"),
            (options.moves_a_source, stalled),
        )
        return tuple(Gate(_pool(most), waiting) for most, waiting in limits if most is not None)


def _pool(most: int) -> SlotPool:
    return SlotPool(lambda: most)
