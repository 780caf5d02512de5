"""The pack under the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from controls.catalogue import controls
from rehearsal.providers.install import install
from tests.engine import Pulumi, environment, needed
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


def test_a_broken_control_fails_the_preview(tmp_path: Path) -> None:
    """It should name the control, its title and the field, and pass when the field is right."""
    needed()
    home, project = tmp_path / "home", tmp_path / "project"
    for folder in (home, project, tmp_path / "state"):
        folder.mkdir()
    install(home)
    (project / "Pulumi.yaml").write_text(PROJECT % (SUBSCRIPTION, TENANT, TENANT))
    cloud = LoopbackCloud()
    try:
        secret = {"PULUMI_CONFIG_PASSPHRASE": "throw-away", "REHEARSAL_CLOUD": cloud.address}
        engine = Pulumi(project, environment(home, f"file://{tmp_path / 'state'}", **secret))
        assert 0 == engine.run("stack", "init", "platform-test").code

        (project / "__main__.py").write_text(PROGRAM.replace("TLS,", '"TLS1_0",'))
        refused = engine.run("preview", "--policy-pack", str(RUN))
        (project / "__main__.py").write_text(PROGRAM.replace("TLS,", '"TLS1_2",'))
        passed = engine.run("preview", "--policy-pack", str(RUN))
    finally:
        cloud.close()

    control = next(each for each in controls() if each.id == 47)
    assert 0 != refused.code
    assert f"control 47, {control.title}" in refused.text
    assert "evidence: minimumTlsVersion is 'TLS1_0' and must be 'TLS1_2'" in refused.text
    assert 0 == passed.code, passed.text
    assert "control 47" not in passed.text
