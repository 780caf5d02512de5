# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""One migration batch: made from a manifest, read back, started, read back.

A batch is made at most once. Where one of that name exists already, or the answer to New-MigrationBatch was lost, it
is adopted only after reading back that what it holds is the manifest's; otherwise it is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import (
    BatchDiffers,
    BatchNotStartable,
    BatchUnreadable,
    NotTaken,
    some,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.manifest import Manifest

from exchange_admin.errors import OutcomeUnknown, Refused
from exchange_admin.port import ExchangeAdmin, Row, find_one
from exchange_admin.values import plain

_ADDRESS = re.compile(r"[^\s,:;<>\"]+@[^\s,:;<>\"]+")

RUNNING = frozenset(
    "starting waiting syncing incrementalsyncing synced syncedwitherrors "
    "completing completed completedwitherrors".split()
)
"""States in which a batch has been started (facts B25 and B34b); compared without case, as fact B25 asks."""
RESTING = frozenset({"created", "stopped"})
"""States of a batch made without AutoStart (fact B14)."""


@dataclass(frozen=True)
class Batch:
    """A batch as the tenant shows it.

    *started*: at some time, by anybody. *refused* are the addresses whose rows its validation refused (fact B11).
    """

    name: str
    guid: str
    status: str
    total: int | None
    endpoint: str
    routing_domain: str
    started: bool
    complete_after: str = ""
    refused: tuple[str, ...] = ()

    def shown(self) -> dict[str, object]:
        """What a diff shows."""
        return {
            "name": self.name,
            "endpoint": self.endpoint,
            "routing_domain": self.routing_domain,
            "users": self.total,
            "running": self.running,
        }

    @property
    def running(self) -> bool:
        """It was started, and nothing has stopped it since."""
        return self.status.casefold() in RUNNING


@dataclass(frozen=True)
class BatchChange:
    """What was done, or would be. *after* is None only for a prediction about a batch that does not exist.

    *users_read* is how many of the manifest's users the batch showed when it was read last.
    """

    created: bool
    adopted: bool
    started: bool
    before: Batch | None
    after: Batch | None
    users_read: int

    @property
    def changed(self) -> bool:
        """Something was, or would be, different afterwards."""
        return self.created or self.started


def find_batch(admin: ExchangeAdmin, name: str) -> Batch | None:
    """The batch called *name*, or None when the tenant has none; a failed read raises."""
    row = find_one(admin, "Get-MigrationBatch", name)
    return None if row is None else _batch(row)


def ensure(admin: ExchangeAdmin, manifest: Manifest, *, start: bool, check: bool) -> BatchChange:
    """Make the manifest's batch exist and, if *start*, run. In *check* nothing is sent: the result is a prediction.

    Raises:
        BatchDiffers: a batch of that name exists with other users, another endpoint or another domain, or completes
            by itself.
        BatchUnreadable: it exists and shows neither its users nor how many it has.
        BatchNotStartable: it was stopped, failed, or is being removed.
        exchange_admin.errors.ExchangeError: Exchange refused, could not be reached, or its answer was lost.
    """
    before = find_batch(admin, manifest.batch)
    users_read = 0 if before is None else _own_users(admin, before, manifest)
    if check:
        _refuse_unstartable(before, start=start)
        started = start and (before is None or not before.running)
        return BatchChange(before is None, before is not None, started, before, before, users_read)
    batch, created = (before, False) if before is not None else _create(admin, manifest)
    started = start and not batch.running
    if started:
        batch = _start(admin, batch)
    if created or started:
        users_read = _own_users(admin, batch, manifest)
    return BatchChange(created, not created, started, before, batch, users_read)


def _create(admin: ExchangeAdmin, manifest: Manifest) -> tuple[Batch, bool]:
    """Make the batch; the second value is False when one of that name turned out to exist and was adopted."""
    failure: OutcomeUnknown | Refused | None = None
    try:
        admin.invoke("New-MigrationBatch", _creation(manifest))
    except (OutcomeUnknown, Refused) as error:
        failure = error  # a refusal too: "already exists" may be the echo of a creation whose answer was lost
    batch = find_batch(admin, manifest.batch)
    if batch is None:
        raise failure or NotTaken(
            identity=manifest.batch, wanted={"state": "present"}, found={"state": "absent"}
        )
    _own_users(admin, batch, manifest)
    return batch, failure is None


def _creation(manifest: Manifest) -> dict[str, object]:
    """No AutoStart and no AutoComplete: starting is a second, visible act, and completion is released elsewhere."""
    parameters: dict[str, object] = {
        "Name": manifest.batch,
        "SourceEndpoint": manifest.endpoint,
        "TargetDeliveryDomain": manifest.routing_domain,
        "CSVData": manifest.csv(),
    }
    if manifest.notification_emails:
        parameters["NotificationEmails"] = list(manifest.notification_emails)
    return parameters


def _start(admin: ExchangeAdmin, batch: Batch) -> Batch:
    _refuse_unstartable(batch, start=True)
    failure: OutcomeUnknown | Refused | None = None
    try:
        admin.invoke("Start-MigrationBatch", {"Identity": batch.name})
    except (OutcomeUnknown, Refused) as error:
        failure = error  # as above: reading back tells whether it runs
    after = find_batch(admin, batch.name)
    if after is None or not after.running:
        status = "gone" if after is None else after.status
        raise failure or NotTaken(identity=batch.name, wanted={"status": "Syncing"}, found={"status": status})
    return after


def _refuse_unstartable(batch: Batch | None, *, start: bool) -> None:
    """A batch that somebody stopped, or that failed, is not this play's to start again (fact B16)."""
    if batch is None or not start or batch.running:
        return
    if batch.status.casefold() not in RESTING or batch.started:
        raise BatchNotStartable(batch=batch.name, status=batch.status)


def _own_users(admin: ExchangeAdmin, batch: Batch, manifest: Manifest) -> int:
    """Read the users of *batch* back, refuse it if they are not the manifest's, and return how many it showed.

    The service makes users from a batch's list only once the batch is started, some at a time, so a batch that shows
    fewer passes when its number of users, endpoint and domain are the manifest's; any stranger among them refuses it.
    """
    _refuse_other_settings(batch, manifest)
    found = _users(admin, batch.name) | {address.casefold() for address in batch.refused}
    strangers = sorted(found - manifest.addresses)
    if strangers:
        raise BatchDiffers(batch=batch.name, differences=[f"it holds {some(strangers)}"])
    if batch.total is None and found != manifest.addresses:
        raise BatchUnreadable(batch=batch.name, shown=len(found), expected=len(manifest.users))
    return len(found)


def _refuse_other_settings(batch: Batch, manifest: Manifest) -> None:
    """What a row does not show is not held against it."""
    pairs = (
        ("endpoint", batch.endpoint, manifest.endpoint),
        ("routing domain", batch.routing_domain, manifest.routing_domain),
    )
    differences = [
        f"its {name} is {found}, not {wanted}"
        for name, found, wanted in pairs
        if found and found.casefold() != wanted.casefold()
    ]
    expected = len(manifest.users)
    if batch.total not in {None, expected, expected - len(batch.refused)}:
        differences.append(f"it holds {batch.total} users, not {expected}")
    if batch.complete_after and not batch.started:
        # a batch that completes by itself could do so outside its window
        differences.append(f"it has CompleteAfter {batch.complete_after} and was never started")
    if differences:
        raise BatchDiffers(batch=batch.name, differences=differences)


def _users(admin: ExchangeAdmin, batch: str) -> set[str]:
    """The addresses of the batch's users; a row of another batch is passed over (fact B24)."""
    rows = admin.invoke("Get-MigrationUser", {"BatchId": batch, "ResultSize": "Unlimited"}).rows
    own = [row for row in rows if str(row.get("BatchId", batch)).casefold() == batch.casefold()]
    return {_address(row) for row in own}


def _address(row: Row) -> str:
    """Fact B29: a user is named by its Identity; EmailAddress is absent from what the REST channel returns."""
    return str(row.get("Identity") or row.get("MailboxEmailAddress")).casefold()


def _batch(row: Row) -> Batch:
    return Batch(
        name=str(row["Identity"]),
        guid=str(plain(row.get("BatchGuid")) or ""),
        status=str(plain(row.get("Status")) or ""),
        total=_count(row.get("TotalCount")),
        endpoint=str(plain(row.get("SourceEndpoint")) or ""),
        routing_domain=str(plain(row.get("TargetDeliveryDomain")) or ""),
        started=bool(row.get("StartDateTimeUTC") or row.get("StartDateTime")),
        complete_after=str(plain(row.get("CompleteAfterUTC") or row.get("CompleteAfter")) or ""),
        refused=_refused(plain(row.get("ValidationWarnings")) or []),
    )


def _refused(warnings: list[Any]) -> tuple[str, ...]:
    """The address of each warning, which is an object or one text with the row and the address in front (fact B11)."""
    texts = [str(item.get("EmailAddress")) if isinstance(item, dict) else str(item) for item in warnings]
    found = (_ADDRESS.search(text) for text in texts)
    return tuple(match[0] for match in found if match)


def _count(value: Any) -> int | None:
    value = plain(value)
    return None if value is None or value == "" else int(value)
