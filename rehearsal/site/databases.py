"""Databases, their copies, and the groups of servers that hold them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rehearsal.estate import Server
from rehearsal.site import failures, opath
from rehearsal.site.binding import Bound
from rehearsal.site.builds import build_of
from rehearsal.site.machine import Machines
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.offer import Offer, offered
from rehearsal.site.servers import Components
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.site.values import size_text
from rehearsal.wire import CmdletResult

_PLACES = ("database", "archivedatabase")
"""The properties of a recipient that are a database."""

Size = Callable[[str], int]
"""The bytes of the mailboxes in a database."""

MAILBOX_DATABASE = Kind(
    noun="MailboxDatabase",
    container="CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups",
    verbs=("Get", "Set"),
    filters={"Server": "Server"},
    looks=frozenset({"Status"}),
    defaults={
        "Server": None,
        "ServerName": None,
        "MasterServerOrAvailabilityGroup": None,
        "MasterType": "Server",
        "Mounted": None,
        "DatabaseSize": None,
        "AvailableNewMailboxSpace": None,
        "ProhibitSendQuota": size_text(225 * 1024**3),
        "ProhibitSendReceiveQuota": size_text(250 * 1024**3),
        "IssueWarningQuota": size_text(200 * 1024**3),
        "RecoverableItemsQuota": size_text(30 * 1024**3),
        "RecoverableItemsWarningQuota": size_text(20 * 1024**3),
        "CalendarLoggingQuota": size_text(6 * 1024**3),
        "MailboxRetention": "30.00:00:00",  # how long a moved mailbox's rest is kept (fact B50)
        "DeletedItemRetention": "14.00:00:00",
        "RetainDeletedItemsUntilBackup": False,
        "CircularLoggingEnabled": False,
        "MountAtStartup": True,
        "IndexEnabled": True,
        "IsExcludedFromProvisioning": False,
        "IsSuspendedFromProvisioning": False,
        "OfflineAddressBook": None,
        "EdbFilePath": None,
        "LogFolderPath": None,
        "ActivationPreference": [],
        "Servers": [],
    },
)

MAILBOX_SERVER = Kind(
    noun="MailboxServer",
    container="",
    verbs=("Get", "Set"),
    of_server=True,
    ignored=frozenset({"Status"}),
    defaults={
        "AutoDatabaseMountDial": "GoodAvailability",
        "DatabaseAvailabilityGroup": None,
        "DatabaseCopyActivationDisabledAndMoveNow": False,
        "DatabaseCopyAutoActivationPolicy": "Unrestricted",
        "MaximumActiveDatabases": None,
        "MaximumPreferredActiveDatabases": None,
        "MessageTrackingLogEnabled": True,
        "MAPIEncryptionRequired": False,
        "WacDiscoveryEndpoint": None,
    },
)

AVAILABILITY_GROUP = Kind(
    noun="DatabaseAvailabilityGroup",
    container="CN=Database Availability Groups",
    verbs=("Get", "Set"),
    looks=frozenset({"Status"}),
    defaults={
        "Servers": [],
        "WitnessServer": None,
        "WitnessDirectory": "C:\\DAGFileShareWitnesses",
        "AlternateWitnessServer": None,
        "AlternateWitnessDirectory": None,
        "NetworkCompression": "InterSubnetOnly",
        "NetworkEncryption": "InterSubnetOnly",
        "ManualDagNetworkConfiguration": False,
        "DatacenterActivationMode": "Off",
        "StoppedMailboxServers": [],
        "StartedMailboxServers": [],
        "DatabaseAvailabilityGroupIpAddresses": ["255.255.255.255"],
        "AllowCrossSiteRpcClientAccess": False,
        "ReplicationPort": 64327,
        "OperationalServers": None,
        "PrimaryActiveManager": None,
        "AutoDagTotalNumberOfDatabases": 0,
        "PreferenceMoveFrequency": "01:00:00",
    },
)


class Databases:
    """Which server each database is mounted on, and the cmdlets that read and move it.

    *members* are the servers that were in an availability group from the beginning, *dismounted* the databases that
    somebody dismounted.
    """

    def __init__(self, around: Surroundings, components: Components, size: Size, machines: Machines) -> None:
        self._around = around
        self._machines = machines
        self._components = components
        self._size = size
        self._groups = _groups(around)
        self._active = {name: server.name for server in around.servers for name in server.databases}
        self.databases = Objects(MAILBOX_DATABASE, around, self._born(), self._live)
        members = [
            {"Name": each.name, "Server": each.name} | self._group_of(each.name) for each in around.servers
        ]
        self.servers = Objects(MAILBOX_SERVER, around, members)
        self.groups = Objects(
            AVAILABILITY_GROUP,
            around,
            [_group(around, *each) for each in self._groups.items()],
            self._status,
        )
        self.objects = [self.databases, self.servers, self.groups]
        self.dismounted: set[str] = set()
        self.members = [name for its in self._groups.values() for name in its]
        self.cmdlets: Offer = {
            "Get-MailboxDatabaseCopyStatus": offered(
                "Active ConnectionStatus Identity Local Server", self._copies
            ),
            "Move-ActiveMailboxDatabase": offered(
                "ActivateOnServer Identity MoveComment Server SkipActivePolicyChecks", self._move
            ),
            "Test-ReplicationHealth": offered("Identity", self._health),
            "Set-MailboxServer": replace(self.servers.cmdlets["Set-MailboxServer"], run=self._set_server),
        }

    def server_of(self, database: str) -> str:
        """The server where *database* is mounted; raise `KeyError`."""
        return self._active[database]

    def meant(self, bound: Bound) -> set[str] | None:
        """The databases that *bound* names, by its Database or its Server; None where it names neither."""
        controller = self._around.controller(bound)
        if (database := bound.get("Database")) is not None:
            return {str(self.databases.find(database, controller)["Name"])}
        if (asked := bound.get("Server")) is not None:
            return self.mounted_on(self._around.server(asked, controller).name)
        return None

    def filtered(self, text: str, controller: str) -> opath.Filter:
        """The filter *text*, in which databases stand by their distinguished names, as Exchange wants it."""

        def name(asked: str) -> str:
            if not asked.startswith("cn="):
                raise failures.not_modelled(f"the database {asked!r} in a filter")
            return "".join(str(row["Name"]).casefold() for row in self.databases.matching(asked, controller))

        return opath.parse(text).translated(_PLACES, name)

    def mounted_on(self, server: str) -> set[str]:
        """The names of the databases that are mounted on *server*."""
        return {str(row["Name"]) for row in self._mounted_on(server)}

    def _group_of(self, server: str) -> Row:
        found = [name for name, members in self._groups.items() if server in members]
        return {"DatabaseAvailabilityGroup": found[0]} if found else {}

    def _born(self) -> list[Row]:
        return [self._database(server, name) for server in self._around.servers for name in server.databases]

    def _database(self, server: Server, name: str) -> Row:
        group = self._group_of(server.name).get("DatabaseAvailabilityGroup")
        holders = self._groups[str(group)] if group else (server.name,)
        first = [server.name, *(each for each in holders if each != server.name)]
        return {
            "Name": name,
            "Server": server.name,
            "ServerName": server.name,
            "MasterServerOrAvailabilityGroup": group or server.name,
            "MasterType": "DatabaseAvailabilityGroup" if group else "Server",
            "EdbFilePath": f"D:\\{name}\\{name}.edb",
            "LogFolderPath": f"D:\\{name}",
            "Servers": first,
            "ActivationPreference": [f"[{each}, {n}]" for n, each in enumerate(first, start=1)],
        }

    def _live(self, row: Row, bound: Bound) -> Row:
        if not bound.get("Status"):
            return {}
        return {
            "Mounted": row["Name"] not in self.dismounted,
            "DatabaseSize": size_text(self._size(str(row["Name"]))),
            "AvailableNewMailboxSpace": size_text(512 * 1024**2),
        }

    def _status(self, row: Row, bound: Bound) -> Row:
        if not bound.get("Status"):
            return {}
        servers = row["Servers"]
        return {
            "OperationalServers": servers,
            "PrimaryActiveManager": servers[0] if isinstance(servers, list) and servers else None,
        }

    def _set_server(self, bound: Bound) -> CmdletResult:
        """Set what a server may do; one that is told to give up its active copies does so at once."""
        result = self.servers.cmdlets["Set-MailboxServer"].run(bound)
        for row in self.servers.rows(self._around.controller(bound)):
            if row["DatabaseCopyActivationDisabledAndMoveNow"]:
                for database in self._mounted_on(str(row["Name"])):
                    if self._choices(database):
                        self._activate(database, None)
        return result

    def _mounted_on(self, server: str) -> list[Row]:
        return [row for row in self.databases.rows() if self._active[str(row["Name"])] == server]

    def _copies(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        database, _, holder = str(bound.get("Identity") or "").partition("\\")
        rows = [self.databases.find(database, controller)] if database else self.databases.rows(controller)
        asked = bound.get("Server") or holder
        wanted = self._around.server(asked, controller).name if asked else None
        copies = [
            self._copy(row, str(server))
            for row in rows
            for server in _texts(row["Servers"])
            if wanted in (None, server)
            and (not bound.get("Active") or self._active[str(row["Name"])] == server)
        ]
        return CmdletResult(rows=copies)

    def _copy(self, row: Row, server: str) -> Row:
        """One copy as the replication service tells of it, which knows at once where a database is mounted."""
        at = self._active[str(row["Name"])]
        active = at == server
        version = build_of(self._around.stood(server))
        letter = str(row["EdbFilePath"])[0]
        volume = self._machines[server].disks[letter]
        return {
            "Identity": f"{row['Name']}\\{server}",
            "Name": f"{row['Name']}\\{server}",
            "DatabaseName": row["Name"],
            "Status": self._mount_status(str(row["Name"])) if active else "Healthy",
            "MailboxServer": server,
            "ActiveDatabaseCopy": at,
            "ActiveCopy": active,
            "ActivationSuspended": False,
            "ActivationPreference": _texts(row["Servers"]).index(server) + 1,
            "CopyQueueLength": 0,
            "ReplayQueueLength": 0,
            "ContentIndexState": "Healthy" if version.startswith("15.1") else "NotApplicable",
            "DatabaseVolumeMountPoint": f"{letter}:\\",
            "DiskFreeSpace": size_text(volume.free),
            "DiskTotalSpace": size_text(volume.size),
            "IsValid": True,
        }

    def _mount_status(self, database: str) -> str:
        return "Dismounted" if database in self.dismounted else "Mounted"

    def _move(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        if bound.get("Server"):
            source = self._around.server(bound.get("Server"), controller)
            rows = self._mounted_on(source.name)
        else:
            rows = [self.databases.find(bound.get("Identity"), controller)]
        if bound.get("Confirm") is not False and not bound.get("WhatIf") and self._around.options.writes_ask:
            raise failures.no_confirmation(
                "Moving mailbox database " + ", ".join(str(row["Name"]) for row in rows)
            )
        asked = bound.get("ActivateOnServer")
        target = self._around.server(asked, controller).name if asked else None
        if not bound.changes:
            return CmdletResult()
        return CmdletResult(rows=[self._activate(row, target) for row in rows])

    def _activate(self, row: Row, target: str | None) -> Row:
        before, choices = self._active[str(row["Name"])], self._choices(row)
        if (target is None and not choices) or (target is not None and target not in _texts(row["Servers"])):
            raise failures.no_copy_to_activate(str(row["Name"]), target)
        after = target or choices[0]
        controller = self._around.controllers.of(after)
        self._active[str(row["Name"])] = after
        self.databases.change(row, {"Server": after, "ServerName": after}, controller)
        return {
            "Identity": row["Name"],
            "ActiveServerAtStart": before,
            "ActiveServerAtEnd": after,
            "Status": "Succeeded",
            "NumberOfLogsLost": 0,
            "MountStatusAtMoveStart": "Mounted",
            "MountStatusAtMoveEnd": "Mounted",
        }

    def _choices(self, row: Row) -> list[str]:
        """The servers that may take over a database by themselves."""
        blocked = {
            str(each["Name"])
            for each in self.servers.rows()
            if each["DatabaseCopyAutoActivationPolicy"] == "Blocked"
            or each["DatabaseCopyActivationDisabledAndMoveNow"]
        }
        mounted = self._active[str(row["Name"])]
        return [name for name in _texts(row["Servers"]) if name not in (mounted, *blocked)]

    def _health(self, bound: Bound) -> CmdletResult:
        asked = bound.get("Identity") or bound.server
        server = self._around.server(asked, self._around.controller(bound))
        checks = ("ClusterService", "ReplayService", "ActiveManager", "TasksRpcListener", "DagMembersUp")
        active = self._components.state(server.name, "HighAvailability") == "Active"
        return CmdletResult(
            rows=[
                {
                    "Server": server.name,
                    "Check": check,
                    "Result": "Passed" if active or check != "ActiveManager" else "*FAILED*",
                    "Error": "",
                    "IsValid": True,
                }
                for check in checks
            ]
        )


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _groups(around: Surroundings) -> dict[str, tuple[str, ...]]:
    """One availability group for the servers of a site that share major and minor version, where there are several."""
    groups: dict[str, tuple[str, ...]] = {}
    for site in around.sites:
        kinds = dict.fromkeys(build_of(server).rsplit(".", 2)[0] for server in site.servers)
        for kind in kinds:
            members = tuple(each.name for each in site.servers if build_of(each).rsplit(".", 2)[0] == kind)
            if len(members) > 1:
                groups[f"DAG-{site.name.upper()}"] = members
    return groups


def _group(around: Surroundings, name: str, servers: tuple[str, ...]) -> Row:
    return {
        "Name": name,
        "Servers": list(servers),
        "StartedMailboxServers": list(servers),
        "WitnessServer": f"files.{name.partition('-')[2].lower()}.{around.tenant.mail_domain}",
    }
