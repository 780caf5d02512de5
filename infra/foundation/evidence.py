"""Where evidence of the move is filed inside the tenant: an account of its own with one container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage


@dataclass(frozen=True)
class EncryptionKey:
    """A key *name* in the vault at *vault_uri*, which *identity_id* may use once *granted* is there."""

    name: pulumi.Input[str]
    vault_uri: pulumi.Input[str]
    identity_id: pulumi.Input[str]
    granted: pulumi.Resource


@dataclass(frozen=True)
class EvidenceArgs:
    """*retention_days*: how long a deleted or overwritten blob can be recovered, 7 to 365.

    *immutable_days*: how long what was filed can be neither changed nor deleted, 1 to 3650. *key*: what encrypts it.
    """

    resource_group_name: pulumi.Input[str]
    key: EncryptionKey
    retention_days: int
    immutable_days: int
    tags: Mapping[str, str]


class Evidence(pulumi.ComponentResource):
    """A storage account with versions and soft delete, without shared keys, anonymous access or public network.

    It is encrypted with the key that it is given, of which it takes each new version by itself.

    The container's policy lets files be made and appended to, and nothing else, until their days are over. It is made
    unlocked: locking it cannot be taken back, so a person does that when the first evidence has been filed.

    The copy that must outlive the tenant is not here: evidence is also kept outside the tenant being changed.
    """

    def __init__(self, name: str, args: EvidenceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Evidence", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.account = self._account()
        self.blob_service = self._blob_service()
        self.container = self._container()
        self.policy = self._policy()

        self.account_id: pulumi.Output[str] = self.account.id
        self.blob_service_id: pulumi.Output[str] = self.blob_service.id
        self.account_name: pulumi.Output[str] = self.account.name
        self.container_id: pulumi.Output[str] = self.container.id
        self.container_name: pulumi.Output[str] = self.container.name
        self.register_outputs({"account_name": self.account_name, "container_name": self.container_name})

    def _account(self) -> storage.StorageAccount:
        return storage.StorageAccount(
            self._name,
            resource_group_name=self._args.resource_group_name,
            kind=storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(name=storage.SkuName.STANDARD_ZRS),
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            allow_cross_tenant_replication=False,
            public_network_access=storage.PublicNetworkAccess.DISABLED,
            network_rule_set=storage.NetworkRuleSetArgs(
                bypass=storage.Bypass.NONE, default_action=storage.DefaultAction.DENY
            ),
            identity=storage.IdentityArgs(
                type=storage.IdentityType.USER_ASSIGNED,
                user_assigned_identities=[self._args.key.identity_id],
            ),
            encryption=self._encryption(),
            tags=self._args.tags,
            # Azure tries the key when it makes the account.
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[self._args.key.granted])
            ),
        )

    def _encryption(self) -> storage.EncryptionArgs:
        key = self._args.key
        return storage.EncryptionArgs(
            key_source=storage.KeySource.MICROSOFT_KEYVAULT,
            key_vault_properties=storage.KeyVaultPropertiesArgs(
                key_name=key.name, key_vault_uri=key.vault_uri
            ),
            encryption_identity=storage.EncryptionIdentityArgs(
                encryption_user_assigned_identity=key.identity_id
            ),
        )

    def _blob_service(self) -> storage.BlobServiceProperties:
        kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=self._args.retention_days)
        return storage.BlobServiceProperties(
            self._name,
            resource_group_name=self._args.resource_group_name,
            account_name=self.account.name,
            blob_services_name="default",  # the only one that an account has
            is_versioning_enabled=True,
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            opts=self._child,
        )

    def _container(self) -> storage.BlobContainer:
        return storage.BlobContainer(
            self._name,
            resource_group_name=self._args.resource_group_name,
            account_name=self.account.name,
            container_name="evidence",
            public_access=storage.PublicAccess.NONE,
            # Versions are on before the first blob can be written.
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[self.blob_service])
            ),
        )

    def _policy(self) -> storage.BlobContainerImmutabilityPolicy:
        return storage.BlobContainerImmutabilityPolicy(
            self._name,
            resource_group_name=self._args.resource_group_name,
            account_name=self.account.name,
            container_name=self.container.name,
            immutability_policy_name="default",  # the only one that a container has
            immutability_period_since_creation_in_days=self._args.immutable_days,
            allow_protected_append_writes=True,
            opts=self._child,
        )
