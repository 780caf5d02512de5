"""Probes of slots, and of what the source lets through."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.estate import GIB
from rehearsal.exchange_online.lab import Lab
from rehearsal.exchange_online.probes.registry import PROBES, Bench

_LARGE = 10 * GIB
"""A mailbox whose initial sync takes at least ten hours."""


def _limit(lab: Lab, migrations: int, increments: int) -> int:
    """Set the slots of the endpoint and return the status of the answer."""
    given = {"MaxConcurrentMigrations": migrations, "MaxConcurrentIncrementalSyncs": increments}
    return lab.post("Set-MigrationEndpoint", {"Identity": "leeds"} | given).status


def _syncing(bench: Bench, count: int, *, migrations: int = 1) -> Lab:
    """Return a tenant with *count* large mailboxes in a batch under way."""
    lab = bench.tenant(*[None] * count, size=_LARGE)
    _limit(lab, migrations, 1)
    lab.start_batch()
    lab.advance(minutes=30)
    return lab


def _details(lab: Lab) -> list[str]:
    return [str(row["StatusDetail"]) for row in lab.rows("Get-MoveRequestStatistics", Identity=None)]


@PROBES.keep
def _endpoint_slots(bench: Bench) -> object:
    row = bench.tenant().rows("Get-MigrationEndpoint")[0]
    return row["MaxConcurrentMigrations"], row["MaxConcurrentIncrementalSyncs"]


@PROBES.keep
def _three_hundred(bench: Bench) -> object:
    return _limit(bench.tenant(), 301, 1) == 400


@PROBES.keep
def _increments_below_migrations(bench: Bench) -> object:
    return _limit(bench.tenant(), 5, 6) == 400


@PROBES.keep
def _two_pools(bench: Bench) -> object:
    lab = _syncing(bench, 2)
    while lab.status(0) == "Syncing":
        lab.advance(hours=1)
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], CompleteAfter="2026-09-01T08:00:00Z")
    lab.advance(hours=3)
    return lab.status(0) == "Completed"


@PROBES.keep
def _slots_are_limits(bench: Bench) -> object:
    lab = _syncing(bench, 2)
    return [lab.status(0), lab.status(1)] == ["Syncing", "Queued"]


@PROBES.keep
def _limits_wait_for_a_pass(bench: Bench) -> object:
    lab = _syncing(bench, 2)
    before = lab.status(1)
    _limit(lab, 2, 1)
    return lab.status(1) == before


@PROBES.keep
def _keeps_slots(bench: Bench) -> object:
    lab = _syncing(bench, 2, migrations=2)
    _limit(lab, 1, 1)
    lab.advance(minutes=1)
    return lab.status(1) == "Syncing"


@PROBES.keep
def _source_connections(bench: Bench) -> object:
    lab = _syncing(Bench(replace(bench.options, moves_a_source=None)), 101, migrations=200)
    return _details(lab).count("ProxyBackoff") == 1


@PROBES.keep
def _other_tenants(bench: Bench) -> object:
    lab = bench.tenant(*[None] * 40, crowded=True)
    lab.start_batch()
    lab.advance(minutes=10)
    rows = lab.rows("Get-MoveRequestStatistics", Identity=None)
    waiting = sum(int(row["PositionInQueue"]) > 0 for row in rows)
    return "none" if waiting == 0 else "usual" if waiting < 20 else "published"


@PROBES.keep
def _moves_a_source(bench: Bench) -> object:
    held = [each for each in _details(_syncing(bench, 11, migrations=50)) if each.startswith("Stalled")]
    return 10 if len(held) == 1 else None
