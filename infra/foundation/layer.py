"""The layer `foundation`: the Azure platform of an environment, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.foundation.alarms import Alarms, AlarmsArgs
from infra.foundation.budget import Budget, BudgetArgs
from infra.foundation.evidence import EncryptionKey, Evidence, EvidenceArgs
from infra.foundation.evidence_key import EvidenceKey, EvidenceKeyArgs
from infra.foundation.groups import Groups, GroupsArgs, Locks, LocksArgs
from infra.foundation.logs import Diagnostics, DiagnosticsArgs, Logs, LogsArgs
from infra.foundation.vault import Vault, VaultArgs
from infra.providers import azure
from infra.settings.foundation import ControlPlane, FoundationSettings
from infra.settings.mail_domains import MailDomains
from infra.settings.network import Network
from infra.stack import PROJECT, StackName

NETWORK_GROUP, RUNNERS_GROUP = f"{PROJECT}-network", f"{PROJECT}-runners"


def lay_foundation(stack: StackName, settings: FoundationSettings) -> pulumi.Inputs:
    """Declare the layer's resources and return its outputs.

    Raises:
        WrongOwner: the credential belongs to another tenant or subscription.
    """
    ground = _ground(stack, settings)
    _keep(ground)
    if settings.network:
        _lay_network(ground, settings.network)
    if settings.network and settings.control_plane:
        _lay_control_plane(ground, settings.control_plane)
    if settings.mail_domains:
        _lay_mail_zones(ground, settings.mail_domains)
    _watch(ground)
    return ground.outputs


@dataclass
class _Ground:
    """What the parts share while the layer is laid; *made* are the parts so far, *sources* whatever keeps logs."""

    stack: StackName
    settings: FoundationSettings
    tags: Mapping[str, str]
    opts: pulumi.ResourceOptions
    groups: Mapping[str, pulumi.Output[str]]
    made: list[pulumi.Resource] = field(default_factory=list)
    sources: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    subnets: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    private: dict[str, pulumi.Output[str]] = field(default_factory=dict)
    outputs: dict[str, pulumi.Input[Any]] = field(default_factory=dict)


def _ground(stack: StackName, settings: FoundationSettings) -> _Ground:
    opts = pulumi.ResourceOptions(provider=azure(stack, settings), protect=settings.protect)
    tags = {**stack.tags(), "owner": settings.owner}
    parts = {PROJECT: True, NETWORK_GROUP: settings.network, RUNNERS_GROUP: settings.control_plane}
    names = [name for name, part in parts.items() if part]
    groups = Groups("groups", GroupsArgs(names, settings.location, tags), opts)
    return _Ground(stack, settings, tags, opts, groups.group_names)


def _keep(ground: _Ground) -> None:
    """Vault, evidence, and the key that encrypts it."""
    settings, group = ground.settings, ground.groups[PROJECT]
    vault = Vault(
        "vault",
        VaultArgs(group, settings.tenant_id, settings.vault_retention_days, ground.tags),
        ground.opts,
    )
    key = EvidenceKey(
        "evidence-key",
        EvidenceKeyArgs(group, settings.subscription_id, vault.vault_name, ground.tags),
        ground.opts,
    )
    evidence = Evidence(
        "evidence",
        EvidenceArgs(
            group,
            EncryptionKey(key.key_name, vault.uri, key.identity_id, key.grant),
            settings.evidence_retention_days,
            settings.evidence_immutable_days,
            ground.tags,
        ),
        ground.opts,
    )
    ground.made += [vault, key, evidence]
    ground.sources |= {"vault": vault.id, "evidence": evidence.blob_service_id}
    ground.private |= {"vault": vault.id, "blob": evidence.account_id}
    ground.outputs |= {
        "tenant_id": settings.tenant_id,
        "subscription_id": settings.subscription_id,
        "resource_group_name": group,
        "vault_id": vault.id,
        "vault_uri": vault.uri,
        "evidence_account_name": evidence.account_name,
        "evidence_container_id": evidence.container_id,
        "evidence_container_name": evidence.container_name,
    }


def _lay_network(ground: _Ground, network: Network) -> None:
    """The hub, the private endpoints in it, and the gateway if there is one."""
    from infra.foundation.hub import Hub, HubArgs
    from infra.foundation.private_access import PrivateAccess, PrivateAccessArgs

    group = ground.groups[NETWORK_GROUP]
    hub = Hub("hub", HubArgs(group, network, ground.tags), ground.opts)
    access = PrivateAccess(
        "private-access",
        PrivateAccessArgs(group, hub.id, hub.subnet_ids["endpoints"], dict(ground.private), ground.tags),
        ground.opts,
    )
    ground.made += [hub, access]
    ground.sources |= {"hub": hub.id, **{f"rules-{name}": each for name, each in hub.group_ids.items()}}
    ground.subnets = hub.subnet_ids
    ground.private["zone"] = access.database_zone_id
    ground.outputs |= {"network_id": hub.id}
    if network.gateway:
        from infra.foundation.site_gateway import SiteGateway, SiteGatewayArgs

        gateway = SiteGateway(
            "site-gateway",
            SiteGatewayArgs(group, hub.network_name, network.gateway, ground.tags),
            # Azure changes one subnet of a network at a time.
            pulumi.ResourceOptions.merge(ground.opts, pulumi.ResourceOptions(depends_on=[hub])),
        )
        ground.made.append(gateway)
        ground.sources |= {"gateway": gateway.id, "gateway-address": gateway.address_id}


def _lay_control_plane(ground: _Ground, plane: ControlPlane) -> None:
    """Who the runners are, their database, and the job that they run as."""
    from infra.foundation.ledger_database import LedgerDatabase, LedgerDatabaseArgs
    from infra.foundation.runner_identity import RunnerIdentity, RunnerIdentityArgs
    from infra.foundation.runners import Runners, RunnersArgs

    settings, group = ground.settings, ground.groups[RUNNERS_GROUP]
    vault = ground.outputs["vault_id"]
    identity = RunnerIdentity(
        "runners", RunnerIdentityArgs(group, settings.subscription_id, vault, ground.tags), ground.opts
    )
    ledger = LedgerDatabase(
        "ledger",
        LedgerDatabaseArgs(
            resource_group_name=group,
            tenant_id=settings.tenant_id,
            subnet_id=ground.subnets["database"],
            zone_id=ground.private["zone"],
            size=plane.database_size,
            storage_gb=plane.database_storage_gb,
            administrator_id=identity.principal_id,
            administrator_name=identity.identity_name,
            tags=ground.tags,
        ),
        ground.opts,
    )
    variables: dict[str, pulumi.Input[str]] = {
        "MAILWAVE_ENVIRONMENT": ground.stack.environment,
        "MAILWAVE_EVENTS": "stderr",
        "AZURE_CLIENT_ID": identity.client_id,
        "PGHOST": ledger.host,
        "PGDATABASE": ledger.database_name,
        "PGUSER": identity.identity_name,
        "PGSSLMODE": "verify-full",
    }
    runners = Runners(
        "runners",
        RunnersArgs(group, ground.subnets["runners"], identity.id, plane.image, variables, ground.tags),
        ground.opts,
    )
    ground.made += [identity, ledger, runners]
    ground.sources |= {"ledger": ledger.id, "runners": runners.environment_id}
    ground.outputs |= {
        "ledger_host": ledger.host,
        "ledger_database": ledger.database_name,
        "runner_client_id": identity.client_id,
        "runner_principal_id": identity.principal_id,
        "runner_job_name": runners.job_name,
    }


def _lay_mail_zones(ground: _Ground, domains: MailDomains) -> None:
    """Public names of mail at the present stage."""
    from infra.foundation.mail_zones import MailZones, MailZonesArgs

    zones = MailZones("mail-zones", MailZonesArgs(ground.groups[PROJECT], domains, ground.tags), ground.opts)
    ground.made.append(zones)
    ground.outputs |= {
        "coexistence_stage": domains.stage,
        "mail_name_servers": zones.name_servers,
        "mta_sts_policy": zones.policy,
    }


def _watch(ground: _Ground) -> None:
    """Logs, alerts and budget; and, when all else is there, the locks of what is protected."""
    settings, group = ground.settings, ground.groups[PROJECT]
    logs = Logs("logs", LogsArgs(group, settings.log_retention_days, ground.tags), ground.opts)
    sources = {**ground.sources, "logs": logs.id}
    diagnostics = Diagnostics("diagnostics", DiagnosticsArgs(logs.id, sources), ground.opts)
    alarms = Alarms(
        "alarms",
        AlarmsArgs(
            group,
            logs.id,
            settings.alerts.emails,
            settings.alerts.break_glass,
            ground.tags,
            ledger_id=ground.sources.get("ledger"),
        ),
        ground.opts,
    )
    budget = BudgetArgs(
        settings.subscription_id,
        settings.budget.monthly,
        settings.budget.since.isoformat(),
        settings.alerts.emails,
    )
    Budget("budget", budget, ground.opts)
    if settings.protect:
        everything = pulumi.ResourceOptions(depends_on=[*ground.made, logs, diagnostics, alarms])
        Locks("locks", LocksArgs(ground.groups), pulumi.ResourceOptions.merge(ground.opts, everything))
    ground.outputs |= {"workspace_id": logs.id, "action_group_id": alarms.group_id}
