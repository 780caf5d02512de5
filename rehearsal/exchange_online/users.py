"""The cmdlets of migration users and their statistics (facts B21, B24, B27-B32)."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.exchange_online import states
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, chosen, handler, limited
from rehearsal.exchange_online.moves import Move, SkippedItem, User
from rehearsal.exchange_online.processor import Processor
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import ZERO_GUID, Guid, Row, moment, size

_GET = "Identity BatchId EmailAddress MailboxGuid Status StatusSummary ResultSize"
_STATISTICS = "Identity IncludeReport IncludeSkippedItems LimitSkippedItemsTo SkipSubscription"


class Users:
    """The cmdlets that drive and read single users."""

    def __init__(self, tenant: Tenant, processor: Processor) -> None:
        self._tenant = tenant
        self._processor = processor
        self._options = tenant.options

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-MigrationUser": handler(self._get, _GET),
            "Get-MigrationUserStatistics": handler(self._statistics, _STATISTICS),
            "Set-MigrationUser": handler(
                self._set, "Identity ApproveSkippedItems CompleteAfter StartAfter SyncNow"
            ),
            "Start-MigrationUser": handler(self._start, "Identity"),
            "Stop-MigrationUser": handler(self._stop, "Identity"),
            "Remove-MigrationUser": handler(self._remove, "Identity"),
        }

    def _get(self, bound: Bound) -> Output:
        rows = [self._row(user) for user in self._chosen(bound)]
        return limited(rows, bound, honoured=self._options.honours_result_size)

    def _chosen(self, bound: Bound) -> list[User]:
        """Null or unknown Identity means all of them (fact B24)."""
        found = self._found(bound)
        if found:
            return found
        batch = self._tenant.batch(bound["BatchId"]) if bound.get("BatchId") is not None else None
        every = batch.users if batch else self._tenant.visible_users()
        users = chosen(
            found,
            lambda: [user for user in every if user.visible],
            bound,
            unknown_means_all=self._options.unknown_means_all,
        )
        address, guid = bound.text("EmailAddress"), bound.text("MailboxGuid")
        status, group = bound.text("Status"), bound.text("StatusSummary")
        if address:
            users = [user for user in users if user.address.lower() == address.lower()]
        if guid:
            users = [user for user in users if user.mailbox and user.mailbox.exchange_guid == guid]
        if status:
            users = [user for user in users if user.status == status]
        return [user for user in users if not group or self._group(user) == group]

    def _found(self, bound: Bound) -> list[User]:
        if bound.get("Identity") is None:
            return []
        user = self._tenant.find_user(bound["Identity"])
        return [user] if user else []

    def _group(self, user: User) -> str:
        return states.summary(user.status, self._options.warned_group)

    def _statistics(self, bound: Bound) -> Output:
        """Null or unknown means all of them (fact B24)."""
        users = chosen(
            self._found(bound),
            lambda: list(self._tenant.visible_users()),
            bound,
            unknown_means_all=self._options.unknown_means_all,
        )
        return Output([self._statistics_row(user, bound) for user in users])

    def _set(self, bound: Bound) -> Output:
        user = self._acted_on(bound)
        if "StartAfter" in bound:
            user.start_after = bound.moment("StartAfter")
        if "CompleteAfter" in bound:
            user.complete_after = bound.moment("CompleteAfter")
            self._processor.consider(user)
        if bound.flag("ApproveSkippedItems"):
            self._processor.approve(user)
        if bound.flag("SyncNow"):
            self._processor.sync_now(user)
        return NOTHING

    def _start(self, bound: Bound) -> Output:
        self._processor.start_user(self._acted_on(bound))
        return NOTHING

    def _stop(self, bound: Bound) -> Output:
        self._processor.stop_user(self._acted_on(bound))
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        self._processor.remove_user(self._acted_on(bound))
        return NOTHING

    def _acted_on(self, bound: Bound) -> User:
        """Return the user named; an administrator has now done something with its batch."""
        user = self._tenant.user(bound.identity())
        self._processor.act_on(user.batch)
        return user

    def _row(self, user: User) -> Row:
        move, mailbox = user.move, user.mailbox
        return {
            "Identity": user.address,
            "Guid": Guid(user.guid),
            "BatchId": user.batch.name,
            "MailboxEmailAddress": mailbox.address if mailbox else user.address,
            "MailboxGuid": Guid(mailbox.exchange_guid if mailbox else ZERO_GUID),
            "MailboxLegacyDN": mailbox.legacy_dn if mailbox else "",
            "RequestGuid": Guid(move.guid if move else ZERO_GUID),
            "RecipientType": "MailboxOrMailuser",
            "Status": user.status.value,
            "StatusSummary": self._group(user),
            "State": "Active" if self._group(user) == "Active" else "Waiting",
            "WorkflowStage": "Processing" if move else "Validation",
            "SkippedItemCount": len(move.items) if move else 0,
            "SyncedItemCount": _items(move, self._tenant) if move else 0,
            "LastSuccessfulSyncTime": move.last_sync if move else None,
            "LastSubscriptionCheckTime": self._tenant.now if move else None,
            "ErrorSummary": user.error_at(self._tenant.now) or "",
            "DataConsistencyScore": move.score.value if move and move.score else None,
            "CompleteAfter": user.complete_after,
            "CompleteAfterUTC": user.complete_after,
        }

    def _statistics_row(self, user: User, bound: Bound) -> Row:
        now, move = self._tenant.now, user.move
        error = user.error_at(now)
        row = self._row(user) | {
            "MigrationType": "ExchangeRemoteMove",
            "Error": error or "",
            "SkippedItems": [],
            "Report": _report(user) if bound.flag("IncludeReport") else None,
        }
        if move is None:
            return row | {"PercentageComplete": 0}
        if bound.flag("IncludeSkippedItems"):
            row["SkippedItems"] = [
                _skipped(item) for item in move.items[: bound.number("LimitSkippedItemsTo")]
            ]
        total, moved = move.mailbox.size_bytes, move.bytes_at(now)
        return (
            row
            | _durations(move, self._tenant)
            | {
                "PercentageComplete": move.percent_at(now),
                "EstimatedTotalTransferSize": size(total),
                "EstimatedTotalTransferCount": move.mailbox.items,
                "BytesTransferred": size(moved),
                "AverageBytesTransferredPerHour": size(int(move.rate * 3600)),
                "CurrentBytesTransferredPerMinute": size(int(move.rate * 60) if move.running_since else 0),
                "TotalItemsInSourceMailboxCount": move.mailbox.items,
                "DataConsistencyScoringFactors": sorted({item.kind for item in move.items}),
            }
        )


def _items(move: Move, tenant: Tenant) -> int:
    share = move.bytes_at(tenant.now) / max(move.mailbox.size_bytes, 1)
    return max(int(move.mailbox.items * share) - len(move.items) - move.unlisted, 0)


def _durations(move: Move, tenant: Tenant) -> Row:
    now, zero = tenant.now, timedelta()
    started = move.started or now
    return {
        "TotalQueuedDuration": started - move.queued,
        "TotalInProgressDuration": (move.synced or now) - started,
        "TotalSyncedDuration": (move.completed or now) - move.synced if move.synced else zero,
        "TotalStalledDuration": move.stalled_at(now),
    }


def _report(user: User) -> str:
    return "\n".join(
        f"{moment(when)} [LO2P123MB0001] Stage: {status.value}." for when, status in user.history
    )


def _skipped(item: SkippedItem) -> Row:
    return {
        "Kind": item.kind,
        "FolderName": item.folder,
        "Sender": "",
        "Recipient": "",
        "Subject": item.subject,
        "MessageClass": "IPM.Note",
        "MessageSize": size(item.bytes),
        "DateSent": None,
        "DateReceived": None,
        "Failure": f"{item.kind}: the item couldn't be copied to the target mailbox.",
        "ScoringClassifications": item.kind,
    }
