"""The inline program, ended when its engine is gone; and the error of an engine that lacks a plugin."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from mailwave.adapters.engine_program import Program

WAITS = """\
import asyncio, pulumi.runtime.sync_await as sdk
sdk._sync_await(asyncio.Event().wait())
"""
"""A synchronous call of the SDK whose answer never comes."""

PROJECT = """\
name: tiny
runtime: python
stackConfigDir: environments
"""
NEEDS = """\
import pulumi

provider = pulumi.ProviderResource("absent", "of-the-test", {}, pulumi.ResourceOptions(version="1.2.3"))
pulumi.runtime.invoke("absent:index:ask", {}, pulumi.InvokeOptions(provider=provider))
"""
BOTH = """\
import sys
from pathlib import Path
from mailwave.adapters.engine import Engine
from mailwave.adapters.engine_errors import PluginMissing
engine = Engine(Path(sys.argv[1]), "test", dry_run=False)
for act in (lambda: engine.preview("tiny", create=True), lambda: engine.up("tiny")):
    try:
        act()
    except PluginMissing as error:
        print(error)
"""
ROOT = Path(__file__).resolve().parents[3]

SECONDS = 100
"""What the machine may take for one start of the engine; what spins takes for ever."""


class Refused(Exception):
    """The engine's end."""


def write(folder: Path, text: str) -> Path:
    """The program *text* as a file of a project in *folder*."""
    file = folder / "infra" / "__main__.py"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def started(tmp_path: Path) -> tuple[Program, Future[None]]:
    """A program that waits on a thread and loop of its own, as the SDK runs it, and the end of that thread."""
    program, ended, waits = Program(write(tmp_path, WAITS)), Future[None](), threading.Event()

    async def main() -> None:
        asyncio.get_running_loop().call_soon(waits.set)
        program()

    def run() -> None:
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(main())
        except asyncio.CancelledError:
            ended.set_result(None)
        finally:
            loop.close()

    threading.Thread(target=run, daemon=True).start()
    assert waits.wait(SECONDS)
    return program, ended


def test_a_program_without_an_engine_ends(started: tuple[Program, Future[None]]) -> None:
    """It should end the thread of a program that waits for an engine which has failed, and pass the failure on."""
    program, ended = started

    with pytest.raises(Refused), program.ending():
        raise Refused

    assert ended.done()


def test_a_program_with_an_engine_is_left_alone(started: tuple[Program, Future[None]]) -> None:
    """It should not disturb a program whose engine has not failed."""
    program, ended = started

    with program.ending():
        pass

    assert not ended.done()
    with pytest.raises(Refused), program.ending():
        raise Refused


@pytest.mark.engine
def test_a_missing_plugin_ends_the_command(tmp_path: Path) -> None:
    """It should name the plugin and its version, each time, and the process should end by itself."""
    if shutil.which("pulumi") is None:
        pytest.skip("needs pulumi on PATH: make setup")
    write(tmp_path, NEEDS)
    (tmp_path / "infra" / "policy").symlink_to(ROOT / "infra" / "policy")
    (tmp_path / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    for folder in ("environments", "state"):
        (tmp_path / folder).mkdir()
    (tmp_path / "environments" / "Pulumi.tiny-test.yaml").touch()
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PULUMI_")}
    environment = kept | {
        "PULUMI_HOME": str(tmp_path / "pulumi-home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "throw-away",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    command = [sys.executable, "-c", BOTH, str(tmp_path)]

    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    said = [f"{act} of stack tiny-test: the engine has no plugin absent v1.2.3" for act in ("preview", "up")]
    assert (0, said, "") == (done.returncode, done.stdout.splitlines(), done.stderr)
