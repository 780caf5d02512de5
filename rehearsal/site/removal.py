"""Taking servers out of an organisation: databases, availability groups, and what Exchange's Setup uninstalls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.databases import Databases
from rehearsal.site.objects import Objects
from rehearsal.site.offer import Offer, offered
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.site.system_mailboxes import KINDS
from rehearsal.wire import CmdletResult

Residents = Callable[[str], Iterable[str]]
"""The mailboxes that live in a database, by its name."""

Out = Callable[[str], object]
"""Told of the server that has left its availability group."""


class Removal:
    """What can be removed of *databases* and of *objects* by noun, and when it is refused.

    *residents* are asked who lives in a database, one for each site; the organisation's own mailboxes are in the first.
    """

    def __init__(
        self, around: Surroundings, databases: Databases, objects: Iterable[Objects], out: Out
    ) -> None:
        self._around = around
        self._databases = databases
        self._objects = {each.kind.noun: each for each in objects}
        self._out = out
        self.residents: list[Residents] = [self._own]
        self.cmdlets: Offer = {
            "Mount-Database": offered("Identity", self._mount),
            "Dismount-Database": offered("Identity", self._dismount),
            "Remove-MailboxDatabase": offered("Identity", self._remove_database),
            "Remove-MailboxDatabaseCopy": offered("Identity", self._remove_copy),
            "Remove-DatabaseAvailabilityGroupServer": offered("Identity MailboxServer", self._remove_member),
            "Remove-DatabaseAvailabilityGroup": offered("Identity", self._remove_group),
        }

    def obstacles(self, server: str) -> list[str]:
        """Why Setup would not uninstall Exchange from *server*, in its words; empty where it would."""
        if not self._around.options.setup_looks_first:
            return []
        found = [
            "This computer is configured as a source transport server for the Send connector "
            f"'{row['Name']}'. It must be moved or deleted before Setup can continue."
            for row in self._objects["SendConnector"].rows()
            if server in _texts(row["SourceTransportServers"])
        ]
        found += [
            f"Uninstall cannot proceed. Database '{row['Name']}': {_LIVED_IN}"
            for row in self._databases.databases.rows()
            if server in _texts(row["Servers"]) and self._lives_in(str(row["Name"]))
        ]
        if any(server in _texts(row["Servers"]) for row in self._databases.groups.rows()):
            found.append(
                "This server is a member of a database availability group. Remove it from the group before "
                "Exchange is uninstalled."
            )
        return found

    def uninstall(self, server: str) -> None:
        """Take *server* out of the directory, with all that belongs to it; its empty databases go with it."""
        controller = self._around.controllers.of(server)
        for each in self._objects.values():
            if each.kind.of_server:
                for row in [row for row in each.rows(controller) if row["Server"] == server]:
                    each.remove(row, controller)
        for row in self._databases.databases.rows(controller):
            if _texts(row["Servers"]) == [server]:
                self._databases.databases.remove(row, controller)
        self._around.gone.add(server)

    def _own(self, database: str) -> list[str]:
        """The organisation's own mailboxes: all of them are in the first database of its first server."""
        first = self._around.sites[0].servers[0].databases[0]
        return [name for names in KINDS.values() for name in names] if database == first else []

    def _lives_in(self, database: str) -> bool:
        return any(name for residents in self.residents for name in residents(database))

    def _meant(self, bound: Bound) -> tuple[Row, str]:
        """The database that a call names, and the controller; asked for a confirmation where there is none."""
        controller = self._around.controller(bound)
        row = self._databases.databases.find(bound.get("Identity"), controller)
        self._ask(bound, str(row["Name"]))
        return row, controller

    def _ask(self, bound: Bound, what: str) -> None:
        if self._around.options.writes_ask and bound.get("Confirm") is not False and not bound.get("WhatIf"):
            raise failures.no_confirmation(f'{bound.cmdlet} on "{what}".')

    def _mount(self, bound: Bound) -> CmdletResult:
        row, _ = self._meant(bound)
        if bound.changes:
            self._databases.dismounted.discard(str(row["Name"]))
        return CmdletResult()

    def _dismount(self, bound: Bound) -> CmdletResult:
        row, _ = self._meant(bound)
        if bound.changes:
            self._databases.dismounted.add(str(row["Name"]))
        return CmdletResult()

    def _remove_database(self, bound: Bound) -> CmdletResult:
        """Remove it, whose files stay; with passive copies it is refused.

        Its page says that copies go along, that of Remove-MailboxDatabaseCopy that they have to go first.
        """
        row, controller = self._meant(bound)
        if self._around.options.database_is_emptied and self._lives_in(str(row["Name"])):
            raise failures.invalid_operation(_LIVED_IN)
        if self._around.options.passive_copies_go_first and (passive := self._passive(row)):
            raise failures.invalid_operation(
                f"The mailbox database '{row['Name']}' has passive copies on {', '.join(passive)}. Remove all of them "
                "with Remove-MailboxDatabaseCopy before you remove the database."
            )
        if not bound.changes:
            return CmdletResult()
        self._databases.databases.remove(row, controller)
        text = (
            f"The specified database has been removed. You must remove the database file located in "
            f"{row['EdbFilePath']} from your computer manually if it exists. Specified database: {row['Name']}"
        )
        return CmdletResult(warnings=[text])

    def _passive(self, row: Row) -> list[str]:
        active = self._databases.server_of(str(row["Name"]))
        return [server for server in _texts(row["Servers"]) if server != active]

    def _remove_copy(self, bound: Bound) -> CmdletResult:
        """Remove a passive copy, whose files stay (Microsoft's page of the cmdlet)."""
        controller = self._around.controller(bound)
        name, _, holder = str(bound.get("Identity")).partition("\\")
        row = self._databases.databases.find(name, controller)
        server = self._around.server(holder, controller).name
        self._ask(bound, f"{row['Name']}\\{server}")
        passive = self._passive(row)
        if server not in _texts(row["Servers"]):
            raise failures.not_found(str(bound.get("Identity")), controller)
        if server not in passive:
            if self._around.options.passive_copies_go_first:
                raise failures.invalid_operation(
                    f"The copy of '{row['Name']}' on {server} is the active one. Remove all passive copies, and then "
                    "the database with Remove-MailboxDatabase."
                )
            return CmdletResult()
        circular = row["CircularLoggingEnabled"] and self._around.options.last_copy_is_not_circular
        if circular and passive == [server]:
            raise failures.invalid_operation(
                f"Database '{row['Name']}' has circular logging enabled. Disable it before you remove the last passive "
                "copy."
            )
        if bound.changes:
            left = [each for each in _texts(row["Servers"]) if each != server]
            order = [f"[{each}, {n}]" for n, each in enumerate(left, start=1)]
            self._databases.databases.change(
                row, {"Servers": left, "ActivationPreference": order}, controller
            )
        return CmdletResult()

    def _remove_member(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        group = self._databases.groups.find(bound.get("Identity"), controller)
        server = self._around.server(bound.get("MailboxServer"), controller).name
        self._ask(bound, f"{server} of {group['Name']}")
        members = _texts(group["Servers"])
        if server not in members:
            raise failures.invalid_operation(
                f"The server {server} isn't a member of the database availability group {group['Name']}."
            )
        held = [
            str(row["Name"])
            for row in self._databases.databases.rows(controller)
            if server in _texts(row["Servers"])
        ]
        if held and self._around.options.member_has_no_copies:
            raise failures.invalid_operation(
                f"The Mailbox server '{server}' can't be removed from the database availability group while it hosts "
                f"mailbox database copies: {', '.join(held)}. Remove all database copies from it first."
            )
        if bound.changes:
            left = [name for name in members if name != server]
            shown: Row = {"Servers": left, "StartedMailboxServers": left}
            self._databases.groups.change(group, shown, controller)
            member = self._databases.servers.find(server, controller)
            self._databases.servers.change(member, {"DatabaseAvailabilityGroup": None}, controller)
            self._out(server)
        return CmdletResult()

    def _remove_group(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        group = self._databases.groups.find(bound.get("Identity"), controller)
        self._ask(bound, str(group["Name"]))
        if group["Servers"] and self._around.options.group_is_empty:
            raise failures.invalid_operation(
                f"The database availability group {group['Name']} still has Mailbox servers in it. Remove all of them "
                "before you remove the group."
            )
        if bound.changes:
            self._databases.groups.remove(group, controller)
        return CmdletResult()


_LIVED_IN = (
    "This mailbox database contains one or more mailboxes, mailbox plans, archive mailboxes, public folder mailboxes "
    "or arbitration mailboxes, Audit mailboxes."
)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
