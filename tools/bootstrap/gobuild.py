"""Building programs from Go modules: the engine, for networks that only have package mirrors, in about 4 minutes.

The command and the Python language host are two modules: the host's present home is untagged and on no mirror, and the
last release that carries it, sdk/v3 v3.79.0, cannot share a module with the sdk/v3 that the command needs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.bootstrap.failures import EngineBuildFailed
from tools.bootstrap.places import ENGINE_VERSION
from tools.bootstrap.progress import Step, ToolFailed, run

INSTALLED = "/usr/local/go/bin"
"""Where Go's own installer puts it, often without an entry on PATH."""

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_PROGRAMS = (
    ("cli", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "pulumi"),
    ("language-python", f"{_SDK}/python/cmd/pulumi-language-python", "pulumi-language-python"),
)
_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
_FLAGS = (
    "-mod=readonly",  # versions are pinned with go.sum; a mirror may list none newer
    "-buildvcs=false",  # the project's history is not the program's
    "-trimpath",
    "-gcflags=all=-dwarf=false",  # a quarter less time and 0.7 GB less memory than the default
    "-ldflags",
)
_STRIPPED = "-s -w"
_ENGINE = f"-X {_SDK}/go/common/version.Version=v{ENGINE_VERSION}"


@dataclass(frozen=True)
class Go:
    """A `go` new enough for the module, or allowed to fetch one that is."""

    program: Path


@dataclass(frozen=True)
class NoGo:
    """Why there is no `go` to build with, as the end of a sentence."""

    why: str


def find(module: Path, environment: Mapping[str, str]) -> Go | NoGo:
    """Look for Go on PATH and where its installer puts it; compare it with what *module* asks for."""
    asked = _go_line(module / "go.mod")
    name = f"Go {'.'.join(map(str, asked))} or newer"
    program = shutil.which("go", path=environment.get("PATH")) or shutil.which("go", path=INSTALLED)
    if program is None:
        return NoGo(f"no {name} is installed to build it")
    said = _ask(program, "version", module.parent, environment)
    found = re.search(r"go(\d+(?:\.\d+)+)", said)
    if found is None:
        return NoGo(f"{program} does not run, so it cannot be built")
    fetches = _ask(program, "env GOTOOLCHAIN", module.parent, environment) not in {
        "local",
        "",
    }  # before 1.21 it is empty
    if tuple(map(int, found[1].split("."))) < asked and not fetches:
        return NoGo(f"building it needs {name}, but {program} is {found[1]} and may not fetch another")
    return Go(Path(program))


def build(modules: Path, go: Go, environment: Mapping[str, str], target: Path) -> None:
    """Fill *target*/bin with the command, the language host, and the two scripts that the host needs."""
    try:
        for module, package, name in _PROGRAMS:
            build_program(go, modules / module, package, target / "bin" / name, environment, _ENGINE)
        sdk = run(
            [go.program, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", _SDK],
            folder=modules / "cli",
            environment=_settings(environment),
        )
        for script in _SCRIPTS:
            copy = target / "bin" / Path(script).name
            shutil.copyfile(Path(sdk.splitlines()[-1]) / script, copy)
            copy.chmod(0o755)
    except (ToolFailed, OSError) as failed:
        raise EngineBuildFailed(
            missing="the Pulumi engine could not be built from Go modules",
            remedy="connect to the internet or to a mirror of Go modules (GOPROXY), see that 3 GB of disk and 2 GB of"
            " memory are free, and run `make setup` again: it goes on where it stopped",
            detail=failed.last_words if isinstance(failed, ToolFailed) else str(failed),
        ) from failed


def build_program(
    go: Go, module: Path, package: str, output: Path, environment: Mapping[str, str], linked: str = ""
) -> None:
    """Build *package* of *module* into the file *output*, with the linker's flags *linked*; raise `ToolFailed`."""
    fetched = compiled = 0
    with Step(f"building {output.name} from Go modules") as step:

        def on_line(line: str) -> None:
            nonlocal fetched, compiled
            fetched += line.startswith("go: downloading")
            compiled += not line.startswith("go: ")
            step.tell(f"building {output.name}: {fetched} modules fetched, {compiled} packages compiled")

        flags = [*_FLAGS, f"{_STRIPPED} {linked}".strip()]
        command: list[str | Path] = [go.program, "build", "-v", *flags, "-o", output, package]
        run(command, folder=module, environment=_settings(environment), on_line=on_line)


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """No other machine's program, and no workspace of the caller's."""
    kept = {
        name: value for name, value in environment.items() if name not in {"GOOS", "GOARCH", "GO111MODULE"}
    }
    return kept | {"GOWORK": "off", "CGO_ENABLED": kept.get("CGO_ENABLED", "0")}


def _go_line(path: Path) -> tuple[int, ...]:
    found = re.search(r"^go (\d+(?:\.\d+)*)$", path.read_text(), re.MULTILINE)
    return tuple(map(int, found[1].split("."))) if found else ()


def _ask(program: str, question: str, folder: Path, environment: Mapping[str, str]) -> str:
    """What `go <question>` answers; asked outside any module, where no other toolchain is chosen."""
    try:
        return subprocess.run(
            [program, *question.split()],
            cwd=folder,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
