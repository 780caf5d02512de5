"""Faults of servers: builds, .NET, TLS, NTLM, disks, services, maintenance, and the estate file beside them."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.site.machine import Disk, Machine, RegistryValue
from rehearsal.site.machine_setup import LSA, NET_FRAMEWORK, NET_RELEASE, NTLM, REPLICATION_SERVICE, SCHANNEL
from tests.playbooks.seeds.healthy import MARKS
from tests.playbooks.seeds.seed import SERVER, Change, Seed
from tests.playbooks.servers import Premises


def _machine(change: object, server: str = SERVER) -> Change:
    return lambda premises: premises.change(server, change)  # type: ignore[arg-type]


def _value(path: str, name: str, data: int) -> Change:
    return _machine(lambda machine: machine.with_registry_value(path, name, RegistryValue(data)))


def _everywhere(path: str, name: str, data: int) -> Change:
    def change(premises: Premises) -> None:
        for server in premises.names:
            premises.change(server, lambda each: each.with_registry_value(path, name, RegistryValue(data)))

    return change


def _build(build: str, server: str = "EX01") -> Change:
    return _machine(lambda machine: replace(machine, exchange=build), server)


def _disk(free: int) -> Change:
    return _machine(
        lambda machine: replace(machine, disks=machine.disks.with_item("D", Disk("D", 1_000_000, free)))
    )


def _service(name: str, **values: object) -> Change:
    return _machine(lambda machine: machine.with_service(replace(machine.services[name], **values)))


def _without_value(path: str, name: str) -> Change:
    def change(machine: Machine) -> Machine:
        return replace(machine, registry=machine.registry.without_value(path, name))

    return _machine(change)


def _component(component: str, *states: str, requester: str = "Functional") -> Change:
    def change(premises: Premises) -> None:
        for state in states:
            premises.run(
                "Set-ServerComponentState",
                Identity=SERVER,
                Component=component,
                Requester=requester,
                State=state,
            )

    return change


def _policy(policy: str) -> Change:
    return lambda premises: premises.run(
        "Set-MailboxServer", Identity=SERVER, DatabaseCopyAutoActivationPolicy=policy
    )


def _listed(*names: str) -> Change:
    return lambda premises: setattr(premises, "listed", list(names))


def _members(*names: str) -> Change:
    return lambda premises: setattr(premises, "listed_members", list(names))


def _offloads(protection: str) -> Change:
    return lambda premises: premises.run(
        "Set-OutlookAnywhere",
        Identity=f"{SERVER}\\Rpc (Default Web Site)",
        SSLOffloading=True,
        ExtendedProtectionTokenChecking=protection,
    )


def _mark(name: str) -> Change:
    return _machine(
        lambda machine: machine.with_registry_value(MARKS, name, RegistryValue("Unrestricted", "REG_SZ"))
    )


_SERVER_SIDE = f"{SCHANNEL}\\TLS 1.2\\Server"
_OLD_CLIENT = f"{SCHANNEL}\\TLS 1.0\\Client"

SEEDS = (
    Seed(
        "server-outside-estate",
        "B44",
        plant=_listed("EX01", "EX02"),
        near=_listed("ex03", "EX02", "ex01"),
    ),
    Seed(
        "server-group-differs",
        "opd:Get-DatabaseAvailabilityGroup",
        plant=_members("EX01", "EX02", "EX03"),
        near=_members("EX02"),
    ),
    Seed(
        "build-unsupported",
        "D16",
        plant=_build("15.2.1118.7"),  # 2019 CU12
        near=_build("15.2.1544.39"),  # CU14, the one before the latest
        also=frozenset({"coexistence-unsupported"}),
    ),
    Seed("security-update-missing", "D16", plant=_build("15.2.1748.10"), near=_build("15.2.1748.55")),
    Seed(
        "net-release-old",
        "D16",
        plant=_value(NET_RELEASE, "Release", 461_814),  # 4.7.2
        near=_value(NET_RELEASE, "Release", 533_509),
    ),
    Seed(
        "tls-1-2-off",
        "D23",
        plant=_value(_SERVER_SIDE, "Enabled", 0),
        near=_value(f"{SCHANNEL}\\TLS 1.3\\Server", "Enabled", 0),
        repaired=True,
    ),
    Seed(
        "tls-net-not-strong",
        "D23",
        plant=_without_value(NET_FRAMEWORK[2], "SchUseStrongCrypto"),
        near=_value("HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v1.1.4322", "SchUseStrongCrypto", 0),
        repaired=True,
    ),
    Seed(
        "tls-differs",
        "D19",
        plant=_value(_OLD_CLIENT, "Enabled", 1),
        near=_everywhere(_OLD_CLIENT, "Enabled", 1),
        repaired=True,
    ),
    Seed(
        "ntlm-level-low",
        "D19",
        plant=_value(LSA, "LmCompatibilityLevel", 2),
        near=_value(LSA, "LmCompatibilityLevel", 3),
        repaired=True,
    ),
    Seed(
        "ntlm-refused",
        "B46",
        plant=_value(NTLM, "RestrictReceivingNTLMTraffic", 2),
        near=_value(NTLM, "RestrictSendingNTLMTraffic", 2),
        repaired=True,
    ),
    Seed("extended-protection-offloading", "D19", plant=_offloads("Require"), near=_offloads("None")),
    Seed("disk-full", "policy", plant=_disk(50_000), near=_disk(100_000)),
    Seed(
        "services-stopped",
        "opd:Test-ServiceHealth",
        plant=_machine(lambda machine: machine.service_stopped("MSExchangeTransport")),
        near=_machine(lambda machine: machine.service_stopped("MSExchangeHM")),
        repaired=True,
    ),
    Seed(
        "replication-service-disabled",
        "B44",
        plant=_service(REPLICATION_SERVICE, start_mode="disabled"),
        near=_service(REPLICATION_SERVICE, start_mode="delayed"),
        repaired=True,
    ),
    Seed(
        "maintenance-left",
        "opd:Set-ServerComponentState",
        plant=_mark("Maintenance"),
        near=_mark("MaintenanceWindow"),
        repaired=True,
    ),
    Seed(
        "maintenance-by-somebody",
        "opd:Set-ServerComponentState",
        plant=_component("ServerWideOffline", "Inactive"),
        near=_component("ServerWideOffline", "Inactive", "Active"),
    ),
    Seed(
        "databases-shut-out",
        "opd:Set-MailboxServer",
        plant=_policy("Blocked"),
        near=_policy("IntrasiteOnly"),
    ),
    Seed(
        "component-inactive",
        "opd:Set-ServerComponentState",
        plant=_component("EwsProxy", "Inactive"),
        near=_component("EwsProxy", "Inactive", "Active", requester="Sidelined"),
    ),
)
