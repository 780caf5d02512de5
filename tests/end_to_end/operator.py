"""Commands as an operator types them, against a simulated tenant."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mailwave.adapters.engine_process import MARK
from rehearsal.deploy import deploy

ROOT = Path(__file__).resolve().parents[2]
WHY = ("--ticket", "CHG1", "--reason", "test")
LAYERS = ("foundation", "identity", "hybrid")
SECONDS = 600


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All that it said."""
        return self.out + self.err


@dataclass(frozen=True)
class Operator:
    """Runs `mailwave` and plain `pulumi` from the project's root in *environment*."""

    environment: Mapping[str, str]

    def mailwave(self, *arguments: str) -> Done:
        """One `mailwave` command."""
        return self._run("mailwave", *arguments)

    def up(self, *layers: str) -> Done:
        """`mailwave infra up`."""
        return self.mailwave("infra", "up", *WHY, *(f"--layer={layer}" for layer in layers))

    def deploy(self, *layers: str) -> None:
        """Bring *layers* up, or all, as the environment's operators do: where consent is needed, with it."""

        def run(command: Sequence[str], more: Mapping[str, str]) -> tuple[int, str]:
            done = Operator({**self.environment, **more}).mailwave(*command[1:])
            assert 0 == done.code, done.text
            return done.code, done.out

        deploy(run, self.environment["MAILWAVE_ENVIRONMENT"], self.home, WHY, layers or LAYERS)

    @property
    def home(self) -> Path:
        """The folder of the rehearsal."""
        return Path(self.environment["MAILWAVE_ENDPOINTS"]).parent

    def pulumi(self, *arguments: str) -> Done:
        """One `pulumi` command."""
        return self._run("pulumi", "--non-interactive", "--color", "never", *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin a `mailwave` command in a process group of its own."""
        return subprocess.Popen(
            ["mailwave", *arguments],
            cwd=ROOT,
            env=dict(self.environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def checkpoint(self, layer: str) -> Path:
        """The file in which the backend keeps a stack's state."""
        return self._backend / ".pulumi" / "stacks" / "mailwave" / f"{layer}-rehearsal.json"

    def state(self, layer: str) -> dict[str, Any]:
        """A stack's state; empty before there is one."""
        file = self.checkpoint(layer)
        if not file.exists():
            return {}
        latest: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
        return latest or {}

    def locks(self) -> list[str]:
        """The locks that lie in the backend."""
        return [lock.name for lock in (self._backend / ".pulumi" / "locks").rglob("*.json")]

    def processes(self) -> list[int]:
        """Every engine and provider that runs for one of our commands on this backend."""
        return list(_marked(self.environment["PULUMI_BACKEND_URL"]))

    @property
    def _backend(self) -> Path:
        return Path(unquote(urlsplit(self.environment["PULUMI_BACKEND_URL"]).path))

    def _run(self, *command: str) -> Done:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)


def _marked(backend: str) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(each.startswith(f"{MARK}=".encode()) and backend.encode() in each for each in variables):
            yield int(folder.name)
