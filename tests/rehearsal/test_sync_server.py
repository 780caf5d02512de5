"""The server of directory synchronisation through the unmodified pypsrp client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pypsrp.powershell import PowerShell, RunspacePool

from rehearsal import kdc, serve
from rehearsal.credentials import Credentials
from rehearsal.directory.lab import Lab, mailbox_of
from rehearsal.directory.options import Options
from rehearsal.estate import START, generate
from rehearsal.services import services, sync_host
from rehearsal.sync_server import NAME, SyncServer, build
from rehearsal.wire import CmdletCall
from tests.rehearsal.site.conftest import PASSWORD, USER, Said, listening, run

pytestmark = pytest.mark.conformance


@pytest.fixture
def lab() -> Lab:
    """A tenant whose synchronisation is slow enough to be seen at work."""
    return Lab(2, options=Options(export_ceiling=1))


@pytest.fixture
def pool(lab: Lab) -> Iterator[RunspacePool]:
    """A session with the server, as Windows offers it."""
    app = build(SyncServer(lab.sync).invoke, {USER: PASSWORD})
    with (
        listening(app) as served,
        served.wsman(path="wsman") as wsman,
        RunspacePool(wsman) as pool,
    ):
        yield pool


def status(said: Said) -> tuple[list[object], list[str]]:
    """The results and the errors that a cmdlet wrote."""
    return [row["Result"] for row in said.rows], [str(error) for error in said.errors]


def test_a_cycle_is_started_by_hand(lab: Lab, pool: RunspacePool) -> None:
    """It should carry a new mailbox to the cloud at once, without the half hour's wait (fact C16)."""
    lab.premises.put(mailbox_of(2))
    assert lab.find(mailbox_of(2)) is None
    assert (["Success"], []) == status(run(pool, "Start-ADSyncSyncCycle", PolicyType="delta"))
    assert lab.find(mailbox_of(2)) is not None
    assert ["Delta"] == [cycle.policy for cycle in lab.sync.cycles]


def test_one_cycle_runs_at_a_time(lab: Lab, pool: RunspacePool) -> None:
    """It should refuse a cycle while another one runs, and say in the scheduler that one does (fact C16)."""
    lab.premises.put(mailbox_of(2), mailbox_of(3))
    run(pool, "Start-ADSyncSyncCycle")
    (row,) = run(pool, "Get-ADSyncScheduler").rows
    assert (True, "00:30:00") == (row["SyncCycleInProgress"], row["CurrentlyEffectiveSyncCycleInterval"])
    results, errors = status(run(pool, "Start-ADSyncSyncCycle", PolicyType="Initial"))
    assert ([], 1, True) == (results, len(errors), "Sync is already running" in errors[0])


def test_the_scheduler_tells_the_next_cycle(lab: Lab) -> None:
    """It should tell when the next cycle by the clock begins."""
    for minutes in (30, 60):
        (row,) = SyncServer(lab.sync).invoke(CmdletCall(USER, "Get-ADSyncScheduler")).rows
        assert START + timedelta(minutes=minutes) == row["NextSyncCycleStartTimeInUTC"]
        lab.advance(minutes=30)


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "text"),
    [
        ("Start-ADSyncSyncCycle", {"PolicyType": "Full"}, 'Cannot convert value "Full"'),
        ("Start-ADSyncSyncCycle", {"Force": True}, "parameter name 'Force'"),
        ("Get-Mailbox", {}, "not recognized"),
    ],
)
def test_what_the_module_lacks_is_refused(
    pool: RunspacePool, cmdlet: str, parameters: dict[str, object], text: str
) -> None:
    """It should refuse what the ADSync module does not know: it is no server of Exchange."""
    said = run(pool, cmdlet, **parameters)
    assert ([], True) == (said.rows, text in str(said.errors[0]))


def test_scripts_are_refused(pool: RunspacePool) -> None:
    """It should run no script, of which nothing is modelled."""
    script = PowerShell(pool).add_script("Start-ADSyncSyncCycle")
    script.invoke()
    assert script.had_errors


@pytest.mark.skipif(bool(kdc.missing()), reason="Kerberos is unproved: no krb5-kdc, gssapi or krb5")
def test_tickets_let_in_beside_passwords(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should take the rehearsal's own tickets for its name as well as NTLM, as WinRM does in a domain (fact D5)."""
    credentials = Credentials.in_folder(tmp_path / "credentials")
    estate = generate(7)
    with serve._sign_in(tmp_path, credentials, estate) as found:
        monkeypatch.setenv("KRB5_CONFIG", str(tmp_path / kdc.FOLDER / "krb5.conf"))
        ticket = {
            "auth": "kerberos",
            "username": found.site_user,
            "password": found.site_password,
            "negotiate_service": "HTTP",
            "negotiate_hostname_override": sync_host(estate.sites[0]),
        }
        app = build(SyncServer(lab.sync).invoke, {USER: PASSWORD}, keytab=found.keytab)
        with listening(app) as served:
            for how in (ticket, {}):
                with served.wsman(path="wsman", **how) as wsman, RunspacePool(wsman) as pool:
                    assert 1 == len(run(pool, "Get-ADSyncScheduler").rows)


def test_the_estate_has_one_such_server() -> None:
    """It should be served under the name of its own server, at WinRM's port."""
    (row,) = (each for each in services(generate(7)) if each.name == "directory-sync")
    assert (f"{NAME.lower()}.leeds.nhsmail.example:5985",) == row.names
