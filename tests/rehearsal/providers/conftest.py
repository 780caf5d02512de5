"""The engine with the stand-ins, ready to run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.servicer import Properties
from rehearsal.providers.azure_native import AzureNative
from rehearsal.providers.azuread import AzureAD
from rehearsal.providers.install import install
from tests.engine import environment as engine_environment
from tests.engine import needed
from tests.rehearsal.providers.project import (
    GROUP,
    PROJECT,
    SEED,
    SUBSCRIPTION,
    TENANT,
    Engine,
    LoopbackCloud,
)


@pytest.fixture
def cloud() -> Iterator[LoopbackCloud]:
    """An empty cloud."""
    serving = LoopbackCloud()
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def pulumi_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PULUMI_HOME with the stand-ins."""
    needed()
    home = tmp_path_factory.mktemp("pulumi-home")
    install(home)
    return home


@pytest.fixture
def engine(tmp_path: Path, pulumi_home: Path, cloud: LoopbackCloud) -> Engine:
    """The engine with an empty stack whose state is in a folder."""
    (tmp_path / "state").mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(PROJECT % (SUBSCRIPTION, TENANT, TENANT))
    environment = engine_environment(
        pulumi_home,
        f"file://{tmp_path / 'state'}",
        PULUMI_CONFIG_PASSPHRASE="throw-away",
        REHEARSAL_CLOUD=cloud.address,
    )
    engine = Engine(project, environment, cloud)
    done = engine.run("stack", "init", "foundation-test")
    assert 0 == done.code, done.text
    return engine


@pytest.fixture
def azure(cloud: LoopbackCloud, monkeypatch: pytest.MonkeyPatch) -> AzureNative:
    """A configured stand-in for azure-native."""
    monkeypatch.setenv("REHEARSAL_CLOUD", cloud.address)
    monkeypatch.delenv("ARM_TENANT_ID", raising=False)
    provider = AzureNative()
    provider.configure({"subscriptionId": SUBSCRIPTION, "tenantId": TENANT})
    return provider


@pytest.fixture
def entra(cloud: LoopbackCloud, monkeypatch: pytest.MonkeyPatch) -> AzureAD:
    """A configured stand-in for azuread."""
    monkeypatch.setenv("REHEARSAL_CLOUD", cloud.address)
    monkeypatch.delenv("ARM_TENANT_ID", raising=False)
    provider = AzureAD()
    provider.configure({"tenantId": TENANT})
    return provider


@pytest.fixture
def group(azure: AzureNative) -> Properties:
    """The inputs of a resource group that is there."""
    inputs = azure.check(GROUP, {}, {"resourceGroupName": "platform", "location": "uksouth"}, SEED)
    azure.create(GROUP, inputs, preview=False)
    return inputs
