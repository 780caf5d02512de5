"""What the operator command signs in as."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
"""The application id of Office 365 Exchange Online, the same in every tenant."""

MANAGE_AS_APP = "dc50a0fb-09a3-484d-be87-e023b12c6440"
"""The app role Exchange.ManageAsApp; what it may then do is a role group's business inside Exchange."""


@dataclass(frozen=True)
class OperatorApplicationArgs:
    """*display_name* is unique in the tenant: a second object of that name is refused, not made."""

    display_name: str


class OperatorApplication(pulumi.ComponentResource):
    """An application of this tenant only, without a password, and its service principal.

    It asks for one permission, Exchange.ManageAsApp. A person consents to it and gives it a certificate or a
    federated credential: neither belongs in a state file.
    """

    def __init__(
        self, name: str, args: OperatorApplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:identity:OperatorApplication", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.application = self._application()
        self.service_principal = self._service_principal()

        self.client_id: pulumi.Output[str] = self.application.client_id
        self.principal_id: pulumi.Output[str] = self.service_principal.object_id
        self.register_outputs({"client_id": self.client_id, "principal_id": self.principal_id})

    def _application(self) -> azuread.Application:
        return azuread.Application(
            self._name,
            display_name=self._args.display_name,
            description="Plans, runs and accounts for the mail migration",
            sign_in_audience="AzureADMyOrg",
            prevent_duplicate_names=True,  # a create that was cut off is then found, not repeated
            required_resource_accesses=[
                azuread.ApplicationRequiredResourceAccessArgs(
                    resource_app_id=EXCHANGE_ONLINE,
                    resource_accesses=[
                        azuread.ApplicationRequiredResourceAccessResourceAccessArgs(
                            id=MANAGE_AS_APP, type="Role"
                        )
                    ],
                )
            ],
            opts=self._child,
        )

    def _service_principal(self) -> azuread.ServicePrincipal:
        return azuread.ServicePrincipal(
            self._name,
            client_id=self.application.client_id,
            app_role_assignment_required=True,
            opts=self._child,
        )
