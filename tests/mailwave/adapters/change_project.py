"""A small project of the real engine, on a cloud of its own, whose only stack changes as reviewed and approved."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal.providers.install import install
from tests.engine import needed, variables
from tests.rehearsal.providers.project import PROJECT, SUBSCRIPTION, TENANT, LoopbackCloud

ROOT = Path(__file__).parents[3]
STACK = "platform-test"

_PACK = """\
#!{python}
import pulumi_policy

pulumi_policy.PolicyPack("none", [pulumi_policy.ResourceValidationPolicy("none", "It asks nothing", lambda a, r: None)])
"""
_OPERATOR = """\
import sys
from pathlib import Path
from change_control.errors import ChangeRefused
from mailwave.adapters.engine import Engine
from tests.mailwave.runbooks.change_board import open_board

root = Path(sys.argv[1])
with open_board(root / "board") as board:
    board.cloud = Engine(root, "test", dry_run=False)
    for act in sys.stdin:
        said = ""
        try:
            match act.strip():
                case "review":
                    change = board.review(layers=("platform",), plays=False)
                    said = " ".join((change.digest, *change.contents.unread))
                case "approve":
                    board.approve(change)
                case "apply":
                    board.apply(change)
        except ChangeRefused as refused:
            said = str(refused)
        print(*board.said, said, sep=" | ", flush=True)
        board.said.clear()
"""


@dataclass(frozen=True)
class Project:
    """The project in *root*, its engine's states below *state*, and the *cloud* that its provider calls."""

    root: Path
    state: Path
    cloud: LoopbackCloud

    def write(self, program: str) -> None:
        """Let *program* be the project's."""
        (self.root / "infra" / "__main__.py").write_text(program, encoding="ascii")

    @contextmanager
    def operator(self) -> Iterator[Callable[[str], str]]:
        """Who reviews and approves the stack's change, and makes it: given ``review`` and so on, what came of it.

        It is one process, whose approvers' keys are its own.
        """
        command = [sys.executable, "-c", _OPERATOR, str(self.root)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
            asked, told = process.stdin, process.stdout
            assert asked is not None
            assert told is not None

            def operate(act: str) -> str:
                asked.write(f"{act}\n")
                asked.flush()
                return told.readline()

            yield operate
            asked.close()

    def pulumi(self, *arguments: str) -> str:
        """One command of the engine, on the stack."""
        return run("pulumi", *arguments, "-s", STACK, cwd=self.root)

    @property
    def checkpoint(self) -> Path:
        """The file in which the engine keeps the stack's state."""
        return self.state / ".pulumi" / "stacks" / "tiny" / f"{STACK}.json"


@contextmanager
def a_project(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Project]:
    """One in *folder*, without a program yet; the environment of this process is its operator's."""
    needed()
    home, state, root = folder / "home", folder / "state", folder / "project"
    for each in (home, state, root / "infra" / "policy", root / "environments", root / "board"):
        each.mkdir(parents=True)
    install(home)
    (root / "Pulumi.yaml").write_text(
        PROJECT % (SUBSCRIPTION, TENANT, TENANT) + "stackConfigDir: environments\n", encoding="ascii"
    )
    pack = root / "infra" / "policy" / "run"
    pack.write_text(_PACK.format(python=sys.executable), encoding="ascii")
    pack.chmod(0o755)
    with closing(LoopbackCloud()) as cloud:
        told = {"PULUMI_CONFIG_PASSPHRASE": "throw-away", "REHEARSAL_CLOUD": cloud.address}
        for name, text in variables(home, f"file://{state}", **told).items():
            patch.setenv(name, text)
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'scripts'}")
        project = Project(root, state, cloud)
        run("pulumi", "stack", "init", STACK, cwd=root)
        yield project


def run(*command: str, cwd: Path) -> str:
    """What a *command* said that ended well."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout + done.stderr
