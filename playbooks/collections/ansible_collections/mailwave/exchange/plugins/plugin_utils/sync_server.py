# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The server of directory synchronisation: what is read of it, what a play may set, and what a verify play checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotTaken

from exchange_admin.errors import OutcomeUnknown
from exchange_admin.port import ExchangeAdmin, Row

TAKEN_IN = frozenset({"user", "group", "contact"})
"""The types of object that hybrid needs in the cloud: without one, people, lists or contacts are missing there."""
HYBRID = "Microsoft.OptionalFeature.HybridExchange"
PILOT = "Microsoft.OptionalFeature.GroupFiltering"


@dataclass(frozen=True)
class Sync:
    """What was read: the *scheduler*, optional *features* by name, and the *types* of object that each forest gives."""

    scheduler: Row
    features: Mapping[str, str]
    types: Mapping[str, frozenset[str]]

    @property
    def running(self) -> bool:
        """Whether the clock starts cycles."""
        return _true(self.scheduler.get("SyncCycleEnabled"))


def read(admin: ExchangeAdmin) -> Sync:
    """Read the server; raises what `ExchangeAdmin.invoke` does."""
    (scheduler,) = admin.invoke("Get-ADSyncScheduler").rows
    settings = admin.invoke("Get-ADSyncGlobalSettingsParameter").rows
    connectors = admin.invoke("Get-ADSyncConnector").rows
    return Sync(
        scheduler,
        {str(row["Name"]): str(row["Value"]) for row in settings},
        {
            str(row["Name"]): frozenset(str(name).casefold() for name in row.get("ObjectInclusionList") or ())
            for row in connectors
            if str(row["Type"]) == "AD"
        },
    )


def let_run(admin: ExchangeAdmin, *, start: bool, check: bool) -> tuple[bool, Sync, Sync]:
    """Let the clock start cycles, and *start* one at once where it did not; whether that changes, before and after.

    Raises:
        NotTaken: the scheduler was set and still does not run.
        exchange_admin.errors.ExchangeError: the server refused, could not be reached, or its answer was lost.
    """
    before = read(admin)
    if before.running:
        return False, before, before
    if check:
        return (
            True,
            before,
            Sync({**before.scheduler, "SyncCycleEnabled": True}, before.features, before.types),
        )
    lost = _send(admin, "Set-ADSyncScheduler", {"SyncCycleEnabled": True})
    after = read(admin)
    if not after.running:
        raise lost or NotTaken(
            identity="the scheduler", wanted={"SyncCycleEnabled": True}, found={"SyncCycleEnabled": False}
        )
    if start and not _true(after.scheduler.get("SyncCycleInProgress")):
        # a lost answer is of no account: a cycle that did not start is made up for by the clock
        _send(admin, "Start-ADSyncSyncCycle", {"PolicyType": "Delta"})
    return True, before, after


def checks(sync: Sync) -> list[dict[str, Any]]:
    """The checks of *sync* for a verdict."""
    return [each(sync) for each in _CHECKS] + [
        _check("sync-type-left-out", sorted(types & TAKEN_IN), sorted(TAKEN_IN), forest)
        for forest, types in sync.types.items()
    ]


def _running(sync: Sync) -> dict[str, Any]:
    return _check("sync-stopped", _said(sync.running), _said(True))


def _staging(sync: Sync) -> dict[str, Any]:
    found = _true(sync.scheduler.get("StagingModeEnabled"))
    return _check("sync-staging", "staging" if found else "active", "active")


def _write_back(sync: Sync) -> dict[str, Any]:
    return _check("sync-hybrid-off", sync.features.get(HYBRID, "not set"), "True")


def _pilot(sync: Sync) -> dict[str, Any]:
    return _check("sync-group-filter-on", sync.features.get(PILOT, "False"), "False")


_CHECKS: tuple[Callable[[Sync], dict[str, Any]], ...] = (_running, _staging, _write_back, _pilot)


def suffix_checks(reading: Mapping[str, Any], domains: Iterable[str]) -> list[dict[str, Any]]:
    """Whether the forest lets logon names end in each of *domains*; *reading* is that of the suffixes.

    Exchange writes the suffixes as bare texts, which arrive under `Value`.
    """
    if "error" in reading:
        return [
            {"id": "upn-suffix-missing", "subject": name, "unknown": reading["error"]} for name in domains
        ]
    have = {str(row.get("Value", "")).casefold() for row in reading["rows"]}
    return [
        _check("upn-suffix-missing", "there" if name.casefold() in have else "missing", "there", name)
        for name in domains
    ]


def _check(name: str, found: object, expected: object, subject: str = "") -> dict[str, Any]:
    return {"id": name, "subject": subject, "holds": found == expected, "found": found, "expected": expected}


def _said(running: bool) -> str:  # noqa: FBT001 - it is the value
    return "running" if running else "stopped"


def _true(value: object) -> bool:
    return str(value).casefold() == "true"


def _send(admin: ExchangeAdmin, cmdlet: str, parameters: Mapping[str, object]) -> OutcomeUnknown | None:
    try:
        admin.invoke(cmdlet, parameters)
    except OutcomeUnknown as lost:
        return lost
    return None
