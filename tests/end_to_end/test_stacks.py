"""The three real stacks on a simulated tenant: their whole life, and drift that is found and named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import pytest

from estate_schema.endpoints import load_endpoints
from exchange_admin.connect import exchange_online
from mailwave.exits import Exit
from tests.end_to_end.operator import LAYERS, WHY, Operator

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1_800)]

NO_CHANGES = ("--refresh", "--expect-no-changes")
DIRECTORY = {41, 42, 43, 44, 45}
"""The controls of settings that a new tenant does not keep, and that only a person can set."""

CHANGES = 7
"""The engine's exit code for changes where none were expected."""


def storage_account(operator: Operator) -> str:
    """Where the evidence account answers in the simulated cloud."""
    cloud = operator.environment["REHEARSAL_CLOUD"]
    listed = httpx2.get(cloud).json()["value"]
    (path,) = [row["path"] for row in listed if row["token"].endswith(":StorageAccount")]
    return f"{cloud}/arm{path}"


def set_domain_type(operator: Operator, kind: str) -> None:
    """Change the mail domain as a person in the admin centre would."""
    tamper(operator, "Set-AcceptedDomain", Identity="nhsmail.example", DomainType=kind)


def tamper(operator: Operator, cmdlet: str, **parameters: object) -> None:
    """Change something in the tenant as a person would."""
    endpoints = load_endpoints(Path(operator.environment["MAILWAVE_ENDPOINTS"]))
    with exchange_online(endpoints, dry_run=False) as exchange:
        exchange.invoke(cmdlet, parameters)


def broken(operator: Operator) -> set[int]:
    """The controls that do not pass, by the command."""
    done = operator.mailwave("change", "baseline", "--json")
    assert Exit.POLICY == done.code, done.text
    return {each["control"] for each in json.loads(done.out)["controls"] if each["verdict"] != "Passed"}


def test_a_stack_made_by_either_command_is_the_same(operator: Operator) -> None:
    """It should deploy by `mailwave` what plain `pulumi` finds unchanged, name drift, heal it, and remove it all."""
    up = operator.up()
    assert 0 == up.code, up.text
    made = re.search(r"foundation-rehearsal: (\d+) resources, \1 created", up.out)
    assert made, up.out
    assert "  create exchange:index:OutboundConnector on-premises" in up.out
    for layer in LAYERS:
        assert 0 == operator.pulumi("preview", f"--stack={layer}-rehearsal", *NO_CHANGES).code

    assert DIRECTORY == broken(operator)
    tamper(operator, "Set-TransportConfig", SmtpClientAuthenticationDisabled=False)
    assert DIRECTORY | {5} == broken(operator)
    tamper(operator, "Set-TransportConfig", SmtpClientAuthenticationDisabled=True)

    httpx2.patch(storage_account(operator), json={"minimumTlsVersion": "TLS1_0"}).raise_for_status()
    set_domain_type(operator, "Authoritative")
    shown = operator.pulumi("preview", "--stack=foundation-rehearsal", "--diff", *NO_CHANGES)
    assert CHANGES == shown.code
    assert "minimumTlsVersion" in shown.out
    shown = operator.pulumi("preview", "--stack=hybrid-rehearsal", "--diff", *NO_CHANGES)
    assert CHANGES == shown.code
    assert "domainType" in shown.out

    drift = operator.mailwave("change", "drift", "--no-plays")
    assert Exit.DRIFT == drift.code, drift.text
    assert (
        'update azure-native:storage:StorageAccount evidence (minimumTlsVersion: "TLS1_0" -> "TLS1_2")'
    ) in drift.out
    assert (
        'update exchange:index:AcceptedDomain mail (domainType: "Authoritative" -> "InternalRelay")'
    ) in drift.out

    assert 0 == operator.pulumi("up", "--yes", "--refresh", "--stack=hybrid-rehearsal").code
    healed = operator.up("foundation")
    assert f"foundation-rehearsal: {made[1]} resources, 1 updated" in healed.out
    assert 0 == operator.mailwave("change", "drift", "--no-plays").code
    blind = Operator({**operator.environment, "PULUMI_CONFIG_PASSPHRASE_FILE": __file__})
    unread = blind.mailwave("change", "drift", "--no-plays", "--layer=foundation")
    assert Exit.UNSEEN == unread.code, unread.text
    assert "could not be read: foundation: " in unread.out


def test_a_stack_made_by_hand_is_one_for_mailwave(operator: Operator) -> None:
    """It should find no difference in stacks that plain `pulumi` made, and remove one only when its name is typed."""
    for layer in LAYERS:
        operator.pulumi("stack", "init", f"{layer}-rehearsal")
        made = operator.pulumi("up", "--yes", "--skip-preview", f"--stack={layer}-rehearsal")
        assert 0 == made.code, made.text

    assert 0 == operator.mailwave("infra", "drift").code

    refused = operator.mailwave("infra", "destroy", *WHY, "--layer=identity", "--confirm=identity-rehearsal")
    assert Exit.RESOURCE == refused.code
    assert "identity cannot be removed while hybrid still stands on it" in refused.err
    refused = operator.mailwave("infra", "destroy", *WHY, "--layer=hybrid")
    assert Exit.CONFIGURATION == refused.code
    assert "delete exchange:index:OutboundConnector on-premises" in refused.out
    gone = operator.mailwave("infra", "destroy", *WHY, "--layer=hybrid", "--confirm=hybrid-rehearsal")
    assert 0 == gone.code, gone.text
    assert "hybrid-rehearsal: 0 resources" in gone.out
    held = json.loads(operator.mailwave("infra", "status", "--layer=hybrid", "--json").out)
    assert {"hybrid-rehearsal": 0} == held
