"""Remote PowerShell as the unmodified pypsrp client meets it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from pypsrp.complex_objects import RunspacePoolState
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from rehearsal.estate import Estate
from rehearsal.site.shells import Trouble
from rehearsal.site.site import Site
from rehearsal.site.wire_options import WireOptions
from tests.rehearsal.site.conftest import OTHER_USER, USER, Served, finish, run, serve

pytestmark = pytest.mark.conformance


@pytest.fixture
def pool(served: Served) -> Iterator[RunspacePool]:
    """An open runspace pool."""
    with served.pool() as pool:
        yield pool


def test_every_mailbox_comes_back(pool: RunspacePool, estate: Estate) -> None:
    """It should return all 500 mailboxes, over NTLM and sealed messages (fact D1)."""
    said = run(pool, "Get-Mailbox", ResultSize="Unlimited")
    assert {mailbox.exchange_guid for mailbox in estate.mailboxes} == {
        str(row["ExchangeGuid"]) for row in said.rows
    }


def test_sizes_are_text(pool: RunspacePool, estate: Estate) -> None:
    """It should give sizes as text and several values as a list (fact D6)."""
    mailbox = estate.mailboxes[0]
    (row,) = run(pool, "Get-MailboxStatistics", Identity=mailbox.address).rows
    assert row["TotalItemSize"].endswith(f" ({mailbox.size_bytes:,} bytes)")
    (row,) = run(pool, "Get-Mailbox", Identity=mailbox.address).rows
    assert isinstance(row["EmailAddresses"], list)


def test_scripts_are_refused(pool: RunspacePool, served: Served) -> None:
    """It should run no script, not even one that is a cmdlet's name, in no-language mode (fact D2)."""
    said = finish(PowerShell(pool).add_script("Get-Mailbox"))
    assert said.failed
    assert "no-language mode" in str(said.errors[0])
    assert served.calls == []


def test_cmdlets_can_be_piped(pool: RunspacePool, estate: Estate) -> None:
    """It should give each object on the pipeline to the next cmdlet (fact D2)."""
    pipeline = PowerShell(pool).add_cmdlet("Get-Mailbox").add_parameter("ResultSize", 3)
    said = finish(pipeline.add_cmdlet("Get-MailboxStatistics"))
    assert [mailbox.exchange_guid for mailbox in estate.mailboxes[:3]] == [
        str(row["MailboxGuid"]) for row in said.rows
    ]


def test_one_pipeline_at_a_time(pool: RunspacePool) -> None:
    """It should refuse a second pipeline while one is running in the runspace (fact D2)."""
    first = PowerShell(pool).add_cmdlet("Get-Mailbox").add_parameter("ResultSize", "Unlimited")
    first.begin_invoke()
    second = run(pool, "Get-ExchangeServer")
    assert second.failed
    assert "cannot be executed concurrently" in str(second.errors[0])
    assert len(first.end_invoke()) == 500
    assert len(run(pool, "Get-ExchangeServer").rows) == 2


def test_an_exchange_error_does_not_fail_the_pipeline(pool: RunspacePool) -> None:
    """It should write what Exchange's tasks refuse as an error record and end well, as PowerShell does."""
    said = run(pool, "Get-Mailbox", Identity="nobody")
    assert not said.failed
    (error,) = said.errors
    assert "FailureCategory=Cmdlet-ManagementObjectNotFoundException" in error.fq_error
    assert error.reason == "ManagementObjectNotFoundException"


def test_a_binding_error_fails_the_pipeline(pool: RunspacePool) -> None:
    """It should end the pipeline where PowerShell itself refuses, as for an unknown parameter."""
    said = run(pool, "Get-Mailbox", Colour="blue")
    assert said.failed
    assert said.errors[0].fq_error.startswith("ParameterBindingException")


def test_warnings_arrive(pool: RunspacePool) -> None:
    """It should warn that there are more results."""
    said = run(pool, "Get-Mailbox", ResultSize=2)
    assert len(said.rows) == 2
    assert "more results available" in said.warnings[0]


def test_values_keep_their_kind_on_the_way_in(pool: RunspacePool, served: Served) -> None:
    """It should hand numbers, truth, lists, tables and GUIDs on as plain values that can be written down."""
    run(pool, "Get-Mailbox", A=1, B=True, C=["x", "y"], D={"Add": ["z"]}, E=uuid.UUID(int=1), F=None)
    guid = str(uuid.UUID(int=1))
    expected = {"A": 1, "B": True, "C": ["x", "y"], "D": {"Add": ["z"]}, "E": guid, "F": None}
    assert [expected] == [call.parameters for call in served.calls]
    assert [USER] == [call.user for call in served.calls]


def test_a_nameless_value_is_the_identity(pool: RunspacePool, estate: Estate) -> None:
    """It should take a value without a name as the identity."""
    pipeline = PowerShell(pool).add_cmdlet("Get-Mailbox").add_argument(estate.mailboxes[1].alias)
    assert estate.mailboxes[1].alias == finish(pipeline).rows[0]["Alias"]


def test_a_large_command_comes_in_parts(pool: RunspacePool, served: Served) -> None:
    """It should put a command together that is too large for one message."""
    text = "x" * 700_000
    run(pool, "Get-Mailbox", Identity=text)
    assert text == served.calls[0].parameters["Identity"]


def test_keys_can_be_exchanged(pool: RunspacePool) -> None:
    """It should answer on the pool's own stream: keys, free runspaces, life."""
    pool.exchange_keys()
    assert pool.get_available_runspaces() == 1
    assert pool.is_alive()


@pytest.mark.parametrize("auth", ["ntlm", "negotiate"])
def test_accounts_are_checked(served: Served, auth: str) -> None:
    """It should accept the password, bare or inside SPNEGO, and refuse any other."""
    with served.pool(auth=auth) as pool:
        assert len(run(pool, "Get-ExchangeServer").rows) == 2
    for wrong in ({"password": "guess"}, {"username": "REHEARSAL\\nobody"}):
        with pytest.raises(AuthenticationError), served.pool(auth=auth, **wrong):
            pass


def test_nothing_is_taken_in_the_clear(served: Served) -> None:
    """It should refuse a message that is not sealed, although its sender is known (fact D1)."""
    with (
        WSMan(
            "127.0.0.1",
            port=served.port,
            ssl=False,
            path="PowerShell",
            auth="ntlm",
            encryption="never",
            username=USER,
            password="throw-away",
        ) as wsman,
        pytest.raises(WinRMTransportError, match="500"),
    ):
        RunspacePool(wsman, configuration_name="Microsoft.Exchange").open()


def test_the_path_is_powershell(served: Served) -> None:
    """It should answer 404 elsewhere and not look at the case of the path (fact D3)."""
    with served.pool(path="powershell/") as pool:
        assert len(run(pool, "Get-ExchangeServer").rows) == 2
    with pytest.raises(WinRMTransportError, match="404"), served.pool(path="wsman"):
        pass


def test_another_configuration_is_unknown(served: Served) -> None:
    """It should know no session configuration but Microsoft.Exchange (fact D3)."""
    with served.wsman() as wsman, pytest.raises(WSManFaultError) as caught:
        RunspacePool(wsman, configuration_name="Microsoft.PowerShell").open()
    assert caught.value.code == 2150858811


def test_a_user_has_eighteen_shells(served: Served) -> None:
    """It should refuse one user's nineteenth shell, and give it once another is closed (fact D7)."""
    wsmans = [served.wsman() for _ in range((WireOptions().max_shells or 0) + 1)]
    pools = [RunspacePool(wsman, configuration_name="Microsoft.Exchange") for wsman in wsmans]
    for pool in pools[:-1]:
        pool.open()
    with pytest.raises(WSManFaultError, match="18 concurrent shells, which has been exceeded") as caught:
        pools[-1].open()
    assert caught.value.code == 2150859173
    with served.pool(username=OTHER_USER) as other:
        assert len(run(other, "Get-ExchangeServer").rows) == 2
    pools[0].close()
    with served.pool():
        pass
    for pool in pools[1:-1]:
        pool.close()
    for wsman in wsmans:
        wsman.close()


def assert_lost(pool: RunspacePool) -> None:
    """The shell of *pool* is gone, and the fault says so (fact D8)."""
    with pytest.raises(WSManFaultError, match="FailureCategory=WSMan-InvalidShellID") as caught:
        run(pool, "Get-ExchangeServer")
    assert caught.value.code == 2150858843


def test_a_lost_shell_says_so(served: Served) -> None:
    """It should answer InvalidShellID for a shell that its server has lost (fact D8)."""
    with served.wsman() as wsman:
        pool = RunspacePool(wsman, configuration_name="Microsoft.Exchange")
        pool.open()
        served.shells.lose()
        assert_lost(pool)


def test_a_deleted_shell_is_lost(served: Served) -> None:
    """It should know a shell no more once it was deleted (fact D8)."""
    with served.wsman() as wsman:
        pool = RunspacePool(wsman, configuration_name="Microsoft.Exchange")
        pool.open()
        pool.shell.wsman.delete(pool.shell.resource_uri, selector_set=pool.shell._selector_set)
        assert_lost(pool)


def test_an_idle_shell_dies(served: Served) -> None:
    """It should end a shell that was idle for longer than its client asked, but not one that was used."""
    with served.wsman() as wsman:
        pool = RunspacePool(wsman, configuration_name="Microsoft.Exchange", idle_timeout=60)
        pool.open()
        for _ in range(3):
            served.now += 59
            assert len(run(pool, "Get-ExchangeServer").rows) == 2
        served.now += 61
        assert_lost(pool)


def test_a_shell_is_its_users_own(served: Served, pool: RunspacePool) -> None:
    """It should let nobody else into a shell."""
    with served.wsman(username=OTHER_USER) as wsman:
        thief = RunspacePool(wsman, configuration_name="Microsoft.Exchange")
        thief.shell._selector_set = pool.shell._selector_set
        with pytest.raises(WSManFaultError, match="Access is denied"):
            thief.shell._get_shell()


def test_a_finished_command_can_be_closed_once(pool: RunspacePool) -> None:
    """It should forget a command that its client has closed."""
    pipeline = PowerShell(pool).add_cmdlet("Get-ExchangeServer")
    pipeline.invoke()
    pipeline.close()
    with pytest.raises(WSManFaultError, match="does not exist"):
        pipeline.close()


def test_a_running_command_can_be_stopped(pool: RunspacePool) -> None:
    """It should free the runspace when its client stops the pipeline."""
    pipeline = PowerShell(pool).add_cmdlet("Get-Mailbox").add_parameter("ResultSize", "Unlimited")
    pipeline.begin_invoke()
    pipeline.stop()
    assert len(run(pool, "Get-ExchangeServer").rows) == 2


def test_nothing_to_read_ends_by_the_timeout(pool: RunspacePool) -> None:
    """It should let a read that finds nothing wait for its timeout and then say so."""
    with pytest.raises(WSManFaultError) as caught:
        pool._receive(timeout=1)
    assert caught.value.code == 2150858793


def answers(pool: RunspacePool) -> list[requests.Response]:
    """Collect the answers that *pool*'s connection gets."""
    collected: list[requests.Response] = []
    session: Any = pool.connection.transport.session
    session.hooks["response"].append(lambda response, **_: collected.append(response))
    return collected


def test_the_boundary_has_a_space(pool: RunspacePool) -> None:
    """It should put Exchange's space between hyphens and boundary, and compress nothing for pypsrp (fact D4)."""
    collected = answers(pool)
    run(pool, "Get-ExchangeServer")
    assert all(response.content.startswith(b"-- Encrypted Boundary\r\n") for response in collected)
    assert all(response.content.endswith(b"-- Encrypted Boundary--\r\n") for response in collected)
    assert all("Content-Encoding" not in response.headers for response in collected)


def test_answers_are_compressed_unless_refused(pool: RunspacePool) -> None:
    """It should compress for a client that does not refuse it, as IIS does (fact D4)."""
    session: Any = pool.connection.transport.session
    session.headers["Accept-Encoding"] = "gzip, deflate"
    collected = answers(pool)
    assert len(run(pool, "Get-ExchangeServer").rows) == 2
    assert all(response.headers["Content-Encoding"] == "gzip" for response in collected)


def test_a_new_connection_must_sign_in(pool: RunspacePool) -> None:
    """It should not open, on a new connection, what was sealed for an old one."""
    pool.connection.transport.session.close()
    with pytest.raises(WinRMTransportError, match="400"):
        run(pool, "Get-ExchangeServer")
    pool.connection.transport.encryption = None  # sign in again
    assert len(run(pool, "Get-ExchangeServer").rows) == 2


def test_rehearsal_limits_are_told_apart(pool: RunspacePool) -> None:
    """It should say that the rehearsal, not Exchange, lacks a cmdlet, a parameter or a kind of value."""
    assert "Not modelled" in str(run(pool, "New-ExchangeCertificate").errors[0])
    assert "Not modelled" in str(run(pool, "Get-Mailbox", Anr="x").errors[0])
    assert "Not modelled" in str(run(pool, "Get-Mailbox", Identity=b"x").errors[0])


def test_a_move_shows_at_the_source(pool: RunspacePool, site: Site, estate: Estate) -> None:
    """It should show a moved mailbox as a remote mailbox and no longer as a mailbox (fact B20)."""
    moved = estate.mailboxes[0]
    site.directory.convert_to_remote(moved.exchange_guid)
    assert len(run(pool, "Get-Mailbox", ResultSize="Unlimited").rows) == len(estate.mailboxes) - 1
    (row,) = run(pool, "Get-RemoteMailbox", ResultSize="Unlimited").rows
    assert moved.exchange_guid == str(row["ExchangeGuid"])


def test_the_load_quota_leaves_the_shell_alone(site: Site) -> None:
    """It should refuse a request by the quota's fault, and know the shell afterwards (fact D7)."""
    planned = {"Command": [Trouble.LOAD_QUOTA]}
    with (
        serve(site.invoke, meddle=lambda name: planned[name].pop() if planned.get(name) else None) as served,
        served.pool() as pool,
    ):
        with pytest.raises(WSManFaultError, match="user load quota of"):
            run(pool, "Get-ExchangeServer")
        assert 1 == len(served.shells._open)
        assert served.calls == []


@pytest.mark.parametrize(("trouble", "status"), [(Trouble.TIMED_OUT, "504"), (Trouble.HELD_OFF, "429")])
def test_a_load_balancer_answers_and_the_shell_lives_on(site: Site, trouble: Trouble, status: str) -> None:
    """It should answer in the server's place, once, and know the shell afterwards."""
    planned = {"Command": [trouble]}
    with (
        serve(site.invoke, meddle=lambda name: planned[name].pop() if planned.get(name) else None) as served,
        served.pool() as pool,
    ):
        with pytest.raises(WinRMTransportError, match=status):
            run(pool, "Get-ExchangeServer")
        assert 1 == len(served.shells._open)
        assert served.calls == []


def test_a_lost_server_loses_every_shell(site: Site) -> None:
    """It should know no shell any more, and say so as Exchange does (fact D8)."""
    planned = {"Receive": [Trouble.SHELLS_LOST]}
    with serve(site.invoke, meddle=lambda name: None) as served, served.pool() as pool:
        served.shells._configuration = replace(
            served.shells._configuration,
            meddle=lambda name: planned[name].pop() if planned.get(name) else None,
        )
        with pytest.raises(WSManFaultError, match="WSMan-InvalidShellID"):
            run(pool, "Get-ExchangeServer")
        pool.state = RunspacePoolState.BROKEN  # its end can tell nobody
