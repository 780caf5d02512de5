"""The Pulumi engine, from the first place that has it: PATH, the official installer, a build from Go modules."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tools.bootstrap import gobuild
from tools.bootstrap.failures import CacheUnwritable, EngineUnavailable
from tools.bootstrap.places import ENGINE_VERSION, Places
from tools.bootstrap.progress import Step, ToolFailed, run

FILES = ("pulumi", "pulumi-language-python")
"""What must stand in one folder: a host found elsewhere on PATH makes the engine warn in each run."""
_OFFICIAL_SECONDS = 300
_REACH_SECONDS = 5
_INSTALL = """
import sys, urllib.request, semver
urllib.request.urlopen("https://get.pulumi.com/install.sh", timeout=float(sys.argv[3])).close()
from pulumi.automation import PulumiCommand
PulumiCommand.install(root=sys.argv[1], version=semver.VersionInfo.parse(sys.argv[2]))
"""

Maker = Callable[[Path], None]


def version_of(pulumi: Path, environment: Mapping[str, str]) -> tuple[int, ...] | None:
    """The version that this `pulumi` names, such as (3, 259, 0), or None if it does not run."""
    quiet = {**environment, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        said = subprocess.run(
            [pulumi, "version"], capture_output=True, text=True, timeout=30, check=True, env=quiet
        ).stdout
        return tuple(int(part) for part in said.strip().removeprefix("v").split("-")[0].split("."))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def fit(folder: Path, environment: Mapping[str, str]) -> bool:
    """Whether *folder* holds an engine new enough, with its Python language host."""
    if not all(os.access(folder / name, os.X_OK) for name in FILES):
        return False
    version = version_of(folder / "pulumi", environment)
    return version is not None and version >= tuple(int(part) for part in ENGINE_VERSION.split("."))


def ready(places: Places) -> bool:
    """Whether `.cache/engine/bin` holds the engine of this version; a link whose goal was removed does not count."""
    if not all(os.access(places.engine_link / "bin" / name, os.X_OK) for name in FILES):
        return False
    stamp = _stamp(places)
    return stamp.exists() and stamp.read_text() == places.built_engine.name


def install(places: Places, environment: Mapping[str, str]) -> None:
    """Find, fetch or build the engine and link `.cache/engine` to it."""
    folder = _on_path(places, environment) or _cached(places, environment) or _made(places, environment)
    _link(places, folder)


def _cached(places: Places, environment: Mapping[str, str]) -> Path | None:
    for home in (places.built_engine, places.official_engine):
        if fit(home / "bin", environment):
            return home / "bin"
    return None


def _on_path(places: Places, environment: Mapping[str, str]) -> Path | None:
    ours = (places.engine_link / "bin").resolve()
    for entry in environment.get("PATH", "").split(os.pathsep):
        if entry and (Path(entry) / "pulumi").exists():
            folder = (Path(entry) / "pulumi").resolve().parent
            if folder != ours and fit(folder, environment):
                return folder
    return None


def _made(places: Places, environment: Mapping[str, str]) -> Path:
    """Fetch or build. When the installer fails and Go cannot start either, say both in one sentence."""
    try:
        return _publish(places.official_engine, lambda new: _official(places, environment, new))
    except ToolFailed as failed:
        refused = failed.last_words.splitlines()[-1:] or [str(failed)]
    go = gobuild.find(places.modules / "cli", environment)
    if isinstance(go, gobuild.NoGo):
        raise EngineUnavailable(
            missing=f"there is no Pulumi engine: no `pulumi` of {ENGINE_VERSION} or newer with its Python language host"
            f" is on PATH, the official installer failed ({refused[0].strip()}), and {go.why}",
            remedy="install Pulumi (https://www.pulumi.com/docs/install/), or Go (https://go.dev/dl/) to build it here,"
            " and run `make setup` again",
        )
    return _publish(places.built_engine, lambda new: gobuild.build(places.modules, go, environment, new))


def _official(places: Places, environment: Mapping[str, str], new: Path) -> None:
    """Run the official installer in a process of its own: its time is bounded, and a closed network found at once."""
    with Step("trying Pulumi's official installer"):
        arguments = [_INSTALL, str(new), ENGINE_VERSION, str(_REACH_SECONDS)]
        run(
            [places.venv / "bin" / "python", "-c", *arguments],
            folder=places.root,
            environment={**environment, "PULUMI_SKIP_UPDATE_CHECK": "1"},
            seconds=_OFFICIAL_SECONDS,
        )


def _publish(home: Path, make: Maker) -> Path:
    """Let *make* fill a temporary folder beside *home* and rename it: nobody ever sees half an engine."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    except OSError as failed:
        raise CacheUnwritable(
            missing=f"the cache folder {home.parent} cannot be written: {failed.strerror}",
            remedy="make it writable or set XDG_CACHE_HOME to a folder that is",
        ) from failed
    try:
        make(new)
        new.chmod(0o755)
        shutil.rmtree(home, ignore_errors=True)  # an earlier one that no longer fits
        with suppress(OSError):  # another setup was quicker; its engine is as good as ours
            new.rename(home)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return home / "bin"


def _link(places: Places, folder: Path) -> None:
    """Point `.cache/engine/bin` at *folder*.

    An engine that came on PATH may share its folder with a `python` (in /usr/local/bin, say), which must not come
    before the project's own; so its files are linked one by one.
    """
    places.cache.mkdir(exist_ok=True)
    _stamp(places).write_text(places.built_engine.name)
    link = places.engine_link
    if link.is_symlink():
        link.unlink()
    shutil.rmtree(link, ignore_errors=True)
    if folder.parent.parent == places.built_engine.parent:
        link.symlink_to(folder.parent)
        return
    (link / "bin").mkdir(parents=True)
    for program in sorted(folder.glob("pulumi*")):
        (link / "bin" / program.name).symlink_to(program)


def _stamp(places: Places) -> Path:
    """Says for which version and modules `.cache/engine` was made."""
    return places.cache / "engine.version"
