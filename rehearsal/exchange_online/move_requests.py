"""Get-MoveRequest and Get-MoveRequestStatistics: the moves underneath the migration users (facts B23, B35, B40)."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.exchange_online import states
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, chosen, handler, limited
from rehearsal.exchange_online.errors import NotFound, NotModelled
from rehearsal.exchange_online.moves import Move, User
from rehearsal.exchange_online.states import Direction, UserStatus
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row, size

_FAILED_CODE = -2146233088


class MoveRequests:
    """The cmdlets that read move requests."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._options = tenant.options

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-MoveRequest": handler(self._get, "Identity BatchName Status RemoteHostName ResultSize"),
            "Get-MoveRequestStatistics": handler(self._statistics, "Identity IncludeReport"),
            "Remove-MoveRequest": handler(self._remove, "Identity"),
        }

    def _get(self, bound: Bound) -> Output:
        identity = bound.text("Identity")
        found = self._find(identity)
        if identity is not None and not found:
            raise NotFound(identity, status=404)
        rows = [self._row(user, move) for user, move in found or self._all()]
        for name in ("BatchName", "Status", "RemoteHostName"):
            wanted = bound.text(name)
            if wanted:
                rows = [row for row in rows if str(row[name]).lower() == wanted.lower()]
        return limited(rows, bound, honoured=self._options.honours_result_size)

    def _remove(self, bound: Bound) -> Output:
        """Remove what is left of a completed move, which would be in the way of the next one (error 2)."""
        identity = bound.identity()
        found = self._find(identity)
        if not found:
            raise NotFound(identity)
        user, move = found[0]
        guid = move.mailbox.exchange_guid
        if self._tenant.moved_requests.get(guid) is not user:
            raise NotModelled("Remove-MoveRequest while a migration user still stands for the move")
        del self._tenant.moved_requests[guid]
        return NOTHING

    def _statistics(self, bound: Bound) -> Output:
        """Null or unknown means all of them (fact B24)."""
        found = self._find(bound.text("Identity"))
        found = chosen(found, self._all, bound, unknown_means_all=self._options.unknown_means_all)
        return Output([self._statistics_row(user, move) for user, move in found])

    def _all(self) -> list[tuple[User, Move]]:
        users = [*self._tenant.visible_users(), *self._tenant.moved_requests.values()]
        oldest = self._tenant.now - timedelta(days=self._options.request_days)
        moves = {user.move.guid: (user, user.move) for user in users if user.move}
        return [pair for pair in moves.values() if pair[1].completed is None or pair[1].completed > oldest]

    def _find(self, identity: str | None) -> list[tuple[User, Move]]:
        if identity is None:
            return []
        wanted = identity.lower()
        return [
            (user, move)
            for user, move in self._all()
            if wanted in (move.guid, move.mailbox.exchange_guid, move.mailbox.alias, user.address.lower())
        ]

    def _row(self, user: User, move: Move) -> Row:
        mailbox = move.mailbox
        waits = user.status is UserStatus.SYNCING and move.position_at(self._tenant.now) > 0
        way = "Push" if move.direction is Direction.OFFBOARDING else "Pull"  # facts B36, B48
        return {
            "Identity": mailbox.alias,
            "RequestGuid": Guid(move.guid),
            "Guid": Guid(self._tenant.recipient(mailbox.exchange_guid).guid),
            "ExchangeGuid": Guid(mailbox.exchange_guid),
            "Alias": mailbox.alias,
            "DisplayName": mailbox.display_name,
            "BatchName": f"MigrationService:{user.batch.name}",
            "Status": "Queued" if waits else states.move_status(move.outcome or user.status),
            "Flags": f"CrossOrg, {way}",
            "Direction": way,
            "RemoteDatabaseName": move.database or mailbox.database,
            "RemoteHostName": self._tenant.endpoint(user.batch.endpoint).remote_server,
        }

    def _statistics_row(self, user: User, move: Move) -> Row:
        now, failure = self._tenant.now, user.failure
        failed = user.status in states.FAILURES and failure is not None
        due = user.due
        return self._row(user, move) | {
            "StatusDetail": move.detail,
            "SyncStage": "SyncFinished" if move.synced else "CopyingMessages" if move.started else "None",
            "PercentComplete": move.percent_at(now),
            "PositionInQueue": move.position_at(now),
            "OverallDuration": (move.completed or now) - move.queued,
            "TotalQueuedDuration": (move.started or now) - move.queued,
            "TotalInProgressDuration": (move.synced or now) - (move.started or now),
            "TotalStalledDuration": move.stalled_at(now),
            "TotalMailboxSize": size(move.mailbox.size_bytes),
            "TotalMailboxItemCount": move.mailbox.items,
            "BytesTransferred": size(move.bytes_at(now)),
            "BadItemsEncountered": sum(item.kind == "CorruptItem" for item in move.items),
            "LargeItemsEncountered": sum(item.kind == "LargeItem" for item in move.items),
            "MissingItemsEncountered": sum(item.kind == "MissingItem" for item in move.items),
            "FailureCode": _FAILED_CODE if failed else None,
            "FailureType": failure.kind if failed and failure else "",
            "FailureSide": failure.side if failed and failure else "",
            "FailureTimestamp": failure.at if failed and failure else None,
            "ExceptionTypes": _exception_types(user) if failed else [],
            "Message": f"Error: {failure.message}" if failure else "",
            "DataConsistencyScore": move.score.value if move.score else None,
            "QueuedTimestamp": move.queued,
            "StartTimestamp": move.started,
            "InitialSeedingCompletedTimestamp": move.synced,
            "CompletionTimestamp": move.completed,
            "LastUpdateTimestamp": now,
            "CompleteAfter": due,
        }


def _exception_types(user: User) -> list[str]:
    """The most reliable mark of a transient failure (fact B51b)."""
    transient = user.failure is not None and user.failure.transient
    return ["Exchange", "Transient", "MRS", "MRSTransient"] if transient else ["Exchange", "Permanent", "MRS"]
