"""The Exchange Online side of a move: what the migration service says, and changes to single users.

Batches are created and started by plays; nothing else here creates anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from exchange_admin import ExchangeAdmin, ExchangeError, OutcomeUnknown, Refused, find_by_guid
from exchange_admin.port import Row
from exchange_admin.values import size_bytes
from mailwave.core.move_reports import Figures
from mailwave.core.moves import Move, Score
from mailwave.core.outcomes import ActRefused, ActUnknown
from mailwave.core.skipped import SkippedItem
from mailwave.core.targets import TargetMailbox


class Target:
    """Exchange Online as the runbooks see it, through *admin*."""

    def __init__(self, admin: ExchangeAdmin) -> None:
        self._admin = admin

    def batches(self) -> set[str]:
        """The names of all batches of the tenant, whoever made them."""
        return {str(row["Identity"]) for row in self._admin.invoke("Get-MigrationBatch").rows}

    def moves(self, batch: str) -> list[Move]:
        """Every user of *batch*, with the error of those that failed."""
        parameters = {"BatchId": batch, "ResultSize": "Unlimited"}
        rows = self._admin.invoke("Get-MigrationUser", parameters).rows
        # an unknown batch is answered with every user there is (fact B24)
        return [self._move(row) for row in rows if str(row.get("BatchId")) == batch]

    def figures(self) -> dict[str, Figures]:
        """What the moves of the tenant count of themselves, by ExchangeGuid: without a name all are told (fact B24)."""
        rows = self._read("Get-MoveRequestStatistics", {})
        return {str(row["ExchangeGuid"]).lower(): _figures(row) for row in rows}

    def report(self, move: Move) -> list[str]:
        """The entries of the report of *move* (fact B30)."""
        rows = self._read("Get-MigrationUserStatistics", {"Identity": move.address, "IncludeReport": True})
        mine = next((row for row in rows if str(row.get("Identity")).lower() == move.address), {})
        return str(mine.get("Report") or "").splitlines()

    def mailboxes(self) -> list[TargetMailbox]:
        """Every mailbox that lives at the target."""
        rows = self._admin.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).rows
        return [_target_mailbox(row) for row in rows]

    def mailboxes_of(self, guids: Iterable[str]) -> list[TargetMailbox]:
        """The mailboxes of *guids* that live at the target."""
        return [_target_mailbox(row) for row in find_by_guid(self._admin, "Get-Mailbox", guids).values()]

    def complete(self, move: Move, at: datetime) -> None:
        """Let the service complete *move* from *at* on: the user's own value beats the batch's (fact B19)."""
        self._change("complete", "Set-MigrationUser", move, CompleteAfter=_utc(at))

    def skipped_items(self, move: Move) -> list[SkippedItem]:
        """The items that *move* would lose, as the service lists them (fact B30)."""
        parameters = {
            "Identity": move.address,
            "IncludeSkippedItems": True,
            "LimitSkippedItemsTo": move.skipped,
        }
        rows = self._admin.invoke("Get-MigrationUserStatistics", parameters).rows
        # an unknown user is answered with every user there is (fact B24)
        mine = next((row for row in rows if str(row.get("Identity")).lower() == move.address), {})
        return [_skipped_item(item) for item in mine.get("SkippedItems") or ()]

    def approve_skipped(self, move: Move) -> None:
        """Approve the items found missing up to now (fact B32)."""
        self._change("approve skipped items", "Set-MigrationUser", move, ApproveSkippedItems=True)

    def retry(self, move: Move) -> None:
        """Start a failed user again (facts B16, B21)."""
        self._change("retry", "Start-MigrationUser", move)

    def stop(self, move: Move) -> None:
        """Stop a user where it stands, so that it cannot complete by itself."""
        self._change("stop", "Stop-MigrationUser", move, Confirm=False)

    def withdraw(self, move: Move) -> None:
        """Take a user out of the service; its mailbox stays where it is (fact B22)."""
        self._change("withdraw", "Remove-MigrationUser", move, Confirm=False)

    def _move(self, row: Row) -> Move:
        status = str(row["Status"])
        return Move(
            exchange_guid=str(row.get("MailboxGuid") or "").lower(),
            address=str(row["Identity"]).lower(),
            batch=str(row["BatchId"]),
            status=status,
            score=_score(row.get("DataConsistencyScore")),
            skipped=int(row.get("SkippedItemCount") or 0),
            error=self._error(row) if status.endswith("Failed") else "",
            complete_after=_moment(row.get("CompleteAfterUTC") or row.get("CompleteAfter")),
            synced=None if (synced := row.get("SyncedItemCount")) is None else int(synced),
        )

    def _error(self, row: Row) -> str:
        """The summary in the user's row, or, as it is often empty there (fact B29), the one in its statistics."""
        if row.get("ErrorSummary"):
            return str(row["ErrorSummary"])
        statistics = self._admin.invoke(
            "Get-MigrationUserStatistics", {"Identity": str(row["Identity"])}
        ).rows
        mine = (found for found in statistics if found.get("Identity") == row["Identity"])
        return str(next(mine, {}).get("Error") or "")

    def _read(self, cmdlet: str, parameters: Mapping[str, object]) -> Sequence[Row]:
        try:
            return self._admin.invoke(cmdlet, parameters).rows
        except ExchangeError as error:
            raise ActRefused(act="read", subject=cmdlet, why=str(error)) from error

    def _change(self, act: str, cmdlet: str, move: Move, **parameters: object) -> None:
        try:
            self._admin.invoke(cmdlet, {"Identity": move.address} | parameters)
        except OutcomeUnknown as error:
            raise ActUnknown(act=act, subject=move.address, why=str(error)) from error
        except Refused as error:
            raise ActRefused(act=act, subject=move.address, why=str(error)) from error


def _figures(row: Row) -> Figures:
    failure = (str(row.get(name) or "") for name in ("FailureCode", "FailureType", "FailureSide"))
    return Figures(
        items=_number(row.get("TotalMailboxItemCount")),
        items_moved=_number(row.get("ItemsTransferred")),
        size_bytes=_bytes(row.get("TotalMailboxSize")),
        bytes_moved=_bytes(row.get("BytesTransferred")),
        bad=_number(row.get("BadItemsEncountered")),
        large=_number(row.get("LargeItemsEncountered")),
        missing=_number(row.get("MissingItemsEncountered")),
        queued=_text(row.get("TotalQueuedDuration")),
        working=_text(row.get("TotalInProgressDuration")),
        stalled=_text(row.get("TotalStalledDuration")),
        failure=" ".join(word for word in failure if word),
    )


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _bytes(value: object) -> int | None:
    return None if value is None else size_bytes(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _skipped_item(item: Row) -> SkippedItem:
    kind, folder, subject, size = (
        str(item.get(field) or "") for field in ("Kind", "FolderName", "Subject", "MessageSize")
    )
    return SkippedItem(kind, folder, subject, size)


def _target_mailbox(row: Row) -> TargetMailbox:
    return TargetMailbox(
        exchange_guid=str(row["ExchangeGuid"]).lower(),
        address=str(row["PrimarySmtpAddress"]).lower(),
        recipient_type=str(row["RecipientTypeDetails"]),
        organisation=str(row.get("CustomAttribute1") or ""),
        directory_id=str(row.get("ExternalDirectoryObjectId") or "").lower(),
    )


def _score(value: object) -> Score:
    text = str(value or "")
    return next((score for score in Score if score.value.casefold() == text.casefold()), Score.UNKNOWN)


def _moment(value: object) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
