"""Small in-memory halves of Exchange: each satisfies the port `ExchangeAdmin` and keeps what was sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange_admin.errors import NotFound, OutcomeUnknown, Refused
from exchange_admin.port import NOTHING, Result, Row, is_read


class _Admin:
    """*lose*: the cmdlets whose effect takes place and whose answer is lost."""

    def __init__(self, *, lose: frozenset[str] = frozenset()) -> None:
        self.lose = lose
        self.writes: list[tuple[str, dict[str, object]]] = []

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        if not is_read(cmdlet):
            self.writes.append((cmdlet, dict(parameters)))
        verb, _, noun = cmdlet.partition("-")
        answer = getattr(self, f"_{verb.lower()}_{noun.lower()}")(dict(parameters))
        if cmdlet in self.lose:
            raise OutcomeUnknown(cmdlet=cmdlet, why="the connection was cut")
        return answer or Result()


class Servers(_Admin):
    """Receive connectors by identity; *deaf* ones accept a change and keep their values."""

    def __init__(self, *rows: Row, lose: frozenset[str] = frozenset(), deaf: bool = False) -> None:
        super().__init__(lose=lose)
        self.rows = {str(row["Identity"]): row for row in rows}
        self.deaf = deaf

    def _get_receiveconnector(self, parameters: dict[str, Any]) -> Result:
        row = self.rows.get(parameters["Identity"])
        if row is None:
            raise NotFound(
                cmdlet="Get-ReceiveConnector",
                error_type="ManagementObjectNotFoundException",
                text="",
                status=0,
            )
        return Result([dict(row)])

    def _new_receiveconnector(self, parameters: dict[str, Any]) -> None:
        identity = f"{parameters['Server']}\\{parameters['Name']}"
        self.rows[identity] = {"Identity": identity, **parameters}

    def _set_receiveconnector(self, parameters: dict[str, Any]) -> None:
        if not self.deaf:
            self.rows[parameters["Identity"]] |= parameters

    def _remove_receiveconnector(self, parameters: dict[str, Any]) -> None:
        if not self.deaf:
            del self.rows[parameters["Identity"]]


class Tenant(_Admin):
    """Migration batches and their users. An unknown batch is answered with every one there is (fact B24).

    *slow*: batches show no users. *starts*: starting has an effect. *chatty*: users of every batch are returned.
    `statuses` are those of users by address; what is `deaf` is accepted and has no effect;
    `requests` are kept of moves.
    """

    def __init__(
        self, *, lose: frozenset[str] = frozenset(), slow: bool = False, starts: bool = True
    ) -> None:
        super().__init__(lose=lose)
        self.batches: dict[str, Row] = {}
        self.users: dict[str, list[str]] = {}
        self.slow = slow
        self.starts = starts
        self.chatty = False
        self.statuses: dict[str, str] = {}
        self.deaf: frozenset[str] = frozenset()
        self.requests: set[str] = set()

    def add(self, name: str, *addresses: str, **values: object) -> None:
        """Somebody else made a batch."""
        self.batches[name] = {"Identity": name, "Status": "Created", "TotalCount": len(addresses), **values}
        self.users[name] = list(addresses)

    def _get_migrationbatch(self, parameters: dict[str, Any]) -> Result:
        named = self.batches.get(parameters["Identity"])
        return Result([dict(named)] if named else [dict(row) for row in self.batches.values()])

    def _get_migrationuser(self, parameters: dict[str, Any]) -> Result:
        named = not self.chatty and parameters["BatchId"] in self.batches
        batches = [parameters["BatchId"]] if named else list(self.batches)
        if self.slow:
            return Result()
        return Result(
            [
                {"Identity": user, "BatchId": batch, "Status": self.statuses.get(user, "Synced")}
                for batch in batches
                for user in self.users[batch]
            ]
        )

    def _new_migrationbatch(self, parameters: dict[str, Any]) -> None:
        name = parameters["Name"]
        if name in self.batches:
            raise Refused(
                cmdlet="New-MigrationBatch",
                error_type="MigrationBatchExists",
                text="already exists",
                status=400,
            )
        _, *lines = parameters["CSVData"].decode().split("\r\n")[:-1]
        ends = {key: parameters[key] for key in ("SourceEndpoint", "TargetEndpoint") if key in parameters}
        self.add(name, *lines, **ends)

    def _stop_migrationbatch(self, parameters: dict[str, Any]) -> None:
        if "Stop-MigrationBatch" not in self.deaf:
            self.batches[parameters["Identity"]] |= {"Status": "Stopping"}

    def _complete_migrationbatch(self, parameters: dict[str, Any]) -> None:
        if "Complete-MigrationBatch" not in self.deaf:
            self.batches[parameters["Identity"]] |= {"CompleteAfterUTC": "2026-09-01T20:00:00"}

    def _remove_migrationbatch(self, parameters: dict[str, Any]) -> None:
        if "Remove-MigrationBatch" not in self.deaf:
            del self.batches[parameters["Identity"]]

    def _remove_moverequest(self, parameters: dict[str, Any]) -> None:
        if parameters["Identity"] not in self.requests:
            raise NotFound(
                cmdlet="Remove-MoveRequest",
                error_type="ManagementObjectNotFoundException",
                text="",
                status=404,
            )
        self.requests.remove(parameters["Identity"])

    def _start_migrationbatch(self, parameters: dict[str, Any]) -> None:
        if self.starts:
            self.batches[parameters["Identity"]] |= {
                "Status": "Syncing",
                "StartDateTime": "2026-09-01T08:00:00Z",
            }
