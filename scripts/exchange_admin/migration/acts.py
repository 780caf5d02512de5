"""The acts on a whole batch: make and start, stop, complete, roll back, remove. Each reads, acts, and reads back.

A batch is made at most once. Where one of that name exists already, or the answer to New-MigrationBatch was lost, it
is adopted only after reading back that what it holds is the manifest's; otherwise it is refused by name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange_admin.errors import NotFound, OutcomeUnknown, Refused
from exchange_admin.migration.batch import (
    COMPLETED_USERS,
    ENDED,
    ENDED_USERS,
    HALTED,
    RELEASED,
    RESTING,
    SYNCED,
    Batch,
    find_batch,
    own_users,
)
from exchange_admin.migration.errors import (
    BatchDiffers,
    BatchMissing,
    BatchNotTaken,
    HasCompleted,
    NotEnded,
    OutsideRelease,
    WrongState,
)
from exchange_admin.migration.manifest import Manifest
from exchange_admin.port import ExchangeAdmin


@dataclass(frozen=True)
class Change:
    """What was done, or would be: the cmdlets *done*, in order.

    *before* and *after* are None where there is no batch. *users_read* is how many users it showed when read last.
    """

    done: tuple[str, ...]
    before: Batch | None
    after: Batch | None
    users_read: int = 0

    @property
    def changed(self) -> bool:
        """Something was, or would be, different afterwards."""
        return bool(self.done)

    @property
    def created(self) -> bool:
        """The batch was made, or would be."""
        return "New-MigrationBatch" in self.done

    @property
    def adopted(self) -> bool:
        """The batch was there already, and its users are the manifest's."""
        return not self.created

    @property
    def started(self) -> bool:
        """The batch was started, or would be."""
        return "Start-MigrationBatch" in self.done


def start(admin: ExchangeAdmin, manifest: Manifest, *, run: bool = True, check: bool = False) -> Change:
    """Make the manifest's batch exist and, if *run*, run. In *check* nothing is sent: the result is a prediction.

    Before a batch of the way back is made, what is kept of the way there is removed: it would be in the way (fact B23).

    Raises:
        BatchDiffers: a batch of that name exists with other users, another endpoint or another domain, or completes
            by itself.
        BatchUnreadable: it exists and shows neither its users nor how many it has.
        WrongState: it was stopped, failed, or is being removed.
        ExchangeError: Exchange refused, could not be reached, or its answer was lost.
    """
    before = find_batch(admin, manifest.batch)
    users_read = 0 if before is None else _shown(admin, before, manifest)
    _refuse_unstartable(before, run=run)
    done = _left_to_do(before, run=run)
    if check:
        return Change(done, before, before, users_read)
    if before is None and manifest.direction == "offboarding":
        _forget_moves(admin, manifest)
    batch, created = (before, False) if before is not None else _create(admin, manifest)
    if run and not batch.running:
        _refuse_unstartable(batch, run=run)
        batch = _send(admin, "Start-MigrationBatch", batch.name, lambda after: after.running, "Syncing")
    if done:
        users_read = _shown(admin, batch, manifest)
    adopted = before is None and not created
    return Change(
        tuple(each for each in done if not (adopted and each.startswith("New-"))), before, batch, users_read
    )


def stop(admin: ExchangeAdmin, manifest: Manifest, *, check: bool = False) -> Change:
    """Stop whatever of the batch has not begun to complete; what has is left to end (fact B17).

    Raises as `start` does, and:
        BatchMissing: there is none.
    """
    before = _existing(admin, manifest)
    shown = _shown(admin, before, manifest)
    if before.state in HALTED | ENDED or not before.started:
        return Change((), before, before, shown)
    done = ("Stop-MigrationBatch",)
    if check:
        return Change(done, before, before, shown)
    after = _send(
        admin, "Stop-MigrationBatch", before.name, lambda after: after.state in HALTED | ENDED, "Stopped"
    )
    return Change(done, before, after, shown)


def complete(
    admin: ExchangeAdmin,
    manifest: Manifest,
    *,
    now: datetime,
    opens: datetime,
    closes: datetime,
    check: bool = False,
) -> Change:
    """Release the completion of every synced user of the batch, between *opens* and *closes*.

    It is released once: a repeat within 8 hours may not be acted on, and a user's own CompleteAfter wins (fact B19).

    Raises as `stop` does, and:
        OutsideRelease: *now* is not between the two.
        WrongState: it is not synced yet.
    """
    if not opens <= now < closes:
        raise OutsideRelease(batch=manifest.batch, now=now, opens=opens, closes=closes)
    before = _existing(admin, manifest)
    shown = _shown(admin, before, manifest)
    if before.complete_after and before.complete_after > now:
        when = f"{before.complete_after:%Y-%m-%d %H:%M}"
        raise BatchDiffers(batch=before.name, differences=[f"it completes by itself after {when} UTC"])
    if is_released(before):
        return Change((), before, before, shown)
    if before.state not in SYNCED:
        raise WrongState(
            batch=before.name,
            status=before.status,
            act="completed",
            why="a batch completes once it is Synced",
        )
    done = ("Complete-MigrationBatch",)
    if check:
        return Change(done, before, before, shown)
    after = _send(admin, "Complete-MigrationBatch", before.name, is_released, "Completing")
    return Change(done, before, after, shown)


def roll_back(admin: ExchangeAdmin, manifest: Manifest, *, check: bool = False) -> Change:
    """Stop the batch, so that nothing more of it completes, and remove it; its mailboxes stay where they are.

    Mail flows at every step: until a user completes, its only mailbox is the one it has always had (fact B20).

    Raises as `start` does, and:
        HasCompleted: a mailbox of it has moved, or is just moving.
    """
    before = find_batch(admin, manifest.batch)
    if before is None or before.state == "removing":
        return Change((), before, before)
    _refuse_completed(before.name, own_users(admin, before, manifest))
    if check:
        return Change(("Remove-MigrationBatch",), before, None)
    stopped = stop(admin, manifest)
    last = stopped.after or before
    _refuse_completed(last.name, own_users(admin, last, manifest))
    after = _remove(admin, before.name)
    return Change((*stopped.done, "Remove-MigrationBatch"), before, after)


def remove_ended(admin: ExchangeAdmin, manifest: Manifest, *, check: bool = False) -> Change:
    """Remove a batch of which every user has ended, well or not; its mailboxes stay where they have arrived.

    It makes room among the hundred batches of a tenant (fact B5), and lets its mailboxes be moved again (fact B34b).
    Users who were taken out one by one are in it no more (fact B22): it may hold fewer than its manifest, or none.

    Raises as `start` does, and:
        NotEnded: something of it is still on its way.
    """
    before = find_batch(admin, manifest.batch)
    if before is None or before.state == "removing":
        return Change((), before, before)
    users = own_users(admin, before, manifest, fewer=True)
    under_way = sorted(address for address, status in users.items() if status not in ENDED_USERS)
    if under_way or (before.state not in ENDED and not users and before.total != 0):
        raise NotEnded(batch=before.name, status=before.status, addresses=under_way)
    done = ("Remove-MigrationBatch",)
    if check:
        return Change(done, before, None, len(users))
    return Change(done, before, _remove(admin, before.name), len(users))


def is_released(batch: Batch) -> bool:
    """Whether *batch* was told to complete: by its stamp (fact B19), or as it shows."""
    return batch.complete_after is not None or batch.state in RELEASED


def _left_to_do(before: Batch | None, *, run: bool) -> tuple[str, ...]:
    made = () if before is not None else ("New-MigrationBatch",)
    begun = ("Start-MigrationBatch",) if run and (before is None or not before.running) else ()
    return (*made, *begun)


def _create(admin: ExchangeAdmin, manifest: Manifest) -> tuple[Batch, bool]:
    """Make the batch; the second value is False when one of that name turned out to exist and was adopted."""
    failure: OutcomeUnknown | Refused | None = None
    try:
        admin.invoke("New-MigrationBatch", _creation(manifest))
    except (OutcomeUnknown, Refused) as error:
        failure = error  # a refusal too: "already exists" may be the echo of a creation whose answer was lost
    batch = find_batch(admin, manifest.batch)
    if batch is None:
        raise failure or BatchNotTaken(
            batch=manifest.batch, cmdlet="New-MigrationBatch", wanted="there", found="not there"
        )
    own_users(admin, batch, manifest)
    return batch, failure is None


def _forget_moves(admin: ExchangeAdmin, manifest: Manifest) -> None:
    """Remove the completed move request of each mailbox, which is kept for 30 days."""
    for address in sorted(manifest.addresses):
        with contextlib.suppress(NotFound):
            admin.invoke("Remove-MoveRequest", {"Identity": address, "Confirm": False})


def _creation(manifest: Manifest) -> dict[str, object]:
    """No AutoStart and no AutoComplete: starting is a second, visible act, and completion is released elsewhere."""
    parameters: dict[str, object] = {
        "Name": manifest.batch,
        "TargetDeliveryDomain": manifest.routing_domain,
        "CSVData": manifest.csv(),
    }
    if manifest.direction == "offboarding":
        parameters |= {"TargetEndpoint": manifest.endpoint, "TargetDatabases": list(manifest.databases)}
    else:
        parameters["SourceEndpoint"] = manifest.endpoint
    if manifest.notification_emails:
        parameters["NotificationEmails"] = list(manifest.notification_emails)
    return parameters


CONFIRMED: Mapping[str, Mapping[str, object]] = {
    "Start-MigrationBatch": {},
    "Stop-MigrationBatch": {"Confirm": False},
    "Complete-MigrationBatch": {"Confirm": False},
}
"""What each takes beside the batch's name; those that prompt do nothing unless they are told not to (fact A16)."""


def _send(
    admin: ExchangeAdmin, cmdlet: str, batch: str, is_done: Callable[[Batch], bool], wanted: str
) -> Batch:
    """Send *cmdlet* and read back whether it *is_done*: neither a lost answer nor a refusal is taken at its word."""
    failure: OutcomeUnknown | Refused | None = None
    try:
        admin.invoke(cmdlet, {"Identity": batch, **CONFIRMED[cmdlet]})
    except (OutcomeUnknown, Refused) as error:
        failure = error
    after = find_batch(admin, batch)
    if after is None or not is_done(after):
        found = "gone" if after is None else after.status
        raise failure or BatchNotTaken(batch=batch, cmdlet=cmdlet, wanted=wanted, found=found)
    return after


def _remove(admin: ExchangeAdmin, batch: str) -> Batch | None:
    failure: OutcomeUnknown | Refused | None = None
    try:
        admin.invoke("Remove-MigrationBatch", {"Identity": batch, "Confirm": False})
    except (OutcomeUnknown, Refused) as error:
        failure = error
    after = find_batch(admin, batch)
    if after is not None and after.state != "removing":
        raise failure or BatchNotTaken(
            batch=batch, cmdlet="Remove-MigrationBatch", wanted="Removing", found=after.status
        )
    return after


def _existing(admin: ExchangeAdmin, manifest: Manifest) -> Batch:
    batch = find_batch(admin, manifest.batch)
    if batch is None:
        raise BatchMissing(batch=manifest.batch)
    return batch


def _shown(admin: ExchangeAdmin, batch: Batch, manifest: Manifest) -> int:
    """How many of the manifest's users the batch shows, those whose rows it refused among them."""
    return len(own_users(admin, batch, manifest).keys() | {address.casefold() for address in batch.refused})


def _refuse_unstartable(batch: Batch | None, *, run: bool) -> None:
    """A batch that somebody stopped, or that failed, is not started again here (fact B16)."""
    if batch is None or not run or batch.running:
        return
    if batch.state not in RESTING or batch.started:
        raise WrongState(
            batch=batch.name, status=batch.status, act="started", why="starting it again needs a decision"
        )


def _refuse_completed(batch: str, users: Mapping[str, str]) -> None:
    completed = sorted(address for address, status in users.items() if status in COMPLETED_USERS)
    if completed:
        raise HasCompleted(batch=batch, addresses=completed)
