"""The layer `foundation`: one resource group with the vault and the evidence account."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import resources

from infra.foundation.evidence import Evidence, EvidenceArgs
from infra.foundation.vault import Vault, VaultArgs
from infra.providers import azure
from infra.settings import FoundationSettings
from infra.stack import PROJECT, StackName


def lay_foundation(stack: StackName, settings: FoundationSettings) -> pulumi.Inputs:
    """Declare the layer's resources and return its outputs.

    Raises:
        WrongOwner: the credential belongs to another tenant or subscription.
    """
    opts = pulumi.ResourceOptions(provider=azure(stack, settings), protect=settings.protect)
    tags = {**stack.tags(), "owner": settings.owner}
    group = resources.ResourceGroup(PROJECT, location=settings.location, tags=tags, opts=opts)
    vault = Vault(
        "vault", VaultArgs(group.name, settings.tenant_id, settings.vault_retention_days, tags), opts
    )
    evidence = Evidence("evidence", EvidenceArgs(group.name, settings.evidence_retention_days, tags), opts)
    return {
        "tenant_id": settings.tenant_id,
        "subscription_id": settings.subscription_id,
        "resource_group_name": group.name,
        "vault_id": vault.id,
        "vault_uri": vault.uri,
        "evidence_account_name": evidence.account_name,
        "evidence_container_id": evidence.container_id,
        "evidence_container_name": evidence.container_name,
    }
