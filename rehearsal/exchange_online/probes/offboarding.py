"""Probes of the way back."""

from __future__ import annotations

from rehearsal.estate import ROUTING_DOMAIN
from rehearsal.exchange_online.lab import Lab, batch_back, move_of
from rehearsal.exchange_online.probes.registry import PROBES, Bench


def _returning(lab: Lab, **parameters: object) -> Lab:
    """Let a batch that goes back be at work for ten minutes."""
    lab.start_offboarding("back", **parameters)
    lab.advance(minutes=10)
    return lab


def _new(lab: Lab, **parameters: object) -> int:
    """Ask for a batch that goes back and return the status of the answer."""
    given = batch_back("back") | {"CSVData": lab.listed(lab.addresses)} | parameters
    return lab.post(
        "New-MigrationBatch", {name: each for name, each in given.items() if each is not None}
    ).status


def _named(lab: Lab, database: str) -> object:
    """Return a list that names a database for each mailbox."""
    return lab.listed((f"{each},{database}" for each in lab.addresses), "EmailAddress,TargetDatabase")


def _error(lab: Lab) -> str:
    return str(lab.user()["ErrorSummary"])


@PROBES.keep
def _back_to_premises_domain(bench: Bench) -> object:
    return _new(bench.moved(), TargetDeliveryDomain=ROUTING_DOMAIN) == 400


@PROBES.keep
def _database_named(bench: Bench) -> object:
    return _new(bench.moved(), TargetDatabases=None) == 400


@PROBES.keep
def _cell_beats_batch(bench: Bench) -> object:
    lab = bench.moved()
    return move_of(_returning(lab, CSVData=_named(lab, "DB02")))["RemoteDatabaseName"] == "DB02"


@PROBES.keep
def _one_of_several_databases(bench: Bench) -> object:
    lab = _returning(bench.moved(*[None] * 6), TargetDatabases=["DB01", "DB02"])
    return len({row["RemoteDatabaseName"] for row in lab.rows("Get-MoveRequest")}) == 2


@PROBES.keep
def _known_database(bench: Bench) -> object:
    return _returning(bench.moved(), TargetDatabases=["DB99"]).status() == "Failed"


@PROBES.keep
def _only_from_cloud(bench: Bench) -> object:
    return "isn't a mailbox" in _error(_returning(bench.tenant()))


@PROBES.keep
def _needs_guid_on_premises(bench: Bench) -> object:
    lab = bench.moved()
    lab.source.unstamped.add(lab.estate.mailboxes[0].exchange_guid)
    return _returning(lab).status() == "Failed"


@PROBES.keep
def _leftover_refused(bench: Bench) -> object:
    lab = bench.moved()
    lab.source.remote.clear()
    return _returning(lab).status() == "Failed"


@PROBES.keep
def _leftover_request(bench: Bench) -> object:
    lab = bench.synced()
    lab.complete()
    lab.rows("Remove-MigrationBatch", Identity="wave-1", Confirm=False)
    lab.advance(minutes=1)
    return _returning(lab).status() == "Failed"
