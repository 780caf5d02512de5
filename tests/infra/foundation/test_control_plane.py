"""Where the operator command runs for the pipelines, and where its ledger is kept."""

from __future__ import annotations

from infra.foundation.ledger_database import LedgerDatabase, LedgerDatabaseArgs
from infra.foundation.runner_identity import SECRETS_USER, RunnerIdentity, RunnerIdentityArgs
from infra.foundation.runners import Runners, RunnersArgs
from tests.infra.doubles import SUBSCRIPTION, TENANT, Clouds, run

TAGS = {"service": "mailwave"}


def test_ledger_takes_tokens_and_no_passwords() -> None:
    """It should sign people in by Entra only, from inside the network only."""
    clouds = Clouds().install("foundation-production")
    args = LedgerDatabaseArgs(
        "the-group", TENANT, "/the/subnet", "/the/zone", "Standard_D2ds_v5", 64, "the-runner", "runner", TAGS
    )

    found = run(lambda: {"host": LedgerDatabase("ledger", args).host})

    server = clouds.only("azure-native:dbforpostgresql:Server").inputs
    assert {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled", "tenantId": TENANT} == server[
        "authConfig"
    ]
    assert {
        "delegatedSubnetResourceId": "/the/subnet",
        "privateDnsZoneArmResourceId": "/the/zone",
        "publicNetworkAccess": "Disabled",
    } == server["network"]
    assert {"administratorLogin", "administratorLoginPassword"}.isdisjoint(server)
    assert "ledger.postgres.database.azure.com" == found["host"]


def test_ledger_belongs_to_the_runners() -> None:
    """It should make the runners' identity the administrator, and speak TLS 1.3 only."""
    clouds = Clouds().install("foundation-production")
    args = LedgerDatabaseArgs(
        "the-group", TENANT, "/the/subnet", "/the/zone", "Standard_D2ds_v5", 64, "the-runner", "runner", TAGS
    )

    run(lambda: {"host": LedgerDatabase("ledger", args).host})

    administrator = clouds.only("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra").inputs
    parameters = {
        each.inputs["configurationName"]: each.inputs["value"]
        for each in clouds.of_type("azure-native:dbforpostgresql:Configuration")
    }
    assert ("the-runner", "runner", "servicePrincipal") == (
        administrator["objectId"],
        administrator["principalName"],
        administrator["principalType"],
    )
    assert "TLSv1.3" == parameters["ssl_min_protocol_version"]


def test_runners_may_read_secrets() -> None:
    """It should give the identity one role, on the vault only, and no credential."""
    clouds = Clouds().install("foundation-production")

    found = run(
        lambda: {
            "who": RunnerIdentity(
                "runners", RunnerIdentityArgs("the-group", SUBSCRIPTION, "/the/vault", TAGS)
            ).client_id
        }
    )

    grant = clouds.only("azure-native:authorization:RoleAssignment").inputs
    assert ("/the/vault", SECRETS_USER) == (grant["scope"], grant["roleDefinitionId"].rpartition("/")[2])
    assert "client-id-of-runners" == found["who"]


def test_a_run_is_started_from_outside_and_never_repeated() -> None:
    """It should be a job that waits for a start, has one copy, is not retried, and is not seen from outside."""
    clouds = Clouds().install("foundation-production")
    args = RunnersArgs("the-group", "/the/subnet", "/the/identity", "a/b@sha256:0", {"PGHOST": "h"}, TAGS)

    run(lambda: {"job": Runners("runners", args).job_name})

    environment = clouds.only("azure-native:app:ManagedEnvironment").inputs
    job = clouds.only("azure-native:app:Job").inputs
    assert ({"infrastructureSubnetId": "/the/subnet", "internal": True}, "Disabled") == (
        environment["vnetConfiguration"],
        environment["publicNetworkAccess"],
    )
    assert "sharedKey" not in str(environment)
    assert ("Manual", 0, {"parallelism": 1, "replicaCompletionCount": 1}) == (
        job["configuration"]["triggerType"],
        job["configuration"]["replicaRetryLimit"],
        job["configuration"]["manualTriggerConfig"],
    )
    assert ["/the/identity"] == [*job["identity"]["userAssignedIdentities"]]
    assert [{"name": "PGHOST", "value": "h"}] == job["template"]["containers"][0]["env"]
