"""`mailwave infra up` killed in the middle, and run again: one object each, no lock, no orphan, no difference.

CRASHES says how many random moments are tried as well (`make prove`); CRASH_SEED and CRASH_SLICE which ones.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from estate_schema.endpoints import load_endpoints
from exchange_admin.connect import exchange_online
from exchange_admin.online import ExchangeOnline
from mailwave.core.pending import NOTE
from mailwave.exits import Exit
from tests.end_to_end.crashing import Crashing, Death, Moment, kill
from tests.end_to_end.operator import WHY, Operator

pytestmark = [pytest.mark.engine, pytest.mark.crash, pytest.mark.timeout(1_800)]

FOUNDATION = {
    "azure-native:app:Job": 1,
    "azure-native:app:ManagedEnvironment": 1,
    "azure-native:authorization:RoleAssignment": 2,
    "azure-native:consumption:Budget": 1,
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": 1,
    "azure-native:dbforpostgresql:Configuration": 3,
    "azure-native:dbforpostgresql:Database": 1,
    "azure-native:dbforpostgresql:Server": 1,
    "azure-native:dns:RecordSet": 9,
    "azure-native:dns:Zone": 1,
    "azure-native:keyvault:Key": 1,
    "azure-native:keyvault:Vault": 1,
    "azure-native:managedidentity:UserAssignedIdentity": 2,
    "azure-native:monitor:ActionGroup": 1,
    "azure-native:monitor:DiagnosticSetting": 9,
    "azure-native:monitor:MetricAlert": 2,
    "azure-native:monitor:ScheduledQueryRule": 10,
    "azure-native:monitor:SubscriptionDiagnosticSetting": 1,
    "azure-native:network:NetworkSecurityGroup": 3,
    "azure-native:network:PrivateDnsZoneGroup": 2,
    "azure-native:network:PrivateEndpoint": 2,
    "azure-native:network:Subnet": 3,
    "azure-native:network:VirtualNetwork": 1,
    "azure-native:operationalinsights:Workspace": 1,
    "azure-native:privatedns:PrivateZone": 3,
    "azure-native:privatedns:VirtualNetworkLink": 3,
    "azure-native:resources:ResourceGroup": 3,
    "azure-native:storage:BlobContainer": 1,
    "azure-native:storage:BlobContainerImmutabilityPolicy": 1,
    "azure-native:storage:BlobServiceProperties": 1,
    "azure-native:storage:StorageAccount": 1,
}
IDENTITY = {
    "azure-native:aadiam:DiagnosticSetting": 1,
    "azure-native:authorization:RoleAssignment": 11,
    "azure-native:authorization:RoleDefinition": 2,
    "azuread:index/administrativeUnit:AdministrativeUnit": 2,
    "azuread:index/appRoleAssignment:AppRoleAssignment": 15,
    "azuread:index/application:Application": 6,
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": 5,
    "azuread:index/authenticationStrengthPolicy:AuthenticationStrengthPolicy": 1,
    "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy": 7,
    "azuread:index/groupLicense:GroupLicense": 2,
    "azuread:index/groupRoleManagementPolicy:GroupRoleManagementPolicy": 2,
    "azuread:index/groupWithoutMembers:GroupWithoutMembers": 8,
    "azuread:index/privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule": 2,
    "azuread:index/servicePrincipal:ServicePrincipal": 6,
}
ALL = dict(Counter(FOUNDATION) + Counter(IDENTITY))

WRITES = {"foundation": sum(FOUNDATION.values()), "healing": 2, "identity": 5}
"""How many writes each update takes when nobody is killed: one an object that is made. Of `identity`, those before the
first conditional access policy, because what is left of one that was cut off is a person's to decide."""

SLICE = int(os.environ.get("CRASH_SLICE", "0/1").partition("/")[0])
SEED = int(os.environ.get("CRASH_SEED", "7")) + SLICE
CRASHES = int(os.environ.get("CRASHES", "0"))

PINNED = [
    ("foundation", Moment(2, Death.ALL)),
    ("healing", Moment(2, Death.OPERATOR)),
    ("identity", Moment(1, Death.ENGINE)),
]


def random_crashes() -> list[tuple[str, Moment]]:
    """As many updates and moments as are asked for, the same for the same seed."""
    draw = random.Random(SEED)
    chosen = [draw.choice(tuple(WRITES)) for _ in range(CRASHES)]
    deaths = tuple(Death)
    return [
        (what, Moment(draw.randint(1, WRITES[what]), draw.choice(deaths), after=draw.random() < 0.7))
        for what in chosen
    ]


def prepare(crashing: Crashing, what: str) -> str:
    """Bring things to where the update of *what* begins, and return its layer."""
    if what == "foundation":
        return what
    assert 0 == crashing.up("foundation").code
    if what == "healing":
        crashing.spoil()
        return "foundation"
    return what


def judge(crashing: Crashing, told: str) -> None:
    """Bring everything up, and hold what is there then against a clean run."""
    again = crashing.up("foundation", "identity")
    assert 0 == again.code, f"{told}: {again.text}"
    assert ALL == dict(crashing.objects()), told
    assert ALL == dict(crashing.made), f"{told}: something was made twice"
    for layer in ("foundation", "identity"):
        assert [] == left_open(crashing.operator, layer), told
    assert [] == crashing.operator.locks(), told
    assert [] == crashing.operator.processes(), told
    drift = crashing.operator.mailwave("infra", "drift", "--layer=foundation", "--layer=identity")
    assert 0 == drift.code, f"{told}: {drift.text}"


def left_open(operator: Operator, layer: str) -> list[str]:
    """Whatever of a stack's state speaks of a crash."""
    state = operator.state(layer)
    notes = [each["urn"] for each in state.get("resources", ()) if each["type"] == NOTE]
    return notes + [each["resource"]["urn"] for each in state.get("pending_operations", ())]


@pytest.mark.parametrize(("what", "moment"), [*PINNED, *random_crashes()], ids=str)
def test_a_kill_leaves_no_trace(crashing: Crashing, what: str, moment: Moment) -> None:
    """It should end like a run that nobody killed: what was made is adopted, what was not is made once."""
    layer = prepare(crashing, what)

    assert crashing.up_killed(layer, moment), f"{moment} never came"

    judge(crashing, f"seed {SEED}, {what}, {moment}")


def _made_by_us(exchange: ExchangeOnline) -> list[dict[str, Any]]:
    """The transport rules: a tenant has none of its own, and the Hybrid Configuration Wizard makes none."""
    return exchange.invoke("Get-TransportRule").rows


def test_a_kill_while_exchange_is_changed_leaves_no_trace(operator: Operator) -> None:
    """It should take over the rule that a killed run has made, and hold the state that it did not record."""
    assert 0 == operator.up("foundation", "identity").code
    endpoints = load_endpoints(Path(operator.environment["MAILWAVE_ENDPOINTS"]))
    begun = operator.start("infra", "up", *WHY, "--layer=hybrid")
    with exchange_online(endpoints, dry_run=True) as exchange:
        while not _made_by_us(exchange):
            assert begun.poll() is None
            time.sleep(0.01)
        kill([begun.pid, *operator.processes()])
        begun.wait()

        again = operator.up("hybrid")

        assert 0 == again.code, again.text
        assert 1 == len(_made_by_us(exchange))
    assert [] == left_open(operator, "hybrid") + operator.locks() + operator.processes()
    assert 0 == operator.mailwave("infra", "drift", "--layer=hybrid").code


def test_what_cannot_be_decided_is_named(crashing: Crashing) -> None:
    """It should end 16 with the URN each time, and change nothing, where no rule says whether the object exists."""
    operator = crashing.operator
    operator.pulumi("stack", "init", "foundation-rehearsal")
    urn = "urn:pulumi:foundation-rehearsal::mailwave::azuread:index/user:User::somebody"
    creation = {"urn": urn, "custom": True, "type": "azuread:index/user:User", "inputs": {}}
    file = operator.checkpoint("foundation")
    checkpoint = json.loads(file.read_text(encoding="utf-8"))
    checkpoint["checkpoint"]["latest"]["pending_operations"] = [{"resource": creation, "type": "creating"}]
    file.write_text(json.dumps(checkpoint), encoding="utf-8")

    for _ in range(2):
        refused = operator.up("foundation")

        assert Exit.PENDING_OPERATIONS == refused.code, refused.text
        assert urn in refused.err
    assert {} == dict(crashing.made)
    assert [urn] == left_open(operator, "foundation")
