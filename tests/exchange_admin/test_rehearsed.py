"""Both adapters against the served rehearsal, over its real sockets: TLS, NTLM, PSRP and planned faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pypsrp.complex_objects import RunspacePoolState

from estate_schema.endpoints import Endpoints, load_endpoints
from estate_schema.errors import ConfigurationError
from exchange_admin import (
    DryRunRefusal,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unauthorised,
    Unreachable,
    find_one,
    get_one,
)
from exchange_admin.connect import exchange_online, on_premises
from exchange_admin.onpremises import OnPremises
from exchange_admin.psrp import Account, PsrpShell
from exchange_admin.reach import Reach
from exchange_admin.values import size_bytes
from tests.served import refused_connections_are_dropped, served

FAULTS = [
    ("Get-MigrationConfig", "redirect"),
    ("Get-OrganizationConfig", "unauthorised"),
    ("Get-AcceptedDomain", "unreadable"),
    ("Get-MoveRequest", "forbidden"),
    ("Get-MigrationBatch", "throttle"),
    ("Set-MigrationEndpoint", "drop"),
    ("Set-AcceptedDomain", "tenant_busy"),
]
MAILBOXES = 500


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A served estate for these tests, each fault on the first call of its cmdlet; in the end all were met."""
    plan = [{"service": "exchange_online", "call": call, "nth": 1, "fault": fault} for call, fault in FAULTS]
    with served(tmp_path_factory.mktemp("rehearsal"), plan) as file:
        endpoints = load_endpoints(file)
        yield endpoints
        fired = httpx2.get(f"{endpoints.clock}/faults").json()
    assert {f"{fault} exchange_online {call}": 1 for call, fault in FAULTS} == fired


def test_a_redirect_is_followed(endpoints: Endpoints) -> None:
    """It should follow a redirect to port 446 and get its answer there (fact A25)."""
    slept: list[float] = []
    with exchange_online(endpoints, sleep=slept.append) as admin:
        assert 300 == admin.invoke("Get-MigrationConfig").rows[0]["MaxConcurrentMigrations"]
    assert [] == slept


def test_a_challenge_is_met(endpoints: Endpoints) -> None:
    """It should get a fresh token when one is challenged (fact A13)."""
    with exchange_online(endpoints) as admin:
        row = admin.invoke("Get-OrganizationConfig").rows[0]
    assert endpoints.tenant == row["ExternalDirectoryOrganizationId"]


def test_an_unreadable_answer_is_asked_for_again(endpoints: Endpoints) -> None:
    """It should ask again when a list comes unreadable, rather than take it for empty (fact A24)."""
    slept: list[float] = []
    with exchange_online(endpoints, sleep=slept.append) as admin:
        assert 3 == len(admin.invoke("Get-AcceptedDomain").rows)
    assert [2.0] == slept


def test_throttling_is_waited_out(endpoints: Endpoints) -> None:
    """It should wait as long as it is told, in decimals (fact A26)."""
    slept: list[float] = []
    with exchange_online(endpoints, sleep=slept.append) as admin:
        assert [] == admin.invoke("Get-MigrationBatch").rows
    assert [1.25] == slept


def test_what_is_not_permitted_is_said_to_be(endpoints: Endpoints) -> None:
    """It should see the 403 behind the NULs (fact A23)."""
    with exchange_online(endpoints) as admin, pytest.raises(Unauthorised) as caught:
        admin.invoke("Get-MoveRequest")
    assert 403 == caught.value.status


def test_a_lost_write_is_unknown_and_shows_when_read_back(endpoints: Endpoints) -> None:
    """It should call a write whose answer broke off unknown; a read back shows that it took effect."""
    with exchange_online(endpoints, dry_run=False) as admin:
        with pytest.raises(OutcomeUnknown):
            admin.invoke("Set-MigrationEndpoint", {"Identity": "leeds", "MaxConcurrentMigrations": 90})
        assert 90 == get_one(admin, "Get-MigrationEndpoint", "leeds")["MaxConcurrentMigrations"]


def test_a_write_that_was_turned_away_is_sent_again(endpoints: Endpoints) -> None:
    """It should send a write again that the busy tenant turned away (fact A28)."""
    slept: list[float] = []
    with exchange_online(endpoints, dry_run=False, sleep=slept.append) as admin:
        admin.invoke("Set-AcceptedDomain", {"Identity": "nhsmail.example", "DomainType": "InternalRelay"})
        assert "InternalRelay" == get_one(admin, "Get-AcceptedDomain", "nhsmail.example")["DomainType"]
    assert [2.0] == slept


def test_an_absent_endpoint_is_not_its_neighbour(endpoints: Endpoints) -> None:
    """It should not take the neighbours that come back for the object that was asked for (fact B24)."""
    with exchange_online(endpoints) as admin:
        assert find_one(admin, "Get-MigrationEndpoint", "york") is None
        with pytest.raises(NotFound):
            admin.invoke("Get-Mailbox", {"Identity": "nobody"})


def test_both_sides_know_every_mailbox(endpoints: Endpoints) -> None:
    """It should list every mailbox on premises, and its mail user in the cloud by one ExchangeGuid (fact D24)."""
    with exchange_online(endpoints) as cloud, on_premises(endpoints, "leeds") as site:
        users = {row["ExchangeGuid"] for row in cloud.invoke("Get-MailUser").rows}
        mailboxes = {row["ExchangeGuid"] for row in site.invoke("Get-Mailbox").rows}
    assert MAILBOXES == len(mailboxes)
    assert mailboxes == users


def test_on_premises_objects_are_plain(endpoints: Endpoints) -> None:
    """It should return sizes as texts that can be read, and many values as lists (fact D6)."""
    with on_premises(endpoints, "leeds") as site:
        servers = site.invoke("Get-ExchangeServer").rows
        mailbox = site.invoke("Get-Mailbox", {"ResultSize": 1}).rows[0]
        statistics = get_one(site, "Get-MailboxStatistics", mailbox["ExchangeGuid"])
    assert ["EX01", "EX02"] == [row["Name"] for row in servers]
    assert isinstance(mailbox["EmailAddresses"], list)
    assert size_bytes(statistics["TotalItemSize"])


def test_the_life_of_a_receive_connector(endpoints: Endpoints) -> None:
    """It should make, change, read and remove a connector on one server, and say what is refused."""
    identity = {"Identity": "EX01\\Hybrid"}
    made = {
        "Name": "Hybrid",
        "Server": "EX01",
        "TransportRole": "FrontendTransport",
        "Bindings": ["0.0.0.0:25"],
        "RemoteIPRanges": ["192.0.2.1"],
    }
    with on_premises(endpoints, "leeds", dry_run=False) as site:
        site.invoke("New-ReceiveConnector", {**made, "Custom": True})
        site.invoke("Set-ReceiveConnector", {**identity, "RemoteIPRanges": ["192.0.2.1", "192.0.2.2"]})
        row = get_one(site, "Get-ReceiveConnector", "EX01\\Hybrid")
        with pytest.raises(Refused):
            site.invoke("New-ReceiveConnector", {**made, "Custom": True})
        site.invoke("Remove-ReceiveConnector", identity)
        assert find_one(site, "Get-ReceiveConnector", "EX01\\Hybrid") is None
    assert ["192.0.2.1", "192.0.2.2"] == row["RemoteIPRanges"]


def test_a_dry_run_is_the_default(endpoints: Endpoints) -> None:
    """It should refuse a write on either side unless it was asked for."""
    with exchange_online(endpoints) as cloud, on_premises(endpoints, "leeds") as site:
        for admin, cmdlet in ((cloud, "Start-MigrationBatch"), (site, "Remove-ReceiveConnector")):
            with pytest.raises(DryRunRefusal):
                admin.invoke(cmdlet, {"Identity": "x"})


def _lose_shell(site: OnPremises) -> None:
    """Delete the shell behind the adapter's back, as a server that recycles does."""
    assert isinstance(site._shell, PsrpShell)
    site._shell._pool.shell.close()


def test_a_lost_shell_is_replaced_for_a_read_only(endpoints: Endpoints) -> None:
    """It should read on a new shell when the server lost the old one, and never write on one (fact D8)."""
    with on_premises(endpoints, "leeds", dry_run=False) as site:
        site.invoke("Get-ExchangeServer")
        _lose_shell(site)
        assert 2 == len(site.invoke("Get-ExchangeServer").rows)
        _lose_shell(site)
        with pytest.raises(Unreachable):
            site.invoke("Remove-ReceiveConnector", {"Identity": "EX01\\Default EX01"})
        assert find_one(site, "Get-ReceiveConnector", "EX01\\Default EX01") is not None


def test_a_connection_that_rested_is_replaced_with_its_shell_kept(endpoints: Endpoints) -> None:
    """It should sign in anew after a rest, because the server may have closed the connection, and keep the shell."""
    clock = iter([0.0, 1.0, 2.0, 50.0, 51.0, 99.0])
    credential = endpoints.credentials.sites
    account = Account(
        endpoints.site("leeds").powershell, credential.username, credential.secret, Reach.of(endpoints)
    )
    shell = PsrpShell(account, lambda: next(clock))
    assert 2 == len(shell.run("Get-ExchangeServer", {}).rows)
    before = shell._wsman.transport.session
    assert 2 == len(shell.run("Get-ExchangeServer", {}).rows)
    assert before is not shell._wsman.transport.session
    shell.close()
    assert RunspacePoolState.CLOSED == shell._pool.state


def test_the_nineteenth_shell_waits_for_one_to_close(endpoints: Endpoints) -> None:
    """It should wait when the account has its 18 shells, and go on when one is given back (fact D7)."""
    sites = [on_premises(endpoints, "leeds") for _ in range(18)]
    slept: list[float] = []

    def give_back(seconds: float) -> None:
        slept.append(seconds)
        sites[0].close()

    try:
        for site in sites:
            site.invoke("Get-ExchangeServer")
        with on_premises(endpoints, "leeds", sleep=give_back) as late:
            assert 2 == len(late.invoke("Get-ExchangeServer").rows)
    finally:
        for site in sites:
            site.close()
    assert [2.0] == slept


def test_a_wrong_password_is_refused_at_once(endpoints: Endpoints, tmp_path: Path) -> None:
    """It should say that the account is not accepted, without a second try."""
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("wrong", encoding="ascii")
    account = endpoints.credentials.sites.model_copy(update={"secret_file": secret})
    credentials = endpoints.credentials.model_copy(update={"sites": account})
    wrong = endpoints.model_copy(update={"credentials": credentials})
    with on_premises(wrong, "leeds", sleep=pytest.fail) as site, pytest.raises(Unauthorised):
        site.invoke("Get-ExchangeServer")
    refused_connections_are_dropped()


def test_a_site_that_is_not_there_is_named(endpoints: Endpoints) -> None:
    """It should say which sites there are."""
    with pytest.raises(ConfigurationError, match="leeds"):
        on_premises(endpoints, "york")
