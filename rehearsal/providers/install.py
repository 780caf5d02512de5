"""Puts the stand-in providers where the engine looks for the real ones.

They go into a PULUMI_HOME of the rehearsal's own, at exactly the version of the installed SDK, so that the program and
Pulumi.yaml are the ones for the real clouds, and nothing of a person's own PULUMI_HOME is touched.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from rehearsal.errors import RehearsalError

STAND_INS: Mapping[str, str] = {"azure-native": "azure_native", "azuread": "azuread"}
"""The modules beside this one, by the name of the provider they stand in for."""


class InstallFailed(RehearsalError):
    """The engine refused to install a stand-in."""

    advice = "mend what the engine names and run it again"

    def __init__(self, *, name: str, text: str) -> None:
        self.name = name
        self.text = text
        super().__init__(f"the stand-in for {name} could not be installed: {text.strip()}")


def install(pulumi_home: Path) -> None:
    """Install both stand-ins into *pulumi_home*, over whatever is there. Needs `pulumi` on PATH.

    Raises InstallFailed.
    """
    pulumi_home.mkdir(parents=True, exist_ok=True)
    for name, module in STAND_INS.items():
        with tempfile.TemporaryDirectory() as folder:
            _write_plugin(Path(folder) / f"pulumi-resource-{name}", module)
            _install_plugin(name, Path(folder), pulumi_home.resolve())


def _write_plugin(file: Path, module: str) -> None:
    """-P keeps the folder of the Pulumi program, in which the engine starts plugins, off the import path."""
    file.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m rehearsal.providers.{module} "$@"\n'
    )
    file.chmod(0o755)


def _install_plugin(name: str, folder: Path, pulumi_home: Path) -> None:
    command = ["pulumi", "plugin", "install", "resource", name, version(f"pulumi-{name}")]
    done = subprocess.run(
        [*command, "--reinstall", "--file", str(folder)],
        env={**os.environ, "PULUMI_HOME": str(pulumi_home), "PULUMI_SKIP_UPDATE_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InstallFailed(name=name, text=done.stderr or done.stdout)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
