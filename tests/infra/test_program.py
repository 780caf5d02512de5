"""The program as the engine runs it: a stack's name and its configuration go in, outputs come out."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config

from infra.errors import BadSetting, UnknownStack
from infra.program import program
from tests.infra.doubles import FOUNDATION_OUTPUTS, IDENTITY_OUTPUTS, SUBSCRIPTION, TENANT, Clouds, run

COMMON = {"mailwave:tenant_id": TENANT, "mailwave:protect": "false"}
CONFIGURATION = {
    "foundation-rehearsal": {
        **COMMON,
        "mailwave:subscription_id": SUBSCRIPTION,
        "mailwave:location": "uksouth",
        "mailwave:owner": "a team",
        "mailwave:vault_retention_days": "7",
        "mailwave:evidence_retention_days": "7",
    },
    "identity-rehearsal": {**COMMON, "mailwave:subscription_id": SUBSCRIPTION},
    "hybrid-rehearsal": {
        **COMMON,
        "mailwave:retain": "false",
        "mailwave:mail_domain": "nhsmail.example",
        "mailwave:routing_domain": "nhsmail.mail.onmicrosoft.com",
        "mailwave:domain_type": "Authoritative",
        "mailwave:smart_hosts": '["mail.leeds.nhsmail.example"]',
        "mailwave:tls_domain": "mail.leeds.nhsmail.example",
        "mailwave:endpoints": json.dumps(
            [
                {
                    "name": "leeds",
                    "remote_server": "mail.leeds.nhsmail.example",
                    "migrations": {"minimum": 20, "maximum": 100},
                    "incremental_syncs": {"minimum": 5, "maximum": 20},
                }
            ]
        ),
    },
}
COMPONENTS = {
    "foundation-rehearsal": {"mailwave:foundation:Vault", "mailwave:foundation:Evidence"},
    "identity-rehearsal": {
        "mailwave:identity:OperatorApplication",
        "mailwave:identity:Teams",
        "mailwave:identity:Grants",
    },
    "hybrid-rehearsal": {"mailwave:hybrid:MailFlow", "mailwave:hybrid:MoveSources"},
}


def ran(stack: str, configuration: dict[str, str]) -> tuple[Clouds, dict[str, Any]]:
    lower = {"foundation-rehearsal": FOUNDATION_OUTPUTS, "identity-rehearsal": IDENTITY_OUTPUTS}
    clouds = Clouds(stacks=lower).install(stack)
    set_all_config(configuration, [])
    return clouds, run(program)


@pytest.mark.parametrize("stack", sorted(COMPONENTS))
def test_lays_the_layer_that_the_stack_is_named_after(stack: str) -> None:
    """It should declare the components of its own layer, and of no other."""
    clouds, outputs = ran(stack, CONFIGURATION[stack])

    declared = {request.type for request in clouds.monitor.registered if request.type.startswith("mailwave:")}
    assert COMPONENTS[stack] == declared
    assert TENANT == outputs["tenant_id"]


@pytest.mark.parametrize("stack", sorted(COMPONENTS))
def test_gives_every_resource_a_provider_of_its_own(stack: str) -> None:
    """It should leave no resource to a default provider, which could be signed in anywhere."""
    clouds, _ = ran(stack, CONFIGURATION[stack])

    custom = [request for request in clouds.monitor.registered if request.custom]
    ours = [request for request in custom if not request.type.startswith("pulumi:providers:")]
    assert len(ours) > 0
    assert [] == [request.name for request in ours if not request.provider]


def test_refuses_an_unknown_stack_before_it_reads_anything() -> None:
    """It should refuse a stack that is no layer of a known environment."""
    with pytest.raises(UnknownStack):
        ran("foundation-prod", {})


def test_refuses_the_configuration_of_another_layer() -> None:
    """It should refuse keys that belong to another layer."""
    with pytest.raises(BadSetting) as refused:
        ran("identity-rehearsal", CONFIGURATION["foundation-rehearsal"])

    assert "mailwave:evidence_retention_days" == refused.value.key


def test_stops_the_engine_without_a_traceback() -> None:
    """It should raise what the engine shows as one sentence."""
    with pytest.raises(pulumi.RunError):
        ran("foundation-rehearsal", {})
