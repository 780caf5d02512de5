"""The Exchange organisation that all sites of an estate are: what stands once in the forest, and every server."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate
from rehearsal.site import hybrid, mail_flow, policies, servers, virtual_directories, workload
from rehearsal.site.auth_config import AuthConfig
from rehearsal.site.builds import displayed, release_of
from rehearsal.site.certificates import Certificates
from rehearsal.site.connectors import Connectors
from rehearsal.site.databases import Databases
from rehearsal.site.directory import Directory
from rehearsal.site.health import Health
from rehearsal.site.machine import Machine, Machines
from rehearsal.site.machine_setup import installed, updated
from rehearsal.site.mrs_proxy import Door, Publishing
from rehearsal.site.objects import Objects
from rehearsal.site.offer import Part, joined
from rehearsal.site.options import Options
from rehearsal.site.protected_groups import ProtectedGroups
from rehearsal.site.removal import Removal
from rehearsal.site.replication import Controllers
from rehearsal.site.scope import Forest
from rehearsal.site.servers import Components
from rehearsal.site.surroundings import Surroundings

_USUAL = Options()


@dataclass(frozen=True)
class Account:
    """How an account that logs on to MRSProxy stands: its authentication policy by name, None for the usual one."""

    policy: str | None = None


class Organisation:
    """The organisation of *estate*, with *options* for its rules.

    *machines* are its servers as Windows shows them, *publishing* how each site is reached from outside, by site,
    *protected* the servers whose computer accounts are in a protected group, and *suffixes* what may follow the @ of a
    person's logon name beside the names of the domains. Each site joins its *directories* and its *forest*.
    """

    def __init__(self, estate: Estate, clock: VirtualClock, options: Options = _USUAL) -> None:
        controllers = Controllers(estate.sites, options)
        self.around = Surroundings(estate.seed, estate.sites, clock, controllers, options)
        self.forest = Forest(self.around)
        self.directories: list[Directory] = []
        self.machines = Machines(
            {
                server.name: installed(server, site, estate.seed, clock.now)
                for site in estate.sites
                for server in site.servers
            }
        )
        self.publishing = {site.name: Publishing() for site in estate.sites}
        self.protected: set[str] = set()
        self.suffixes = [estate.tenant.mail_domain]
        self._sizes = _sizes(estate)
        self.components = Components(self.around)
        self.databases = Databases(
            self.around, self.components, lambda name: self._sizes.get(name.casefold(), 0), self.machines
        )
        for member in self.databases.members:
            self.machines.change(member, lambda machine: replace(machine, cluster_node="Up"))
        self._objects = {each.kind.noun: each for each in self._all()}
        connectors = Connectors(self.around)
        self.removal = Removal(
            self.around,
            self.databases,
            [*self._objects.values(), connectors.kept],
            lambda server: self.machines.change(server, lambda machine: replace(machine, cluster_node=None)),
        )
        parts: tuple[Part, ...] = (
            *self._objects.values(),
            connectors,
            self.removal,
            Certificates(self.around, self.machines),
            self.components,
            self.databases,
            Health(self.around, self.machines, self.components),
            ProtectedGroups(self.around, self.protected, estate.groups),
        )
        self.cmdlets = joined(parts)

    def _all(self) -> list[Objects]:
        around = self.around
        return [
            *mail_flow.objects(around),
            *hybrid.objects(around),
            AuthConfig(around, self.machines),
            *policies.objects(around),
            *virtual_directories.objects(around),
            *servers.objects(around, self.machines),
            *self.databases.objects,
        ]

    def version(self, server: str) -> str:
        """The version of Exchange on *server*, as cmdlets' metadata names it: 2016, 2019 or SE."""
        return release_of(self.machines[self.around.server(server, "").name].exchange).version

    def shown_version(self, server: str) -> str:
        """The build of *server* as Exchange shows it."""
        return displayed(self.machines[server].exchange)

    def objects(self, noun: str) -> Objects:
        """The objects of one noun; raise `KeyError`."""
        return self._objects[noun]

    def door(self, server: str, account: Account | None = None) -> Door:
        """MRSProxy of *server* as a move meets it that logs on as *account*; raise `KeyError` for no such server."""
        machine = self.machines[server]
        rows = self._objects["WebServicesVirtualDirectory"].rows(self.around.controllers.of(machine.name))
        directory = next(row for row in rows if row["Server"] == machine.name)
        site = self.around.site_of(self.around.server(machine.name, ""))
        return Door(
            machine=machine,
            directory=directory,
            publishing=self.publishing[site.name],
            protected=machine.name in self.protected,
            ntlm_blocked=self._blocked(account or Account()),
            options=self.around.options,
            moves=workload.moves(
                self._objects["SettingOverride"].rows(), self.shown_version(machine.name), server
            ),
        )

    def _blocked(self, account: Account) -> bool:
        """Whether the authentication policy of *account*, or else the usual one, shuts NTLM out of EWS (fact B46)."""
        name = account.policy or self._objects["OrganizationConfig"].rows()[0]["DefaultAuthenticationPolicy"]
        found = [row for row in self._objects["AuthenticationPolicy"].rows() if row["Name"] == name]
        return bool(found and found[0]["BlockLegacyAuthWebServices"])

    def apply_cumulative_update(self, server: str, build: str) -> Machine:
        """Install a cumulative update on *server*: files as new, services started again (fact B44)."""
        options, now = self.around.options, self.around.clock.now
        return self.machines.change(
            server, lambda machine: updated(machine, build, now, resets=options.update_resets)
        )


def _sizes(estate: Estate) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for mailbox in estate.mailboxes:
        key = mailbox.database.casefold()
        sizes[key] = sizes.get(key, 0) + mailbox.size_bytes
    return sizes
