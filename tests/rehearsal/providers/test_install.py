"""The stand-ins in the place of the real plugins."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from rehearsal.providers.install import InstallFailed, install


@pytest.mark.engine
@pytest.mark.parametrize("name", ["azure-native", "azuread"])
def test_stands_at_the_version_of_the_sdk(pulumi_home: Path, name: str) -> None:
    """It should stand where the engine looks for the plugin of exactly the installed SDK."""
    folder = pulumi_home / "plugins" / f"resource-{name}-v{version(f'pulumi-{name}')}"

    assert (folder / f"pulumi-resource-{name}").exists()


@pytest.mark.engine
def test_can_be_repeated(pulumi_home: Path) -> None:
    """It should install over what is there already."""
    install(pulumi_home)


def test_refusal_of_the_engine_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should name the provider and hand on what the engine said."""
    engine = tmp_path / "pulumi"
    engine.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(
        InstallFailed, match="stand-in for azure-native could not be installed: no space left"
    ):
        install(tmp_path / "home")
