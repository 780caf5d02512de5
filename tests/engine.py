"""The real Pulumi engine, run in a project of a test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS = 300


def needed() -> None:
    """Skip the test where there is no engine."""
    if shutil.which("pulumi") is None:
        pytest.skip("needs pulumi on PATH: make setup")


def environment(home: Path, backend: str, **more: str) -> dict[str, str]:
    """The variables of an engine with its plugins in *home* and its state at *backend*, and nothing of the caller's."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("ARM_", "PULUMI_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    path = f"{Path(sys.executable).parent}:{kept['PATH']}"
    return kept | {"PATH": path} | variables(home, backend, **more)


def variables(home: Path, backend: str, **more: str) -> dict[str, str]:
    """What an engine is told to find its plugins in *home* and its state at *backend*, and nothing elsewhere."""
    return {
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": backend,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        **more,
    }


@dataclass(frozen=True)
class Done:
    """What a command of the engine came to."""

    code: int
    text: str


@dataclass(frozen=True)
class Pulumi:
    """The engine in the project in *folder*."""

    folder: Path
    environment: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one `pulumi` command, in a session of its own."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> Done:
        """One `pulumi` command, with all that it said."""
        with self.start(*arguments) as process:
            try:
                text, _ = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Done(process.returncode, text)
