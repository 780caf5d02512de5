"""One on-premises site: cmdlets in, rows out, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate, Mailbox, Right
from rehearsal.post.track import Track
from rehearsal.site.address_book import AddressBook
from rehearsal.site.binding import bind
from rehearsal.site.directory import Directory
from rehearsal.site.failures import CmdletFailure
from rehearsal.site.folders import Folders
from rehearsal.site.groups import Groups
from rehearsal.site.halves import Halves
from rehearsal.site.inbox_rules import InboxRules
from rehearsal.site.machine import Machines
from rehearsal.site.mrs_proxy import Door
from rehearsal.site.offer import Part, joined
from rehearsal.site.organisation import Account, Organisation
from rehearsal.site.permissions import Permissions
from rehearsal.site.principals import Principals
from rehearsal.site.recipients import Recipients
from rehearsal.site.statistics import Statistics
from rehearsal.site.tracking import Tracking
from rehearsal.site.users import MIGRATION_ACCOUNT, Users
from rehearsal.wire import CmdletCall, CmdletResult


class Site:
    """*estate*'s one site, a deterministic function of the order of its calls.

    Sites of one Exchange organisation share their *organisation*; a site that is given none is one by itself. *track*
    is what its transport writes down.
    """

    def __init__(
        self,
        estate: Estate,
        clock: VirtualClock,
        organisation: Organisation | None = None,
        *,
        track: Track | None = None,
    ) -> None:
        self.organisation = organisation or Organisation(estate, clock)
        self.directory = Directory(estate, clock, self.door, self.rights, self.settings)
        self._first = estate.site.servers[0].name
        self.organisation.directories.append(self.directory)
        self.organisation.removal.residents.append(self.directory.residents)
        self._users = Users(estate, self.directory, self.organisation)
        around = self.organisation.around
        read = Recipients(estate, clock, self.directory, self.organisation)
        groups = Groups(estate, self.directory, around)
        permissions = Permissions(estate, self.directory, around, (read.one, read.either), read.touch)
        folders = Folders(self.directory, around, read.named)
        self._rights = (permissions.rights, read.on_behalf, folders.rights)
        self._settings = read.settings
        self._rules = InboxRules(read.named)
        self.address_book = AddressBook(estate, self.directory, self.organisation, read, groups)
        self.halves = Halves(self.organisation, lambda name: bool(self.directory.find(name)))
        parts: tuple[Part, ...] = (
            self.organisation,
            read,
            Statistics(estate.seed, clock, self.directory, self.organisation, read.one),
            permissions,
            folders,
            self._rules,
            groups,
            *groups.objects,
            self.address_book,
            self._users,
            Principals(estate, self._users.names),
            Tracking(around, track or Track()),
            self.halves,
        )
        self.cmdlets = joined(parts)
        self._modelled = {name: each.parameters for name, each in self.cmdlets.items()}

    def door(self, server: str, account: str = MIGRATION_ACCOUNT) -> Door:
        """MRSProxy of *server* as a move meets it that logs on as *account*; raise `KeyError` for no such server."""
        return self.organisation.door(server, Account(self._users.policy(account)))

    def rights(self, mailbox: Mailbox) -> tuple[Right, ...]:
        """What is given on *mailbox* itself to who is still there, as its server's domain controller has it."""
        return tuple(right for part in self._rights for right in part(mailbox))

    def settings(self, mailbox: Mailbox) -> Mapping[str, object]:
        """What *mailbox*, or the remote mailbox that it became, is set to, as its server's controller has it."""
        return {**self._settings(mailbox), "InboxRules": self._rules.of(mailbox)}

    @property
    def machines(self) -> Machines:
        """The servers as Windows shows them, those of the other sites too."""
        return self.organisation.machines

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run one cmdlet; what it refuses comes back as an error record, never as an exception."""
        server = call.server or self._first
        try:
            bound = bind(
                call.cmdlet,
                call.parameters,
                self._modelled,
                self._versions(server),
                one_set=self.organisation.around.options.one_parameter_set,
            )
            return self.cmdlets[bound.cmdlet].run(replace(bound, server=server))
        except CmdletFailure as failure:
            return CmdletResult(errors=[failure.error])

    def _versions(self, server: str) -> frozenset[str]:
        if self.organisation.around.options.versions_differ:
            return frozenset({self.organisation.version(server)})
        return frozenset({"2016", "2019", "SE"})
