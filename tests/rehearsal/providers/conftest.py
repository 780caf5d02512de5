"""The engine with the stand-ins, ready to run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.providers.install import install
from tests.rehearsal.providers.project import PROJECT, SUBSCRIPTION, TENANT, Engine, LoopbackCloud


@pytest.fixture
def cloud() -> Iterator[LoopbackCloud]:
    """An empty cloud."""
    serving = LoopbackCloud()
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def pulumi_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PULUMI_HOME with the stand-ins."""
    if shutil.which("pulumi") is None:
        pytest.skip("needs pulumi on PATH: make setup")
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
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("ARM_", "PULUMI_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
        "PULUMI_HOME": str(pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "throw-away",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "REHEARSAL_CLOUD": cloud.address,
    }
    engine = Engine(project, environment, cloud)
    done = engine.run("stack", "init", "foundation-test")
    assert 0 == done.code, done.text
    return engine
