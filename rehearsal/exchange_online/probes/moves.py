"""Probes of what becomes of a move."""

from __future__ import annotations

from datetime import datetime

from rehearsal.estate import GIB, START
from rehearsal.exchange_online.lab import Lab, move_of
from rehearsal.exchange_online.licences import Held
from rehearsal.exchange_online.probes.registry import PROBES, Bench


def _started(bench: Bench, cause: str | None, *, size: int = GIB, domain: str | None = None) -> Lab:
    """Return a tenant with one mailbox in a batch under way for two hours."""
    lab = bench.tenant(cause, size=size)
    lab.start_batch(**({"TargetDeliveryDomain": domain} if domain else {}))
    lab.advance(hours=2)
    return lab


def _synced_again(lab: Lab) -> str:
    """Return the status after an incremental sync."""
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], SyncNow=True)
    lab.advance(hours=1)
    return lab.status()


@PROBES.keep
def _plateau(bench: Bench) -> object:
    return bench.synced().statistics()["PercentageComplete"] == 95


@PROBES.keep
def _daily_increments(bench: Bench) -> object:
    lab = bench.synced()
    before = lab.user()["LastSuccessfulSyncTime"]
    lab.advance(hours=26)
    return lab.user()["LastSuccessfulSyncTime"] != before


@PROBES.keep
def _synced_again_as(bench: Bench) -> object:
    return _synced_again(bench.synced())


@PROBES.keep
def _warned_group(bench: Bench) -> object:
    lab = bench.synced("two_mailboxes")
    lab.complete()
    return lab.user()["StatusSummary"]


@PROBES.keep
def _stall_names(bench: Bench) -> object:
    detail = str(move_of(_started(bench, "stall"))["StatusDetail"])
    return "current" if "Target_" in detail else "older"


@PROBES.keep
def _investigate_waits(bench: Bench) -> object:
    lab = bench.synced("investigate")
    lab.complete()
    return lab.status() == "Synced"


@PROBES.keep
def _poor_stays(bench: Bench) -> object:
    lab = bench.synced("poor")
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], ApproveSkippedItems=True)
    lab.complete()
    return lab.status() == "Synced"


@PROBES.keep
def _approval_looks_back(bench: Bench) -> object:
    lab = bench.synced("investigate", late_item_share=1.0)
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], ApproveSkippedItems=True)
    _synced_again(lab)
    lab.complete()
    return lab.status() != "Completed"


@PROBES.keep
def _largest_200_gb(bench: Bench) -> object:
    return _started(bench, None, size=230 * GIB).status() == "Failed"


@PROBES.keep
def _leaves_two_mailboxes(bench: Bench) -> object:
    lab = bench.synced("two_mailboxes")
    lab.complete()
    return len(lab.rows("Get-Mailbox")) == 1 and len(lab.source.mailboxes()) == 1


@PROBES.keep
def _matches_multiple(bench: Bench) -> object:
    return _started(bench, "multiple_entries").status() == "Failed"


@PROBES.keep
def _needs_routing_address(bench: Bench) -> object:
    return _started(bench, None, domain="nhsmail.onmicrosoft.com").status() == "Failed"


class _Licensed:
    """A directory in which a licence came too early for everybody."""

    def knows(self, _exchange_guid: str) -> bool:
        return True

    def own_mailbox(self, _key: str) -> datetime:
        return START

    def licensed(self, _key: str) -> tuple[Held, ...]:
        return ()


@PROBES.keep
def _early_licence_makes_mailbox(bench: Bench) -> object:
    lab = bench.tenant(mail_users=_Licensed())
    lab.start_batch()
    lab.advance(minutes=10)
    return lab.status() == "Failed"


@PROBES.keep
def _moves_once(bench: Bench) -> object:
    lab = bench.moved()
    lab.start_batch("again")
    lab.advance(minutes=10)
    return lab.status() == "Failed"


@PROBES.keep
def _increments_may_fail(bench: Bench) -> object:
    return _synced_again(bench.synced("increment_failed")) == "IncrementalFailed"


@PROBES.keep
def _completions_may_fail(bench: Bench) -> object:
    lab = bench.synced("completion_failed")
    lab.complete()
    return lab.status() == "CompletionFailed"


@PROBES.keep
def _users_may_corrupt(bench: Bench) -> object:
    return _started(bench, "corrupt").status() == "Corrupted"


@PROBES.keep
def _transient_fails(bench: Bench) -> object:
    return bench.synced("transient").status() == "Failed"


@PROBES.keep
def _removed_active_user(bench: Bench) -> object:
    lab = _started(bench, None, size=10 * GIB)
    given = {"Identity": lab.addresses[0], "Confirm": False}
    return "drops" if lab.post("Remove-MigrationUser", given).status == 200 else "refused"


@PROBES.keep
def _request_days(bench: Bench) -> object:
    lab = bench.synced()
    lab.complete()
    lab.advance(days=4)
    return 30 if lab.rows("Get-MoveRequest") else 3
