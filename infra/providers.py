"""The providers, made from the stack's settings, and the comparison of their credentials with them.

No default provider is used: a resource without one of these could end in whatever tenant the machine is signed in to.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi
import pulumi_azure_native as azure_native
import pulumi_azuread as azuread
from pulumi_azure_native import authorization

from infra.errors import SignInRefused, WrongOwner
from infra.settings.common import Common, Subscribed
from infra.stack import StackName


def azure(stack: StackName, settings: Subscribed) -> azure_native.Provider:
    """Azure Resource Manager, in the tenant and subscription of *settings*.

    Raises:
        SignInRefused: the provider finds no credential that it may use.
        WrongOwner: the credential that is signed in belongs to another tenant or subscription.
    """
    provider = azure_native.Provider(
        "azure",
        tenant_id=settings.tenant_id,
        subscription_id=settings.subscription_id,
        disable_pulumi_partner_id=True,
    )
    where = "the Azure credential"
    opts = pulumi.InvokeOptions(provider=provider)
    found = _signed_in(stack, settings, where, lambda: authorization.get_client_config(opts))
    _require(stack, "tenant", settings.tenant_id, where, found.tenant_id)
    _require(stack, "subscription", settings.subscription_id, where, found.subscription_id)
    return provider


def entra(stack: StackName, settings: Common) -> azuread.Provider:
    """The directory of the tenant of *settings*.

    Raises:
        SignInRefused: the provider finds no credential that it may use.
        WrongOwner: the credential that is signed in belongs to another tenant.
    """
    provider = azuread.Provider("entra", tenant_id=settings.tenant_id, disable_terraform_partner_id=True)
    where = "the Entra credential"
    opts = pulumi.InvokeOptions(provider=provider)
    found = _signed_in(stack, settings, where, lambda: azuread.get_client_config(opts))
    _require(stack, "tenant", settings.tenant_id, where, found.tenant_id)
    return provider


def _signed_in[Identity](
    stack: StackName, settings: Common, who: str, ask: Callable[[], Identity]
) -> Identity:
    try:
        return ask()
    except pulumi.RunError:
        raise
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        text = str(error).rpartition("returned an error: ")[2]
        raise SignInRefused(stack=str(stack), tenant=settings.tenant_id, who=who, text=text) from None


def _require(stack: StackName, what: str, asked: str, where: str, found: str) -> None:
    if found.lower() != asked:
        raise WrongOwner(stack=str(stack), what=what, asked=asked, where=where, found=found)
