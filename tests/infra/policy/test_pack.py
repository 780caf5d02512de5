"""The pack under the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from controls.catalogue import controls
from rehearsal.providers.install import install
from tests.engine import Done, Pulumi, environment, needed
from tests.rehearsal.providers.project import PROJECT, SUBSCRIPTION, TENANT, LoopbackCloud

pytestmark = [pytest.mark.engine, pytest.mark.conformance]

RUN = Path(__file__).parents[3] / "infra" / "policy" / "run"
PROGRAM = """\
from pulumi_azure_native import resources, storage

group = resources.ResourceGroup("platform")
storage.StorageAccount(
    "evidence",
    resource_group_name=group.name,
    kind="StorageV2",
    sku=storage.SkuArgs(name="Standard_LRS"),
    minimum_tls_version=TLS,
    enable_https_traffic_only=True,
    allow_blob_public_access=False,
    allow_shared_key_access=False,
    allow_cross_tenant_replication=False,
    public_network_access="Disabled",
    network_rule_set=storage.NetworkRuleSetArgs(default_action="Deny"),
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Pulumi]:
    """A project without a program or a stack, on a cloud of its own."""
    needed()
    home, folder = tmp_path / "home", tmp_path / "project"
    for each in (home, folder, tmp_path / "state"):
        each.mkdir()
    install(home)
    (folder / "Pulumi.yaml").write_text(PROJECT % (SUBSCRIPTION, TENANT, TENANT))
    with closing(LoopbackCloud()) as cloud:
        secret = {"PULUMI_CONFIG_PASSPHRASE": "throw-away", "REHEARSAL_CLOUD": cloud.address}
        yield Pulumi(folder, environment(home, f"file://{tmp_path / 'state'}", **secret))


def preview(project: Pulumi, stack: str, program: str) -> Done:
    """What the engine says to *program* as *stack*, with our pack."""
    assert 0 == project.run("stack", "select", "--create", stack).code
    (project.folder / "__main__.py").write_text(program)
    return project.run("preview", "--policy-pack", str(RUN))


def test_a_broken_control_fails_the_preview(project: Pulumi) -> None:
    """It should name the control, its title and the field, and pass when the field is right."""
    refused, passed = (
        preview(project, "platform-test", PROGRAM.replace("TLS,", f'"{tls}",'))
        for tls in ("TLS1_0", "TLS1_2")
    )

    control = next(each for each in controls() if each.id == 47)
    assert 0 != refused.code
    assert f"control 47, {control.title}" in refused.text
    assert "evidence: minimumTlsVersion is 'TLS1_0' and must be 'TLS1_2'" in refused.text
    assert 0 == passed.code, passed.text
    assert "control 47" not in passed.text


def test_a_stack_that_is_removed_lacks_nothing(project: Pulumi) -> None:
    """It should let a stack declare nothing at all, whose layer else declares what controls ask for."""
    passed = preview(project, "hybrid-rehearsal", "")
    assert 0 == passed.code, passed.text
