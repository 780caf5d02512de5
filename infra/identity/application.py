"""What acts for the migration: one application for each duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid5

import pulumi
import pulumi_azuread as azuread

from infra.identity.applications import AppRole, Duty
from infra.settings.identity import Certificate

AUDIENCE = "api://AzureADTokenExchange"
"""What a token must be meant for that is exchanged for one of Entra."""


@dataclass(frozen=True)
class Trust:
    """The tokens of *issuer* with exactly this *subject* are taken as the application's own."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class ApplicationArgs:
    """*display_name* is unique in the tenant: a second object of that name is refused, not made.

    *resources*: the object id of each service's principal in this tenant, by application id.
    """

    display_name: str
    duty: Duty
    resources: Mapping[str, pulumi.Input[str]]
    certificates: Sequence[Certificate] = ()
    trust: Trust | None = None


class Application(pulumi.ComponentResource):
    """An application of this tenant only with its service principal, its consents and its credentials.

    It has certificates, of which the private parts are elsewhere, or trusts the pipeline's tokens; never a password.
    """

    def __init__(self, name: str, args: ApplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Application", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.application = self._application()
        self.service_principal = self._service_principal()
        self.consents = {role.value: self._consent(role) for role in args.duty.roles}
        self.certificates = [self._certificate(certificate) for certificate in args.certificates]
        self.federation = self._federation(args.trust) if args.trust else None

        self.client_id: pulumi.Output[str] = self.application.client_id
        self.principal_id: pulumi.Output[str] = self.service_principal.object_id
        self.register_outputs({"client_id": self.client_id, "principal_id": self.principal_id})

    def _application(self) -> azuread.Application:
        return azuread.Application(
            self._name,
            display_name=self._args.display_name,
            description=self._args.duty.description,
            sign_in_audience="AzureADMyOrg",
            prevent_duplicate_names=True,  # a create that was cut off is then found, not repeated
            required_resource_accesses=[self._access(resource) for resource in self._services()],
            opts=self._child,
        )

    def _services(self) -> list[str]:
        return sorted({role.resource for role in self._args.duty.roles})

    def _access(self, resource: str) -> azuread.ApplicationRequiredResourceAccessArgs:
        return azuread.ApplicationRequiredResourceAccessArgs(
            resource_app_id=resource,
            resource_accesses=[
                azuread.ApplicationRequiredResourceAccessResourceAccessArgs(id=role.id, type="Role")
                for role in self._args.duty.roles
                if role.resource == resource
            ],
        )

    def _service_principal(self) -> azuread.ServicePrincipal:
        return azuread.ServicePrincipal(
            self._name,
            client_id=self.application.client_id,
            app_role_assignment_required=True,
            opts=self._child,
        )

    def _consent(self, role: AppRole) -> azuread.AppRoleAssignment:
        """An administrator's consent: the permission itself, where the application only asks for it."""
        return azuread.AppRoleAssignment(
            f"{self._name}-{role.value}",
            app_role_id=role.id,
            principal_object_id=self.service_principal.object_id,
            resource_object_id=self._args.resources[role.resource],
            opts=self._child,
        )

    def _certificate(self, certificate: Certificate) -> azuread.ApplicationCertificate:
        return azuread.ApplicationCertificate(
            f"{self._name}-{certificate.name}",
            application_id=self.application.id,
            type="AsymmetricX509Cert",
            value=certificate.pem,
            # An id that follows from the certificate: one that a crash left behind is then found, not repeated.
            key_id=str(uuid5(NAMESPACE_OID, certificate.pem)),
            start_date=f"{certificate.starts}T00:00:00Z",
            end_date=f"{certificate.expires}T00:00:00Z",
            opts=self._child,
        )

    def _federation(self, trust: Trust) -> azuread.ApplicationFederatedIdentityCredential:
        return azuread.ApplicationFederatedIdentityCredential(
            self._name,
            application_id=self.application.id,
            display_name="pipeline",
            description="A job of the pipeline in the environment of this duty",
            issuer=trust.issuer,
            subject=trust.subject,
            audiences=[AUDIENCE],
            opts=self._child,
        )
