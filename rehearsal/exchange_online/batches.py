"""The cmdlets of migration batches (facts B5, B9-B19, B25, B26)."""

from __future__ import annotations

from rehearsal.exchange_online import csv_data, offboarding, states
from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, chosen, handler, limited
from rehearsal.exchange_online.csv_data import Rows
from rehearsal.exchange_online.errors import (
    AlreadyExists,
    BadArgument,
    MissingParameters,
    NotModelled,
    TooManyBatches,
    WrongState,
)
from rehearsal.exchange_online.moves import Batch, User
from rehearsal.exchange_online.processor import Processor
from rehearsal.exchange_online.retention import Retention
from rehearsal.exchange_online.states import BatchStatus, Direction, UserStatus
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row

_LONGEST_NAME = 64
_NEW = (
    "Name SourceEndpoint TargetEndpoint TargetDatabases TargetDeliveryDomain CSVData AutoStart AutoComplete "
    "StartAfter CompleteAfter TimeZone NotificationEmails ReportInterval SkipReports AllowUnknownColumnsInCsv "
    "UserIds DisableOnCopy"
)
_SET = (
    "Identity CompleteAfter StartAfter NotificationEmails ReportInterval SkipReports SyncNow Update "
    "ApproveSkippedItems AddUsers CSVData AllowUnknownColumnsInCsv"
)
_STAGES = {BatchStatus.CREATED: "Validation", BatchStatus.STARTING: "Injection"}


class Batches:
    """The cmdlets that make, drive and read batches."""

    def __init__(self, tenant: Tenant, processor: Processor) -> None:
        self._tenant = tenant
        self._processor = processor
        self._options = tenant.options
        self._retention = Retention(tenant, processor)

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "New-MigrationBatch": handler(self._new, _NEW),
            "Get-MigrationBatch": handler(self._get, "Identity Status Endpoint ResultSize IncludeReport"),
            "Set-MigrationBatch": handler(self._set, _SET),
            "Start-MigrationBatch": handler(self._start, "Identity"),
            "Stop-MigrationBatch": handler(self._stop, "Identity"),
            "Complete-MigrationBatch": handler(self._complete, "Identity SyncAndComplete"),
            "Remove-MigrationBatch": handler(self._remove, "Identity"),
        }

    def _new(self, bound: Bound) -> Output:
        name = str(bound["Name"])
        self._check_name(name)
        if bound.get("UserIds"):
            users = self._copied(bound)
            batch = self._made(bound, users[0].batch)
            self._processor.copy_users(batch, users)
        else:
            draft = self._draft(bound)
            rows = self._rows(bound, draft)
            batch = self._made(bound, draft)
            self._add(batch, rows)
        if bound.flag("AutoStart"):
            self._processor.start_batch(batch)
        return Output([self._row(batch)])

    def _draft(self, bound: Bound) -> Batch:
        """Return a batch as the parameters describe it; it is not kept yet."""
        back = bound.get("TargetEndpoint") is not None
        self._check_new(bound, back=back)
        endpoint = self._tenant.endpoint(bound.text("TargetEndpoint" if back else "SourceEndpoint"))
        domain, now = str(bound["TargetDeliveryDomain"]), self._tenant.now
        if back:
            offboarding.check_domain(domain, self._tenant)
        direction = Direction.OFFBOARDING if back else Direction.ONBOARDING
        databases = tuple(bound.changed_list("TargetDatabases", ()))
        return Batch("", "", endpoint.name, domain, now, self._options, now, direction, databases)

    def _made(self, bound: Bound, like: Batch) -> Batch:
        """Return a new batch that goes the same way as another."""
        name, now = str(bound["Name"]), self._tenant.now
        guid = self._tenant.new_guid("migration-batch")
        way = like.direction, like.databases
        batch = Batch(guid, name, like.endpoint, like.target_domain, now, self._options, now, *way)
        self._apply(batch, bound)
        if bound.flag("AutoComplete"):
            self._processor.set_complete_after(batch, bound.moment("CompleteAfter") or now)
        self._tenant.batches[name.lower()] = batch
        self._retention.watch(batch)
        return batch

    def _copied(self, bound: Bound) -> list[User]:
        """Return the users that a new batch takes from older ones (fact B13)."""
        if not bound.flag("DisableOnCopy") or not self._options.copies_users:
            raise NotModelled("copied users that also stay in their old batch")
        wanted = bound.changed_list("UserIds", ())
        users = {user.guid: user for user in map(self._tenant.user, wanted)}
        for user in users.values():
            self._processor.act_on(user.batch)
            if user.status is UserStatus.REMOVING:
                raise WrongState(what="user", name=user.address, act="copied", state=user.status.value)
        if len({(user.batch.endpoint, user.batch.direction) for user in users.values()}) > 1:
            raise NotModelled("users of several endpoints or directions in one batch")
        return list(users.values())

    def _rows(self, bound: Bound, batch: Batch) -> Rows:
        return csv_data.read(
            bound.data("CSVData"),
            self._options,
            allow_unknown=bound.flag("AllowUnknownColumnsInCsv"),
            direction=batch.direction,
            databases=batch.databases,
        )

    def _check_name(self, name: str) -> None:
        if len(name) > _LONGEST_NAME:
            raise BadArgument(
                f"The name of a migration batch can't be longer than {_LONGEST_NAME} characters."
            )
        if name.lower() in self._tenant.batches or name.lower() in self._tenant.names_taken:
            raise AlreadyExists("MigrationBatch", name)
        most = self._options.most_batches
        if most is not None and len(self._tenant.batches) >= most:
            raise TooManyBatches

    def _check_new(self, bound: Bound, *, back: bool) -> None:
        wanted = ("TargetEndpoint" if back else "SourceEndpoint", "TargetDeliveryDomain")
        missing = [each for each in wanted if bound.get(each) is None]
        if missing:
            raise MissingParameters(missing)
        domain = str(bound["TargetDeliveryDomain"])
        if domain.lower() not in self._tenant.domains:
            raise BadArgument(f"You can't use the domain {domain} because it's not an accepted domain.")
        if str(bound.get("TimeZone", "UTC")).upper() != "UTC":
            raise NotModelled("a TimeZone other than UTC")
        if bound.get("TargetDatabases") is not None and not back:
            raise NotModelled("a target database in the cloud")

    def _get(self, bound: Bound) -> Output:
        """Null or unknown means all of them (fact B24)."""
        every = list(self._tenant.batches.values())
        wanted = str(bound.get("Identity")).lower()
        found = [each for each in every if wanted in (each.name.lower(), each.guid)]
        found = chosen(found, lambda: every, bound, unknown_means_all=self._options.unknown_means_all)
        endpoint, status = bound.text("Endpoint"), bound.text("Status")
        rows = [
            self._row(each) for each in found if not endpoint or each.endpoint.lower() == endpoint.lower()
        ]
        rows = [row for row in rows if not status or str(row["Status"]).lower() == status.lower()]
        return limited(rows, bound, honoured=self._options.honours_result_size)

    def _set(self, bound: Bound) -> Output:
        batch = self._acted_on(bound)
        if bound.flag("AddUsers") != ("CSVData" in bound):
            raise BadArgument("AddUsers and CSVData must be specified together.")
        if bound.flag("AddUsers"):
            self._add(batch, self._rows(bound, batch))
        self._apply(batch, bound)
        for user in batch.users:
            if user.visible and bound.flag("ApproveSkippedItems"):
                self._processor.approve(user)
            if user.visible and bound.flag("SyncNow"):
                self._processor.sync_now(user)
        return NOTHING

    def _apply(self, batch: Batch, bound: Bound) -> None:
        if "StartAfter" in bound:
            batch.start_after = bound.moment("StartAfter")
        if "CompleteAfter" in bound:
            self._processor.set_complete_after(batch, bound.moment("CompleteAfter"))
        if "NotificationEmails" in bound:
            batch.notification_emails = bound.changed_list("NotificationEmails", batch.notification_emails)
        batch.report_interval = bound.text("ReportInterval") or batch.report_interval

    def _add(self, batch: Batch, rows: Rows) -> None:
        """Take new rows in. A user is in one batch only; a bad row becomes a warning (facts B11, B15, error 2)."""
        users: list[User] = []
        batch.warnings.extend(rows.warnings)
        for number, address in enumerate(rows.addresses, start=1):
            other = self._other_user(address)
            if other is None or (other.batch is not batch and not self._options.one_batch_a_mailbox):
                recipient = self._tenant.recipient_by_address(address)
                guid = self._tenant.new_guid("migration-user")
                mailbox = recipient.mailbox if recipient else None
                cells = address in rows.archives, rows.databases.get(address)
                users.append(User(guid, address, batch, mailbox, *cells))
            elif other.batch is not batch or not self._options.adds_new_rows_only:
                text = f'The user "{address}" is already being moved in migration batch "{other.batch.name}".'
                batch.warnings.append((number, address, f"UserAlreadyBeingMigratedException: {text}"))
        self._processor.add_users(batch, users)

    def _other_user(self, address: str) -> User | None:
        """Return the user that stands for the same mailbox, under whichever of its addresses."""
        recipient = self._tenant.recipient_by_address(address)
        names = recipient.addresses if recipient else (address,)
        found = (self._tenant.users.get(name.lower()) for name in names)
        return next((user for user in found if user), None)

    def _start(self, bound: Bound) -> Output:
        self._processor.start_batch(self._acted_on(bound))
        return NOTHING

    def _stop(self, bound: Bound) -> Output:
        self._processor.stop_batch(self._acted_on(bound))
        return NOTHING

    def _complete(self, bound: Bound) -> Output:
        batch = self._acted_on(bound)
        self._processor.complete_batch(batch, with_sync=bound.flag("SyncAndComplete"))
        return NOTHING

    def _remove(self, bound: Bound) -> Output:
        self._processor.remove_batch(self._acted_on(bound))
        return NOTHING

    def _acted_on(self, bound: Bound) -> Batch:
        """Return the batch named; an administrator has now done something with it."""
        batch = self._tenant.batch(bound.identity())
        self._processor.act_on(batch)
        return batch

    def _row(self, batch: Batch) -> Row:
        now = self._tenant.now
        status, score = batch.status(now), batch.score()
        back = batch.direction is Direction.OFFBOARDING
        return {
            "Identity": batch.name,
            "BatchGuid": Guid(batch.guid),
            "Status": status.value,
            "State": "Active" if batch.phase is None else "Waiting",
            "DataConsistencyScore": score.value if score else None,
            "Flags": "None",
            "WorkflowStage": _STAGES.get(status, "Processing"),
            "TriggeredAction": "None",
            **_counts(batch),
            **_times(batch),
            "ValidationWarningCount": len(batch.warnings),
            "ValidationWarnings": [
                {"RowIndex": row, "EmailAddress": address, "Message": text}
                for row, address, text in batch.warnings
            ],
            "Message": "",
            "SubmittedByUser": "mailwave",
            "OwnerId": "mailwave",
            "NotificationEmails": list(batch.notification_emails),
            "ReportInterval": batch.report_interval,
            "SourceEndpoint": None if back else batch.endpoint,
            "TargetEndpoint": batch.endpoint if back else None,
            "TargetDatabases": list(batch.databases),
            "TargetDeliveryDomain": batch.target_domain,
            "MigrationType": "ExchangeRemoteMove",
            "BatchDirection": batch.direction.value,
            "Locale": "en-GB",
            "Reports": [],
            "IsProvisioning": batch.started is not None and any(not user.begun for user in batch.users),
            "IsLargeArchiveOnboarding": False,
        }


def _counts(batch: Batch) -> Row:
    active = batch.tally(states.BEFORE_SYNCED | {UserStatus.COMPLETING, UserStatus.REMOVING})
    finished = batch.tally(states.FINISHED)
    return {
        "TotalCount": len(batch.users),
        "ActiveCount": active,
        "PendingCount": sum(not user.begun for user in batch.users),
        "ProvisionedCount": sum(user.move is not None for user in batch.users),
        "StoppedCount": batch.tally(states.STOPS),
        "SyncedCount": batch.tally(states.SYNCHRONISED | {UserStatus.COMPLETION_SYNCED}),
        "FinalizedCount": finished,
        "FailedCount": batch.tally(states.FAILURES),
        "FailedInitialSyncCount": batch.counter[UserStatus.FAILED],
        "FailedIncrementalSyncCount": batch.counter[UserStatus.INCREMENTAL_FAILED],
        "CompletedWithWarningCount": batch.counter[UserStatus.COMPLETED_WITH_WARNINGS],
        "PostMigrationSyncCount": 0,
    }


def _times(batch: Batch) -> Row:
    moves = [user.move for user in batch.users if user.move]
    synced = [move.synced for move in moves if move.synced]
    last = max((move.last_sync for move in moves if move.last_sync), default=None)
    return {
        "CreationDateTime": batch.created,
        "CreationDateTimeUTC": batch.created,
        "StartDateTime": batch.started,
        "StartDateTimeUTC": batch.started,
        "InitialSyncDateTime": max(synced) if synced and len(synced) == len(batch.users) else None,
        "LastSyncedDateTime": last,
        "LastSyncedDateTimeUTC": last,
        "StartAfter": batch.start_after,
        "StartAfterUTC": batch.start_after,
        "CompleteAfter": batch.complete_after,
        "CompleteAfterUTC": batch.complete_after,
    }
