"""One migration batch as the tenant shows it, and whether it is a manifest's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange_admin.migration.errors import BatchDiffers, BatchUnreadable, some
from exchange_admin.migration.manifest import Manifest
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
HALTED = frozenset({"stopping", "stopped"})
ENDED = frozenset({"completed", "completedwitherrors"})
RELEASED = frozenset({"completing"}) | ENDED
SYNCED = frozenset({"synced", "syncedwitherrors"})
"""States from which a batch completes (fact B19)."""
COMPLETED_USERS = frozenset("completing completionsynced completed completedwithwarnings".split())
"""States of a user whose mailbox has moved, or is just moving (facts B27 and B34c)."""
ENDED_USERS = frozenset(
    "completed completedwithwarnings failed incrementalfailed completionfailed "
    "stopped incrementalstopped corrupted".split()
)
"""States of a user with whom nothing more happens by itself (facts B27 and B28)."""


@dataclass(frozen=True)
class Batch:
    """A batch as the tenant shows it.

    *started*: at some time, by anybody. *refused* are the addresses whose rows its validation refused (fact B11).
    *complete_after* is the moment stamped on it (fact B19), None where there is none.
    """

    name: str
    guid: str
    status: str
    total: int | None
    endpoint: str
    routing_domain: str
    started: bool
    complete_after: datetime | None = None
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
    def state(self) -> str:
        """Its status in lower case."""
        return self.status.casefold()

    @property
    def running(self) -> bool:
        """It was started, and nothing has stopped it since."""
        return self.state in RUNNING


def find_batch(admin: ExchangeAdmin, name: str) -> Batch | None:
    """The batch called *name*, or None when the tenant has none; a failed read raises."""
    row = find_one(admin, "Get-MigrationBatch", name)
    return None if row is None else _batch(row)


def own_users(
    admin: ExchangeAdmin, batch: Batch, manifest: Manifest, *, fewer: bool = False
) -> dict[str, str]:
    """The users that *batch* shows and their states, both in lower case; refused if they are not the manifest's.

    The service makes users from a batch's list only once the batch is started, some at a time, so a batch that shows
    fewer passes when its number of users, endpoint and domain are the manifest's; any stranger among them refuses it.
    A row that its validation refused is no user and is not shown here. With *fewer*, some may have been taken out.

    Raises:
        BatchDiffers: it holds other users, or has another endpoint or domain.
        BatchUnreadable: it shows neither its users nor how many it has.
    """
    _refuse_other_settings(batch, manifest, fewer=fewer)
    users = _users(admin, batch.name)
    found = users.keys() | {address.casefold() for address in batch.refused}
    strangers = sorted(found - manifest.addresses)
    if strangers:
        raise BatchDiffers(batch=batch.name, differences=[f"it holds {some(strangers)}"])
    if batch.total is None and found != manifest.addresses and not fewer:
        raise BatchUnreadable(batch=batch.name, shown=len(found), expected=len(manifest.users))
    return users


def _refuse_other_settings(batch: Batch, manifest: Manifest, *, fewer: bool) -> None:
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
    taken_out = fewer and batch.total is not None and batch.total < expected
    if not taken_out and batch.total not in {None, expected, expected - len(batch.refused)}:
        differences.append(f"it holds {batch.total} users, not {expected}")
    if batch.complete_after and not batch.started:
        # a batch that completes by itself could do so outside its window
        differences.append(
            f"it has CompleteAfter {batch.complete_after:%Y-%m-%d %H:%M} and was never started"
        )
    if differences:
        raise BatchDiffers(batch=batch.name, differences=differences)


def _users(admin: ExchangeAdmin, batch: str) -> dict[str, str]:
    """The batch's users and their states; a row of another batch is passed over (fact B24)."""
    rows = admin.invoke("Get-MigrationUser", {"BatchId": batch, "ResultSize": "Unlimited"}).rows
    own = [row for row in rows if str(row.get("BatchId", batch)).casefold() == batch.casefold()]
    return {_address(row): str(plain(row.get("Status")) or "").casefold() for row in own}


def _address(row: Row) -> str:
    """Fact B29: a user is named by its Identity; EmailAddress is absent from what the REST channel returns."""
    return str(row.get("Identity") or row.get("MailboxEmailAddress")).casefold()


def _batch(row: Row) -> Batch:
    return Batch(
        name=str(row["Identity"]),
        guid=str(plain(row.get("BatchGuid")) or ""),
        status=str(plain(row.get("Status")) or ""),
        total=_count(row.get("TotalCount")),
        endpoint=str(plain(row.get("SourceEndpoint") or row.get("TargetEndpoint")) or ""),
        routing_domain=str(plain(row.get("TargetDeliveryDomain")) or ""),
        started=bool(row.get("StartDateTimeUTC") or row.get("StartDateTime")),
        complete_after=_moment(plain(row.get("CompleteAfterUTC") or row.get("CompleteAfter"))),
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


def _moment(value: object) -> datetime | None:
    """Fact B9: times without a zone are UTC."""
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
