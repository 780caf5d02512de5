"""The layer `identity`: who acts for the migration, who stands behind it, and how anybody signs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pulumi
import pulumi_azuread as azuread

from infra.identity.access_policies import ACCESS_POLICIES
from infra.identity.administrative_units import AdministrativeUnits, AdministrativeUnitsArgs
from infra.identity.application import Application, ApplicationArgs, Trust
from infra.identity.applications import APPLICATIONS, EXCHANGE_ONLINE, MICROSOFT_GRAPH
from infra.identity.conditional_access import ConditionalAccess, ConditionalAccessArgs
from infra.identity.directory_logs import DirectoryLogs, DirectoryLogsArgs
from infra.identity.eligibility import Eligibility, EligibilityArgs
from infra.identity.grants import Grants, GrantsArgs
from infra.identity.licences import Licences, LicencesArgs
from infra.identity.roles import ROLES, Roles, RolesArgs
from infra.identity.teams import TEAMS, Teams, TeamsArgs
from infra.identity.validity import check_certificates
from infra.lower import Lower
from infra.providers import azure, entra
from infra.settings.identity import IdentitySettings
from infra.stack import StackName

SIGNED_IN_AS = "batch-runner"
"""The duty that the outputs `client_id` and `principal_id` are of: what the operator command signs in as."""


async def lay_identity(stack: StackName, settings: IdentitySettings, today: date) -> pulumi.Inputs:
    """Declare the layer's resources and return its outputs; *today*, in UTC, is what certificates are held against.

    Raises:
        BadSetting: a certificate cannot be used.
        NotDeployed: the foundation is not there.
        WrongOwner: the foundation or a credential belongs to another tenant or subscription.
    """
    check_certificates(stack, settings.certificates, today)
    foundation = await Lower.of(stack, "foundation")
    foundation.require_owner(tenant=settings.tenant_id, subscription=settings.subscription_id)
    directory = entra(stack, settings)
    laying = _Laying(
        stack,
        settings,
        directory,
        pulumi.ResourceOptions(
            providers=[directory, azure(stack, settings)],
            protect=settings.protect,
            retain_on_delete=settings.retain,
        ),
    )
    applications = laying.applications()
    teams = laying.teams()
    principals = {name: application.principal_id for name, application in applications.items()}
    laying.directory_logs(foundation)
    laying.grants(foundation, {**principals, **teams, **_runners(foundation)})
    return {
        "tenant_id": settings.tenant_id,
        "client_id": applications[SIGNED_IN_AS].client_id,
        "principal_id": applications[SIGNED_IN_AS].principal_id,
        "client_ids": {name: application.client_id for name, application in applications.items()},
        "principal_ids": principals,
        **{f"{team.replace('-', '_')}_group_id": group_id for team, group_id in teams.items()},
        "licence_group_ids": laying.licences(),
        "administrative_unit_ids": laying.units(),
    }


def _runners(foundation: Lower) -> dict[str, str]:
    """The object id of the runners' identity by its name in the table of grants, where the foundation has runners."""
    found = foundation.outputs.get("runner_principal_id")
    return {"runners": found} if found else {}


@dataclass(frozen=True)
class _Laying:
    """The parts of the layer, each made by one component with the same *opts*."""

    stack: StackName
    settings: IdentitySettings
    directory: azuread.Provider
    opts: pulumi.ResourceOptions

    def applications(self) -> dict[str, Application]:
        """One application a duty, with the certificates that the settings give it."""
        resources = {service: self._principal_of(service) for service in (EXCHANGE_ONLINE, MICROSOFT_GRAPH)}
        return {name: self._application(name, resources) for name in APPLICATIONS}

    def _principal_of(self, service: str) -> pulumi.Output[str]:
        found = azuread.get_service_principal_output(
            client_id=service, opts=pulumi.InvokeOutputOptions(provider=self.directory)
        )
        object_id: pulumi.Output[str] = found.object_id
        return object_id

    def _application(self, name: str, resources: Mapping[str, pulumi.Input[str]]) -> Application:
        duty, pipeline = APPLICATIONS[name], self.settings.pipeline
        job = f"repo:{pipeline.repository}:environment:{self.stack.environment}-{name}"
        return Application(
            name,
            ApplicationArgs(
                display_name=self.stack.display_name(name),
                duty=duty,
                resources=resources,
                certificates=[each for each in self.settings.certificates if each.holder == name],
                trust=Trust(pipeline.issuer, job) if duty.piped else None,
            ),
            self._renamed("operator", "OperatorApplication") if name == SIGNED_IN_AS else self.opts,
        )

    def _renamed(self, name: str, kind: str) -> pulumi.ResourceOptions:
        """The options of a component that an older version of this program made as *name* of *kind*."""
        alias = pulumi.Alias(name=name, type_=f"mailwave:identity:{kind}")
        return pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(aliases=[alias]))

    def teams(self) -> dict[str, pulumi.Output[str]]:
        """The groups, who may become a member of which, and the policies that know them; ids by name."""
        names = {team: self.stack.display_name(team) for team in TEAMS}
        teams = Teams("teams", TeamsArgs(names), self.opts).ids
        Eligibility("eligibility", EligibilityArgs(teams), self.opts)
        titles = {str(policy): self.stack.display_name(row.says) for policy, row in ACCESS_POLICIES.items()}
        titles["strength"] = self.stack.display_name("phishing-resistant")
        ConditionalAccess(
            "access", ConditionalAccessArgs(titles, teams, self.settings.enforced_policies), self.opts
        )
        return teams

    def licences(self) -> dict[str, pulumi.Output[str]]:
        """A group a licence; ids by name."""
        licences = self.settings.licences
        names = {each.name: self.stack.display_name(f"licence {each.name}") for each in licences}
        return Licences("licences", LicencesArgs(licences, names), self.opts).ids

    def units(self) -> dict[str, pulumi.Output[str]]:
        """An administrative unit a care board; ids by code."""
        args = AdministrativeUnitsArgs(self.settings.care_boards)
        return AdministrativeUnits("boards", args, self.opts).ids

    def directory_logs(self, foundation: Lower) -> None:
        """The directory's own logs, sent to the *foundation*'s workspace."""
        name = f"mailwave-{self.stack.environment}"
        DirectoryLogs("logs", DirectoryLogsArgs(name, foundation.require("workspace_id")), self.opts)

    def grants(self, foundation: Lower, principals: Mapping[str, pulumi.Input[str]]) -> None:
        """What the *principals* may do with the *foundation*, by roles of our own where Azure has none."""
        subscription = self.settings.subscription_id
        platform = f"/subscriptions/{subscription}/resourceGroups/{foundation.require('resource_group_name')}"
        names = {role: self.stack.display_name(role) for role in ROLES}
        roles = Roles("roles", RolesArgs(names, platform), self.opts)
        scopes = {
            "platform": platform,
            "vault": foundation.require("vault_id"),
            "evidence": foundation.require("evidence_container_id"),
        }
        Grants("grants", GrantsArgs(subscription, principals, scopes, roles.ids), self.opts)
