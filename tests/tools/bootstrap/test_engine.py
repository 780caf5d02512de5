"""Where the Pulumi engine comes from, with programs that are shell scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import engine
from tools.bootstrap.failures import CacheUnwritable, EngineBuildFailed, EngineUnavailable, Exit
from tools.bootstrap.places import ENGINE_VERSION

GO = """
case "$1 $2" in
  "version ") echo "go version go1.26.1 linux/amd64" ;;
  "env GOTOOLCHAIN") echo local ;;
  "list "*) echo "$SDK" ;;
  "build "*)
    while [ "$1" != -o ]; do shift; done
    mkdir -p "${2%/*}"
    printf '#!/bin/sh\\necho v%s\\n' VERSION > "$2"
    /bin/chmod 755 "$2" ;;
esac
""".replace("VERSION", ENGINE_VERSION)


def sdk(machine: Machine) -> str:
    folder = machine.places.root / "sdk"
    for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
        (folder / script).parent.mkdir(parents=True, exist_ok=True)
        (folder / script).write_text("#!/bin/sh\n")
        (folder / script).chmod(0o444)
    return str(folder)


def linked(machine: Machine) -> Path:
    return (machine.places.engine_link / "bin" / "pulumi").resolve()


def test_an_engine_on_path_is_taken(machine: Machine, tmp_path: Path) -> None:
    """It should link the engine's own programs, and nothing else that stands beside them."""
    folder = tmp_path / "opt"
    machine.pulumi("3.300.1", folder)
    machine.program("python", "exit 1", folder)
    engine.install(machine.places, machine.environment | {"PATH": f"{folder}:{machine.bin}"})
    names = sorted(path.name for path in (machine.places.engine_link / "bin").iterdir())
    assert (linked(machine), names) == (folder / "pulumi", ["pulumi", "pulumi-language-python"])
    assert engine.ready(machine.places)


@pytest.mark.parametrize(("version", "host"), [("3.258.9", True), (ENGINE_VERSION, False), ("dev", True)])
def test_an_engine_on_path_that_does_not_fit_is_passed_over(
    machine: Machine, tmp_path: Path, version: str, *, host: bool
) -> None:
    """It should not take an engine that is too old, has no Python language host, or names no version."""
    machine.pulumi(version, tmp_path / "opt", host=host)
    with pytest.raises(EngineUnavailable):
        engine.install(machine.places, machine.environment | {"PATH": f"{tmp_path / 'opt'}:{machine.bin}"})


def test_the_engine_in_the_cache_is_taken(machine: Machine) -> None:
    """It should link the folder that an earlier set-up of any clone left outside the tree."""
    machine.pulumi(ENGINE_VERSION, machine.places.built_engine / "bin")
    engine.install(machine.places, machine.environment)
    assert machine.places.engine_link.resolve() == machine.places.built_engine


def test_other_modules_need_another_engine(machine: Machine) -> None:
    """It should not call an engine ready that was built from modules of another go.sum."""
    machine.pulumi(ENGINE_VERSION, machine.places.built_engine / "bin")
    engine.install(machine.places, machine.environment)
    (machine.places.modules / "cli" / "go.sum").write_text("newer sums\n")
    assert not engine.ready(machine.places)


def test_a_removed_cache_is_noticed(machine: Machine) -> None:
    """It should not call an engine ready whose folder is gone."""
    machine.pulumi(ENGINE_VERSION, machine.places.built_engine / "bin")
    engine.install(machine.places, machine.environment)
    machine.places.built_engine.rename(machine.places.caches / "elsewhere")
    assert not engine.ready(machine.places)


def test_nothing_at_all_is_one_sentence(machine: Machine) -> None:
    """It should say what was looked for, what is missing and how to get it, with its exit code."""
    with pytest.raises(EngineUnavailable) as caught:
        engine.install(machine.places, machine.environment)
    said = str(caught.value)
    parts = [
        "3.259.0 or newer",
        "on PATH",
        "no network",
        "no Go 1.25.11 or newer is installed",
        "https://go.dev/dl/",
    ]
    assert [part for part in parts if part not in said] == []
    assert (caught.value.exit, said.endswith("(ENGINE_UNAVAILABLE, 23)")) == (Exit.ENGINE_UNAVAILABLE, True)


def test_an_old_go_that_may_not_fetch_another_is_named(machine: Machine) -> None:
    """It should name the version found and the version asked for."""
    machine.program("go", GO.replace("1.26.1", "1.24.2"))
    with pytest.raises(EngineUnavailable, match=r"needs Go 1\.25\.11 or newer, but .*/go is 1\.24\.2"):
        engine.install(machine.places, machine.environment)


def test_the_engine_is_built_and_kept_outside_the_tree(machine: Machine) -> None:
    """It should build both programs, add the host's two scripts, make all four executable, and need no second build."""
    machine.program("go", GO)
    engine.install(machine.places, machine.environment | {"SDK": sdk(machine)})
    made = {
        path.name: oct(path.stat().st_mode & 0o777)
        for path in (machine.places.built_engine / "bin").iterdir()
    }
    assert made == dict.fromkeys(
        ["pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python"],
        "0o755",
    )
    assert engine.ready(machine.places)
    machine.program("go", "exit 1")
    engine.install(machine.places, machine.environment)
    assert linked(machine).is_relative_to(machine.places.caches)


def test_half_an_engine_is_never_left(machine: Machine) -> None:
    """It should leave nothing in the cache when the second build fails, and show the tool's last words."""
    machine.program(
        "go", GO.replace("printf", "case $2 in *language*) echo disk full >&2; exit 1;; esac; printf")
    )
    with pytest.raises(EngineBuildFailed) as caught:
        engine.install(machine.places, machine.environment | {"SDK": sdk(machine)})
    assert (caught.value.detail, list(machine.places.built_engine.parent.iterdir())) == ("disk full", [])


def test_a_cache_that_cannot_be_made_is_named(machine: Machine) -> None:
    """It should say which folder, why, and which variable moves it."""
    (machine.places.caches / "mailwave").write_text("a file is in the way")
    with pytest.raises(CacheUnwritable, match=r"mailwave/engine cannot be written.*XDG_CACHE_HOME"):
        engine.install(machine.places, machine.environment)
