# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Whether a batch is as an act on it leaves it: checks for mailwave.exchange.verdict, from what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exchange_admin.migration import Batch, Manifest
from exchange_admin.migration.acts import is_released
from exchange_admin.migration.batch import COMPLETED_USERS, ENDED, HALTED

Checks = list[dict[str, Any]]
Users = Mapping[str, str]


def checks(expect: str, manifest: Manifest, batch: Batch | None, users: Users) -> Checks:
    """The checks of a *batch* that should be as *expect* says, a key of `EXPECTATIONS`; None where there is none."""
    return EXPECTATIONS[expect](manifest, batch, users)


def started(manifest: Manifest, batch: Batch | None, users: Users) -> Checks:
    """It runs, and shows every user of its list (facts B25, B29)."""
    refused = {address.casefold() for address in batch.refused} if batch else set()
    missing = sorted(manifest.addresses - users.keys() - refused)
    running = batch is not None and batch.running
    return [
        _check("batch-not-running", _status(batch), "started", manifest, holds=running),
        _check(
            "batch-users-missing", missing[:5], "no user missing", manifest, holds=not (running and missing)
        ),
        _check("batch-rows-refused", sorted(refused)[:5], "every row taken", manifest, holds=not refused),
    ]


def stopped(manifest: Manifest, batch: Batch | None, _: Users) -> Checks:
    """Nothing of it runs (fact B17)."""
    halted = batch is None or batch.state in HALTED | ENDED or not batch.started
    return [
        _check(
            "batch-still-running", _status(batch), "stopped, ended or never started", manifest, holds=halted
        )
    ]


def released(manifest: Manifest, batch: Batch | None, _: Users) -> Checks:
    """It was told to complete (fact B19)."""
    told = batch is not None and is_released(batch)
    return [_check("batch-not-released", _status(batch), "told to complete", manifest, holds=told)]


def rolled_back(manifest: Manifest, batch: Batch | None, users: Users) -> Checks:
    """It is gone, and took nobody along (facts B20, B34b)."""
    gone = batch is None or batch.state == "removing"
    completed = sorted(address for address, status in users.items() if status in COMPLETED_USERS)
    return [
        _check("batch-still-there", _status(batch), "removed", manifest, holds=gone),
        _check("batch-has-completed", completed[:5], "no mailbox moved", manifest, holds=not completed),
    ]


def removed(manifest: Manifest, batch: Batch | None, _: Users) -> Checks:
    """It is gone, and its name is free again (fact B34b)."""
    gone = batch is None or batch.state == "removing"
    return [_check("ended-batch-still-there", _status(batch), "removed", manifest, holds=gone)]


EXPECTATIONS: Mapping[str, Callable[[Manifest, Batch | None, Users], Checks]] = {
    "started": started,
    "stopped": stopped,
    "released": released,
    "rolled_back": rolled_back,
    "removed": removed,
}


def counted(users: Users) -> dict[str, int]:
    """How many users stand in each state."""
    return dict(sorted(Counter(users.values()).items()))


def _check(
    name: str, found: str | Sequence[str], expected: str, manifest: Manifest, *, holds: bool
) -> dict[str, Any]:
    return {"id": name, "holds": holds, "found": found, "expected": expected, "subject": manifest.batch}


def _status(batch: Batch | None) -> str:
    return batch.status if batch else "not there"
