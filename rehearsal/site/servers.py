"""The cmdlets that read servers, databases, virtual directories and accepted domains."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from rehearsal import draws
from rehearsal.estate import MAIL_DOMAIN, ROUTING_DOMAIN, START, Estate, Server
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.recipients import Row, server_named
from rehearsal.site.values import moment_pair, size_text
from rehearsal.wire import CmdletResult

MODELLED: Mapping[str, frozenset[str]] = {
    "Get-AcceptedDomain": frozenset({"Identity"}),
    "Get-ExchangeServer": frozenset({"Identity"}),
    "Get-MailboxDatabase": frozenset({"Identity", "Server", "Status"}),
    "Get-WebServicesVirtualDirectory": frozenset({"Identity", "Server", "ADPropertiesOnly"}),
}


class Servers:
    """Cmdlets about the servers of a site and the organisation they share."""

    def __init__(self, estate: Estate, directory: Directory) -> None:
        self._estate = estate
        self._directory = directory
        self.cmdlets: Mapping[str, Callable[[Bound], CmdletResult]] = {
            "Get-AcceptedDomain": self._accepted_domain,
            "Get-ExchangeServer": self._exchange_server,
            "Get-MailboxDatabase": self._mailbox_database,
            "Get-WebServicesVirtualDirectory": self._virtual_directory,
        }

    def _named(self, rows: list[Row], identity: str | None) -> CmdletResult:
        """The one of *rows* that *identity* names, all where it is None."""
        if identity is None:
            return CmdletResult(rows=rows)
        keys = ("Identity", "Name", "Guid", "DistinguishedName", "Fqdn", "DomainName")
        found = [row for row in rows if identity.casefold() in {str(row.get(key)).casefold() for key in keys}]
        if not found:
            raise failures.not_found(identity, self._directory.controller)
        return CmdletResult(rows=found)

    def _on(self, bound: Bound) -> list[Server]:
        servers = self._estate.site.servers
        asked = bound.get("Server")
        return list(servers) if asked is None else [server_named(servers, asked, self._directory)]

    def _object(self, identity: str, kind: str) -> Row:
        return {
            "Identity": identity,
            "Name": identity.rpartition("\\")[2],
            "Guid": uuid.UUID(draws.guid(self._estate.seed, identity, kind)),
            "IsValid": True,
            **moment_pair("WhenChanged", START),
            "OriginatingServer": self._directory.controller,
        }

    def _exchange_server(self, bound: Bound) -> CmdletResult:
        rows = [
            {
                **self._object(server.name, "server"),
                "Fqdn": server.fqdn,
                "AdminDisplayVersion": server.version,
                "Edition": "Enterprise",
                "ServerRole": "Mailbox",
                "IsMailboxServer": True,
                "IsClientAccessServer": True,
                "IsHubTransportServer": True,
                "IsFrontendTransportServer": True,
                "IsE15OrLater": True,
                "Site": f"{self._estate.site.name}.{MAIL_DOMAIN}/Configuration/Sites/Leeds",
                "Domain": f"{self._estate.site.name}.{MAIL_DOMAIN}",
                "CurrentDomainControllers": [],
            }
            for server in self._estate.site.servers
        ]
        return self._named(rows, bound.get("Identity"))

    def _mailbox_database(self, bound: Bound) -> CmdletResult:
        rows = [
            {
                **self._object(database, "database"),
                "Server": server.name,
                "ServerName": server.name,
                "MasterType": "Server",
                "Mounted": True if bound.get("Status") else None,
                "DatabaseSize": size_text(self._size(database)) if bound.get("Status") else None,
                "ProhibitSendQuota": size_text(225 * 1024**3),
                "ProhibitSendReceiveQuota": size_text(250 * 1024**3),
                "IssueWarningQuota": size_text(200 * 1024**3),
                "MailboxRetention": "30.00:00:00",
                "DeletedItemRetention": "14.00:00:00",
                "CircularLoggingEnabled": False,
                "EdbFilePath": f"D:\\{database}\\{database}.edb",
            }
            for server in self._on(bound)
            for database in server.databases
        ]
        return self._named(rows, bound.get("Identity"))

    def _size(self, database: str) -> int:
        return sum(mailbox.size_bytes for mailbox in self._estate.mailboxes if mailbox.database == database)

    def _virtual_directory(self, bound: Bound) -> CmdletResult:
        host = self._estate.site.endpoint_host
        rows = [
            {
                **self._object(f"{server.name}\\EWS (Default Web Site)", "ews"),
                "Server": server.name,
                "MRSProxyEnabled": True,
                "InternalUrl": f"https://{server.fqdn}/EWS/Exchange.asmx",
                "ExternalUrl": f"https://{host}/EWS/Exchange.asmx",
                "BasicAuthentication": False,
                "WindowsAuthentication": True,
                "OAuthAuthentication": True,
                "WSSecurityAuthentication": True,
                "ExtendedProtectionTokenChecking": "Allow",  # fact D19
                "ExtendedProtectionFlags": [],
                "MetabasePath": f"IIS://{server.fqdn}/W3SVC/1/ROOT/EWS",
                "AdminDisplayVersion": server.version,
            }
            for server in self._on(bound)
        ]
        return self._named(rows, bound.get("Identity"))

    def _accepted_domain(self, bound: Bound) -> CmdletResult:
        rows: list[Row] = [
            {
                **self._object(domain, "accepted-domain"),
                "DomainName": domain,
                "DomainType": "Authoritative",
                "Default": domain == MAIL_DOMAIN,
                "MatchSubDomains": False,
                "AddressBookEnabled": True,
                "IsCoexistenceDomain": domain
                == ROUTING_DOMAIN,  # as the Hybrid Configuration Wizard made it (D12)
            }
            for domain in (MAIL_DOMAIN, ROUTING_DOMAIN)
        ]
        return self._named(rows, bound.get("Identity"))
