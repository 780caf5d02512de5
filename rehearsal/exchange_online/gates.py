"""What each on-premises server lets through at once: connections of its MRSProxy, and its workload management."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.exchange_online.moves import Move
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.slots import SlotPool
from rehearsal.exchange_online.states import Direction
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.trouble import stall_name


@dataclass(frozen=True)
class Gate:
    """One limit of a server; *waiting* is the status detail of a move that is held up there."""

    pool: SlotPool
    waiting: str


class Gates:
    """The on-premises servers as the mover meets them."""

    def __init__(self, tenant: Tenant, premises: Premises) -> None:
        self._tenant = tenant
        self._premises = premises
        self._connections: dict[str, SlotPool] = {}
        self._moves: dict[tuple[str, Direction], SlotPool] = {}

    def of(self, move: Move) -> tuple[Gate, ...]:
        """Return the limits in the way of *move*, in the order in which it meets them.

        Connections of one server count in both directions together (fact B44). Workload management counts the moves
        from a source and those to a target apart; overrides on premises raise what it lets through (fact C5). A
        raised limit is seen when the next move asks or ends.
        """
        options, guid = self._tenant.options, move.mailbox.exchange_guid
        server = self._tenant.server_of(move)
        found = []
        if options.source_connections:
            door = SlotPool(lambda: self._premises.door(guid, server).limit)
            pool = self._connections.setdefault(server, door)
            found.append(Gate(pool, "ProxyBackoff"))
        if (usual := options.moves_a_source) is not None:
            workload = SlotPool(lambda: self._premises.door(guid, server).moves or usual)
            pool = self._moves.setdefault((server, move.direction), workload)
            found.append(Gate(pool, stall_name(move.direction.premises, "MdbReplication", self._tenant)))
        return tuple(found)
