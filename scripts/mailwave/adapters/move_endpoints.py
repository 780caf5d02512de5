"""Migration endpoints over the admin channel: their live limits are set, and nothing else of them (fact B3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from exchange_admin import ExchangeAdmin, ExchangeError
from exchange_admin.port import Row
from exchange_admin.values import size_bytes
from mailwave.adapters.exchange_outcomes import outcome_of
from mailwave.core.governor.readings import Limits, Sample
from mailwave.core.governor.stalls import Blame, blame
from mailwave.core.outcomes import ActRefused
from mailwave.ports.endpoints import Standing

ACT = "set limits of endpoint"

RUNNING = ("InProgress", "CompletionInProgress")
"""What Get-MoveRequestStatistics calls a move that holds a slot (fact B35); one that is relinquished may be Queued."""


class MoveEndpoints:
    """The endpoints of one tenant, through *admin*."""

    def __init__(self, admin: ExchangeAdmin) -> None:
        self._admin = admin

    def standing(self) -> Mapping[str, Standing]:
        """Every endpoint by its name, in one call."""
        rows = self._read("Get-MigrationEndpoint", {"Type": "ExchangeRemoteMove"})
        return {str(row["Identity"]): _standing(row) for row in rows}

    def tenant(self) -> int:
        """How many migrations the tenant may have at once, over all endpoints (fact B4)."""
        (row,) = self._read("Get-MigrationConfig", {})
        return int(row["MaxConcurrentMigrations"])

    def sample(self, moves: Sequence[str]) -> Sample:
        """How *moves*, by ExchangeGuid, fare: one cmdlet says why they stall, another how quick they are.

        Those that only wait for a slot, or have ended since they were last seen, say nothing of the site.
        """
        details: Counter[str] = Counter()
        paces: list[int] = []
        for guid in moves:
            for row in self._mine("Get-MoveRequestStatistics", "ExchangeGuid", guid):
                detail = str(row["StatusDetail"])
                if row.get("Status") in RUNNING or blame(detail) is not Blame.NOBODY:
                    details[detail] += 1
            for row in self._mine("Get-MigrationUserStatistics", "MailboxGuid", guid):
                pace = size_bytes(str(row.get("CurrentBytesTransferredPerMinute") or "0 B (0 bytes)"))
                paces += [pace] if pace else []
        return Sample(dict(details), fmean(paces) if paces else None)

    def set_limits(self, endpoint: str, limits: Limits) -> None:
        """Set the live limits of *endpoint*. Raises `ActRefused` or `ActUnknown`."""
        parameters = {
            "Identity": endpoint,
            "MaxConcurrentMigrations": limits.migrations,
            "MaxConcurrentIncrementalSyncs": limits.increments,
        }
        with outcome_of(ACT, endpoint):
            self._admin.invoke("Set-MigrationEndpoint", parameters)

    def _mine(self, cmdlet: str, key: str, guid: str) -> list[Row]:
        """What *cmdlet* says of one move: of one that is not there it says everybody's (fact B24)."""
        rows = self._read(cmdlet, {"Identity": guid})
        return [row for row in rows if str(row.get(key) or "").strip("{}").lower() == guid.lower()]

    def _read(self, cmdlet: str, parameters: Mapping[str, object]) -> Sequence[Row]:
        try:
            return self._admin.invoke(cmdlet, parameters).rows
        except ExchangeError as error:
            raise ActRefused(act="read", subject=cmdlet, why=str(error)) from error


def _standing(row: Row) -> Standing:
    return Standing(
        Limits(int(row["MaxConcurrentMigrations"]), int(row["MaxConcurrentIncrementalSyncs"])),
        copying=int(row["ActiveMigrationCount"]),
        syncing=int(row["ActiveIncrementalSyncCount"]),
    )
