"""Probes of batches: making, driving, keeping and removing them."""

from __future__ import annotations

from rehearsal.exchange_online.lab import Lab, batch
from rehearsal.exchange_online.probes.registry import PROBES, Bench
from rehearsal.wire import Reply

_RESTING = ("Synced", "IncrementalSynced")


def _new(lab: Lab, name: str, data: object) -> Reply:
    return lab.post("New-MigrationBatch", batch(name) | {"CSVData": data})


@PROBES.keep
def _most_batches(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    made = lab.service.tenant.batches
    made |= {f"copy-{n}": made["wave-1"] for n in range(99)}  # a hundred real ones take longer
    return 100 if _new(lab, "one more", lab.listed(["x@nhsmail.example"])).status == 400 else None


@PROBES.keep
def _removed_name_lingers(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    lab.rows("Remove-MigrationBatch", Identity="wave-1", Confirm=False)
    lab.advance(seconds=6)
    return _new(lab, "wave-1", lab.listed(lab.addresses)).status == 400


@PROBES.keep
def _unknown_columns_refused(bench: Bench) -> object:
    lab = bench.tenant()
    return _new(lab, "wave-1", lab.listed([f"{lab.addresses[0]},red"], "EmailAddress,Colour")).status == 400


@PROBES.keep
def _bad_rows_warn(bench: Bench) -> object:
    lab = bench.tenant()
    return _new(lab, "wave-1", lab.listed([*lab.addresses, "nonsense"])).status == 200


@PROBES.keep
def _rows_in_a_batch(bench: Bench) -> object:
    lab = bench.tenant()
    names = lab.listed(f"x{n}@nhsmail.example" for n in range(2001))
    return None if _new(lab, "wave-1", names).status == 200 else 2000


@PROBES.keep
def _one_batch_a_mailbox(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    row = lab.rows("New-MigrationBatch", **batch("wave-2"), CSVData=lab.listed(lab.addresses))[0]
    return row["TotalCount"] == 0


@PROBES.keep
def _adds_new_rows_only(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    lab.rows("Set-MigrationBatch", Identity="wave-1", AddUsers=True, CSVData=lab.listed(lab.addresses))
    return lab.rows("Get-MigrationBatch", Identity="wave-1")[0]["ValidationWarningCount"] == 0


@PROBES.keep
def _copies_users(bench: Bench) -> object:
    lab = bench.synced()
    given = {"Name": "wave-2", "UserIds": lab.addresses, "DisableOnCopy": True}
    return lab.post("New-MigrationBatch", given).status == 200 and lab.user()["BatchId"] == "wave-2"


@PROBES.keep
def _times_are_utc(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch(StartAfter="2026-09-02T08:00:00")
    return str(lab.rows("Get-MigrationBatch")[0]["StartAfterUTC"]).startswith("2026-09-02T08:00:00")


@PROBES.keep
def _completes_what_is_synced(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    lab.advance(minutes=2)
    return lab.post("Complete-MigrationBatch", {"Identity": "wave-1", "Confirm": False}).status == 400


@PROBES.keep
def _eight_hours(bench: Bench) -> object:
    lab = bench.synced()
    lab.complete(minutes=0)
    lab.rows("Set-MigrationBatch", Identity="wave-1", CompleteAfter="2026-10-01T00:00:00Z")
    lab.complete(hours=3)
    return lab.status() in _RESTING


@PROBES.keep
def _user_completion_wins(bench: Bench) -> object:
    lab = bench.synced()
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], CompleteAfter="2026-10-01T00:00:00Z")
    lab.complete()
    return lab.status() in _RESTING


@PROBES.keep
def _user_start_wins(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch(StartAfter="2026-09-03T08:00:00Z")
    lab.advance(seconds=45)  # its row is taken up, and not yet validated
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], StartAfter="2026-09-01T08:00:00Z")
    lab.advance(minutes=30)
    return lab.status() == "Syncing"


@PROBES.keep
def _worst_score(bench: Bench) -> object:
    lab = bench.synced("investigate", None)
    return lab.rows("Get-MigrationBatch")[0]["DataConsistencyScore"] == "Investigate"


@PROBES.keep
def _cancel_at_failures(bench: Bench) -> object:
    lab = bench.tenant()
    strangers = [f"x{n}@nhsmail.example" for n in range(500)]
    lab.start_batch(CSVData=lab.listed([*strangers, *lab.addresses]))
    lab.advance(minutes=3)
    return 500 if lab.batch_status() == "Stopped" else None


@PROBES.keep
def _idle_synced_days(bench: Bench) -> object:
    lab = bench.synced()
    for days, more in ((60, 62), (90, 30)):
        lab.advance(days=more)
        if lab.batch_status() == "Stopped":
            return days
    return None


def _gone_after(lab: Lab, waits: tuple[tuple[int, int], ...]) -> int | None:
    """Return after how many days the batch was gone; *waits* are `(days, days more to wait)`."""
    for days, more in waits:
        lab.advance(days=more)
        if not lab.rows("Get-MigrationBatch"):
            return days
    return None


@PROBES.keep
def _idle_stopped_days(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    lab.advance(minutes=20)
    lab.rows("Stop-MigrationBatch", Identity="wave-1", Confirm=False)
    return _gone_after(lab, ((30, 33), (90, 60)))


@PROBES.keep
def _completed_days(bench: Bench) -> object:
    lab = bench.synced()
    lab.complete()
    return _gone_after(lab, ((60, 63),))


@PROBES.keep
def _users_at_once(bench: Bench) -> object:
    lab = bench.tenant()
    _new(lab, "wave-1", lab.listed(lab.addresses))
    return bool(lab.rows("Get-MigrationUser"))


@PROBES.keep
def _archive_only_refused(bench: Bench) -> object:
    lab = bench.tenant()
    rows = lab.listed([f"{lab.addresses[0]},ArchiveOnly"], "EmailAddress,MailboxType")
    lab.start_batch(CSVData=rows)
    lab.advance(minutes=5)
    return lab.status() == "Failed"
