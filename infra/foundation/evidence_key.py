"""The key that evidence is encrypted with: made in the vault, and never outside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, keyvault, managedidentity

ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
"""Key Vault Crypto Service Encryption User: may wrap and unwrap with a key, and read that it is there."""

ROTATED, EXPIRES, WARNED = "P1Y", "P2Y", "P60D"
"""A new version after a year; each is good for two, so that a rotation that fails is told of with time to spare."""


@dataclass(frozen=True)
class EvidenceKeyArgs:
    """*vault_name*: a vault in the group; Resource Manager makes the key, and needs no way into the vault for it."""

    resource_group_name: pulumi.Input[str]
    subscription_id: str
    vault_name: pulumi.Input[str]
    tags: Mapping[str, str]


class EvidenceKey(pulumi.ComponentResource):
    """A key that Key Vault rotates by itself, and the identity as which the evidence account uses it.

    The account names the key without a version, so that it takes each new one within a day; old versions stay, because
    what they encrypted is still read with them. Who disables the key makes all evidence unreadable until it is enabled.
    """

    def __init__(self, name: str, args: EvidenceKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:EvidenceKey", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.key = self._key()
        self.identity = self._identity()
        self.grant = self._grant()

        self.key_name: pulumi.Output[str] = self.key.name
        self.identity_id: pulumi.Output[str] = self.identity.id
        self.register_outputs({"key_name": self.key_name, "identity_id": self.identity_id})

    def _key(self) -> keyvault.Key:
        # Without tags: Resource Manager makes a key once and never changes it, and an owner may change.
        return keyvault.Key(
            self._name,
            resource_group_name=self._args.resource_group_name,
            vault_name=self._args.vault_name,
            properties=keyvault.KeyPropertiesArgs(
                kty=keyvault.JsonWebKeyType.RSA,
                key_size=3072,
                key_ops=[keyvault.JsonWebKeyOperation.WRAP_KEY, keyvault.JsonWebKeyOperation.UNWRAP_KEY],
                rotation_policy=keyvault.RotationPolicyArgs(
                    attributes=keyvault.KeyRotationPolicyAttributesArgs(expiry_time=EXPIRES),
                    lifetime_actions=[
                        keyvault.LifetimeActionArgs(
                            action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.ROTATE),
                            trigger=keyvault.TriggerArgs(time_after_create=ROTATED),
                        ),
                        keyvault.LifetimeActionArgs(
                            action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.NOTIFY),
                            trigger=keyvault.TriggerArgs(time_before_expiry=WARNED),
                        ),
                    ],
                ),
            ),
            opts=self._child,
        )

    def _identity(self) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            self._name,
            resource_group_name=self._args.resource_group_name,
            tags=self._args.tags,
            opts=self._child,
        )

    def _grant(self) -> authorization.RoleAssignment:
        return authorization.RoleAssignment(
            self._name,
            scope=self.key.id,
            principal_id=self.identity.principal_id,
            principal_type="ServicePrincipal",  # spares the wait until the directory has replicated a new principal
            role_definition_id=(
                f"/subscriptions/{self._args.subscription_id}"
                f"/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER}"
            ),
            opts=self._child,
        )
