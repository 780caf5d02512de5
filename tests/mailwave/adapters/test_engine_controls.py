"""The policy pack, started by the engine's adapter: what it finds, what is waived, and that nothing is changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rehearsal.providers.install import install
from tests.engine import needed, variables
from tests.rehearsal.providers.project import PROJECT, SUBSCRIPTION, TENANT, LoopbackCloud

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[3]
PROGRAM = """\
from pulumi_azure_native import resources, storage

group = resources.ResourceGroup("group")
storage.StorageAccount(
    "evidence",
    resource_group_name=group.name,
    kind="StorageV2",
    sku=storage.SkuArgs(name="Standard_LRS"),
    minimum_tls_version="%s",
    enable_https_traffic_only=True,
    allow_blob_public_access=False,
    allow_shared_key_access=False,
    allow_cross_tenant_replication=False,
    public_network_access="Disabled",
    network_rule_set=storage.NetworkRuleSetArgs(default_action="Deny"),
)
"""
PACK = """\
#!{python}
import sys
from dataclasses import replace
from datetime import date

sys.path[:0] = {path}
import msgspec
import pulumi_policy
from controls.catalogue import controls
from controls.model import Waiver
from infra.policy.pack import MANDATORY, policies

waiver = Waiver("platform-test", "evidence", "platform", "old readers", date.fromisoformat("{until}"))
every = [msgspec.structs.replace(each, waivers=(waiver,)) for each in controls() if each.id == 47]
pulumi_policy.PolicyPack("mailwave", policies(every), enforcement_level=MANDATORY)
"""
OPERATOR = """\
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.engine import Engine
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.core.refusals import ControlsBroken
from mailwave.runbooks.provision import Provision

root, said, ended = Path(sys.argv[1]), [], ""
ledger = Ledger.open(f"sqlite:///{root}/ledger.db", lambda: datetime.now(UTC))
engine = Engine(root, "test", dry_run=False)
reason = Reason(who="a", source="b", ticket="c", text="d")
try:
    Provision(engine, ledger, reason, said.append, lambda _: None, ArtifactFolder(root / "kept"), ("platform",)).run()
except ControlsBroken as error:
    ended = type(error).__name__
breaches = [(each.control, each.says, each.waived) for report in said for each in report.breaches]
print(json.dumps({"ended": ended, "breaches": breaches, "resources": engine.resources("platform")}))
"""


class Project:
    """A project with one stack and the pack beside it, in *root*."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "infra" / "policy").mkdir(parents=True)
        (root / "environments").mkdir()
        (root / "environments" / "Pulumi.platform-test.yaml").write_text("config: {}\n", encoding="ascii")
        (root / "Pulumi.yaml").write_text(
            PROJECT % (SUBSCRIPTION, TENANT, TENANT) + "stackConfigDir: environments\n", encoding="ascii"
        )

    def write(self, tls: str, until: date) -> None:
        """Let the account take *tls* and newer, which is waived *until* a day."""
        (self.root / "infra" / "__main__.py").write_text(PROGRAM % tls, encoding="ascii")
        pack = self.root / "infra" / "policy" / "run"
        path = [str(ROOT), str(ROOT / "scripts")]
        pack.write_text(PACK.format(python=sys.executable, path=path, until=until), encoding="ascii")
        pack.chmod(0o755)

    def up(self) -> Any:
        """Bring the stack up by the runbook, in a process of its own, whose loops the SDK leaves open."""
        script = [sys.executable, "-c", OPERATOR, str(self.root)]
        done = subprocess.run(script, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project on a cloud of its own."""
    needed()
    home, state = tmp_path / "home", tmp_path / "state"
    home.mkdir()
    state.mkdir()
    install(home)
    with closing(LoopbackCloud()) as cloud:
        told = {"PULUMI_CONFIG_PASSPHRASE": "throw-away", "REHEARSAL_CLOUD": cloud.address}
        for name, text in variables(home, f"file://{state}", **told).items():
            monkeypatch.setenv(name, text)
        yield Project(tmp_path / "project")


def test_a_broken_control_is_found_before_anything_is_changed(project: Project) -> None:
    """It should refuse what is waived no longer, let pass and name what is waived, and say nothing of what is right."""
    past, future = date(2026, 1, 1), date(2999, 1, 1)
    says = "evidence: minimumTlsVersion is 'TLS1_0' and must be 'TLS1_2'"

    project.write("TLS1_0", past)
    refused = project.up()
    assert ("ControlsBroken", 0) == (refused["ended"], refused["resources"])
    assert [[47, says, False]] == refused["breaches"]

    project.write("TLS1_0", future)
    waived = project.up()
    assert ("", 3) == (waived["ended"], waived["resources"])
    assert [[47, f"{says} (waived until 2999-01-01 by platform: old readers)", True]] == waived["breaches"]

    project.write("TLS1_2", past)
    kept = project.up()
    assert ("", []) == (kept["ended"], kept["breaches"])
