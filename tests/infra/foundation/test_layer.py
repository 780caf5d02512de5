"""The layer `foundation` as a whole."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from infra.errors import SignInRefused, WrongOwner
from infra.foundation.layer import lay_foundation
from infra.settings import FoundationSettings
from infra.stack import StackName
from tests.infra.doubles import OTHER, SUBSCRIPTION, TENANT, Clouds, run

STACK = StackName("foundation", "rehearsal")
TAGS = {
    "service": "mailwave",
    "environment": "rehearsal",
    "layer": "foundation",
    "managed-by": "pulumi",
    "owner": "a team",
}


def settings(*, protect: bool = True) -> FoundationSettings:
    return FoundationSettings(
        tenant_id=TENANT,
        subscription_id=SUBSCRIPTION,
        protect=protect,
        location="uksouth",
        owner="a team",
        vault_retention_days=90,
        evidence_retention_days=365,
    )


@pulumi.runtime.test
def test_outputs() -> pulumi.Output[None]:
    """It should export what the layer above and the operator command read."""
    Clouds().install(str(STACK))

    outputs = lay_foundation(STACK, settings())

    def check(found: dict[str, Any]) -> None:
        assert {
            "tenant_id": TENANT,
            "subscription_id": SUBSCRIPTION,
            "resource_group_name": "mailwave1234",
            "vault_id": "/azure-native:keyvault:Vault/vault",
            "vault_uri": "https://vault/",
            "evidence_account_name": "evidence1234",
            "evidence_container_id": "/azure-native:storage:BlobContainer/evidence",
            "evidence_container_name": "evidence1234",
        } == found

    return pulumi.Output.all(**outputs).apply(check)


@pulumi.runtime.test
def test_tags() -> pulumi.Output[None]:
    """It should tag everything that can carry tags, the same."""
    clouds = Clouds().install(str(STACK))

    outputs = lay_foundation(STACK, settings())

    def check(_: object) -> None:
        tagged = [resource.inputs["tags"] for resource in clouds.resources if "tags" in resource.inputs]
        assert [TAGS] * 3 == tagged

    return pulumi.Output.all(**outputs).apply(check)


@pytest.mark.parametrize(
    ("what", "clouds"), [("tenant", Clouds(tenant=OTHER)), ("subscription", Clouds(subscription=OTHER))]
)
def test_refuses_another_owner(what: str, clouds: Clouds) -> None:
    """It should make no resource when the credential belongs to another tenant or subscription."""
    clouds.install(str(STACK))

    with pytest.raises(WrongOwner) as refused:
        lay_foundation(STACK, settings())

    assert (what, OTHER) == (refused.value.what, refused.value.found)
    assert ["pulumi:providers:azure-native"] == [
        resource.typ for resource in clouds.resources if resource.typ != "pulumi:pulumi:Stack"
    ]


@pytest.mark.parametrize(("protect", "expected"), [(True, {"mailwave", "vault", "evidence"}), (False, set())])
def test_protects_what_it_is_told_to_protect(*, protect: bool, expected: set[str]) -> None:
    """It should protect every resource of the layer, down to the components' children, or none."""
    clouds = Clouds().install(str(STACK))

    run(lambda: lay_foundation(STACK, settings(protect=protect)))

    assert expected == clouds.monitor.names("protect")


def test_refuses_without_a_credential() -> None:
    """It should pass on in one sentence why the provider cannot sign in."""
    Clouds(tenant="").install(str(STACK))

    with pytest.raises(SignInRefused) as refused:
        lay_foundation(STACK, settings())

    assert ("the Azure credential", "nobody is signed in") == (refused.value.who, refused.value.text)
