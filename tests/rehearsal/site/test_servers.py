"""The cmdlets that read servers and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.estate import MAIL_DOMAIN, ROUTING_DOMAIN, Estate
from rehearsal.wire import CmdletResult

Invoke = Callable[..., CmdletResult]


def test_servers_say_their_build(invoke: Invoke, estate: Estate) -> None:
    """It should list the servers with name and build (fact D16)."""
    expected = [(server.name, server.version) for server in estate.site.servers]
    assert expected == [
        (row["Name"], row["AdminDisplayVersion"]) for row in invoke("Get-ExchangeServer").rows
    ]


def test_one_server_can_be_read(invoke: Invoke, estate: Estate) -> None:
    """It should find one server by its full name and refuse one that is not there."""
    (row,) = invoke("Get-ExchangeServer", Identity=estate.site.servers[1].fqdn).rows
    assert estate.site.servers[1].name == row["Name"]
    assert invoke("Get-ExchangeServer", Identity="EX99").errors


def test_databases_have_sizes_on_demand(invoke: Invoke, estate: Estate) -> None:
    """It should measure databases only where the caller asks for their status."""
    server = estate.site.servers[0]
    plain = invoke("Get-MailboxDatabase", Server=server.name).rows
    measured = invoke("Get-MailboxDatabase", Server=server.name, Status=None).rows
    assert list(server.databases) == [row["Name"] for row in plain]
    assert {None} == {row["DatabaseSize"] for row in plain}
    assert all(str(row["DatabaseSize"]).endswith("bytes)") for row in measured)


def test_the_replication_proxy_is_on(invoke: Invoke, estate: Estate) -> None:
    """It should have the proxy for moves on at every server, and Extended Protection allowed (facts B44, D19)."""
    rows = invoke("Get-WebServicesVirtualDirectory").rows
    assert [server.name for server in estate.site.servers] == [row["Server"] for row in rows]
    assert {(True, "Allow")} == {
        (row["MRSProxyEnabled"], row["ExtendedProtectionTokenChecking"]) for row in rows
    }


def test_the_routing_domain_is_accepted(invoke: Invoke) -> None:
    """It should know the coexistence domain as the wizard made it (fact D12)."""
    rows = invoke("Get-AcceptedDomain").rows
    expected = [(MAIL_DOMAIN, True, False), (ROUTING_DOMAIN, False, True)]
    assert expected == [(row["DomainName"], row["Default"], row["IsCoexistenceDomain"]) for row in rows]
