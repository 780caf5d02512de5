"""Where the ledger of the pipelines' runs is kept: a PostgreSQL server that nobody has a password for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dbforpostgresql as postgresql

SETTINGS = {"ssl_min_protocol_version": "TLSv1.3", "log_checkpoints": "on", "log_connections": "on"}
"""Parameters of the server (CIS Azure, database section)."""


@dataclass(frozen=True)
class LedgerDatabaseArgs:
    """*size* is a general-purpose size; *administrator*: object id of the identity that owns the server."""

    resource_group_name: pulumi.Input[str]
    tenant_id: str
    subnet_id: pulumi.Input[str]
    zone_id: pulumi.Input[str]
    size: str
    storage_gb: int
    administrator_id: pulumi.Input[str]
    administrator_name: pulumi.Input[str]
    tags: Mapping[str, str]


class LedgerDatabase(pulumi.ComponentResource):
    """A flexible server inside the network, with a standby in another zone, signed in to with Entra tokens only."""

    def __init__(
        self, name: str, args: LedgerDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:foundation:LedgerDatabase", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.server = self._server()
        self.administrator = self._administrator()
        self.parameters = [self._parameter(parameter, value) for parameter, value in SETTINGS.items()]
        self.database = self._database()

        self.id: pulumi.Output[str] = self.server.id
        self.host: pulumi.Output[str] = self.server.fully_qualified_domain_name
        self.database_name: pulumi.Output[str] = self.database.name
        self.register_outputs({"host": self.host, "database_name": self.database_name})

    def _server(self) -> postgresql.Server:
        return postgresql.Server(
            self._name,
            resource_group_name=self._args.resource_group_name,
            version=postgresql.PostgresMajorVersion.POSTGRES_MAJOR_VERSION_17,
            sku=postgresql.SkuArgs(name=self._args.size, tier=postgresql.SkuTier.GENERAL_PURPOSE),
            storage=postgresql.StorageArgs(storage_size_gb=self._args.storage_gb),
            auth_config=postgresql.AuthConfigArgs(
                active_directory_auth=postgresql.MicrosoftEntraAuth.ENABLED,
                password_auth=postgresql.PasswordBasedAuth.DISABLED,
                tenant_id=self._args.tenant_id,
            ),
            network=postgresql.NetworkArgs(
                delegated_subnet_resource_id=self._args.subnet_id,
                private_dns_zone_arm_resource_id=self._args.zone_id,
                public_network_access=postgresql.ServerPublicNetworkAccessState.DISABLED,
            ),
            backup=postgresql.BackupArgs(backup_retention_days=35),
            high_availability=postgresql.HighAvailabilityArgs(
                mode=postgresql.PostgreSqlFlexibleServerHighAvailabilityMode.ZONE_REDUNDANT
            ),
            tags=self._args.tags,
            opts=self._child,
        )

    def _administrator(self) -> postgresql.AdministratorsMicrosoftEntra:
        return postgresql.AdministratorsMicrosoftEntra(
            self._name,
            resource_group_name=self._args.resource_group_name,
            server_name=self.server.name,
            object_id=self._args.administrator_id,
            principal_name=self._args.administrator_name,
            principal_type=postgresql.PrincipalType.SERVICE_PRINCIPAL,
            tenant_id=self._args.tenant_id,
            opts=self._child,
        )

    def _parameter(self, parameter: str, value: str) -> postgresql.Configuration:
        return postgresql.Configuration(
            parameter,
            resource_group_name=self._args.resource_group_name,
            server_name=self.server.name,
            configuration_name=parameter,
            source="user-override",
            value=value,
            opts=self._child,
        )

    def _database(self) -> postgresql.Database:
        return postgresql.Database(
            self._name,
            resource_group_name=self._args.resource_group_name,
            server_name=self.server.name,
            database_name="ledger",
            charset="UTF8",
            collation="en_US.utf8",
            opts=self._child,
        )
