"""actionlint, which checks the pipelines of GitHub; it is built from Go modules, as no package of PyPI carries it.

Not a must: what is missing is said in one line, setting up goes on, and `make lint` says that it was left out.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.bootstrap import gobuild
from tools.bootstrap.places import Places
from tools.bootstrap.progress import ToolFailed

PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"


def ready(places: Places) -> bool:
    """Whether `.cache/actionlint` is the program of this module."""
    built = places.built_actionlint
    return os.access(built, os.X_OK) and places.actionlint.resolve() == built.resolve()


def install(places: Places, environment: Mapping[str, str]) -> None:
    """Build it where that can be done and it was not yet, and say where it cannot."""
    built = places.built_actionlint
    try:
        if not os.access(built, os.X_OK):
            _build(places, environment)
        places.cache.mkdir(exist_ok=True)
        places.actionlint.unlink(missing_ok=True)
        places.actionlint.symlink_to(built)
    except (ToolFailed, OSError) as failed:
        why = failed.last_words if isinstance(failed, ToolFailed) else str(failed)
        print(f"setup: make lint leaves out actionlint: {why.splitlines()[-1]}", file=sys.stderr)


def _build(places: Places, environment: Mapping[str, str]) -> None:
    go = gobuild.find(places.actionlint_module, environment)
    if isinstance(go, gobuild.NoGo):
        raise OSError(go.why)
    built = places.built_actionlint
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent) as folder:
        new = Path(folder) / built.name
        gobuild.build_program(go, places.actionlint_module, PACKAGE, new, environment)
        new.rename(built)
