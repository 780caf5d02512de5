"""What the pages of `mailwave serve` are dressed with: npm packages, each held to the digest in tools/web.

Nothing of them is run here: npm is told to start no script, and only the files are served. Not a must for the operator
command: what is missing is said in one line, and setting up goes on. `mailwave serve` and the tests of pages fail
without.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from tools.bootstrap import debian
from tools.bootstrap.places import Places
from tools.bootstrap.progress import Step, ToolFailed, run

PROGRAM = "npm"
"""The program, and Debian's package of it."""

_FILES = ("package.json", "package-lock.json")
_STAMP = "installed.json"


def ready(places: Places) -> bool:
    """Whether the packages of the lock file are there, whole."""
    stamp = places.web / _STAMP
    return stamp.exists() and stamp.read_bytes() == _lock(places)


def install(places: Places, environment: Mapping[str, str], *, root: bool = os.geteuid() == 0) -> None:
    """Get them by npm, which is installed first where that may be, and say what cannot be had."""
    if _missing(environment) and debian.may_install(environment, root=root):
        debian.install([PROGRAM], places, environment)
    if _missing(environment):
        _say(f"{PROGRAM} was not found; on Debian: apt-get install {PROGRAM}, then make setup")
        return
    shutil.rmtree(places.web, ignore_errors=True)
    places.web.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(places.web_lock / name, places.web / name)
    try:
        with Step("installing what pages are dressed with into .cache/web") as step:
            command = [PROGRAM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional"]
            run(command, folder=places.web, environment=environment, on_line=step.tell)
    except (ToolFailed, OSError) as failed:
        _say(failed.last_words if isinstance(failed, ToolFailed) else str(failed))
        return
    (places.web / _STAMP).write_bytes(_lock(places))


def _lock(places: Places) -> bytes:
    return (places.web_lock / "package-lock.json").read_bytes()


def _missing(environment: Mapping[str, str]) -> bool:
    return shutil.which(PROGRAM, path=environment.get("PATH", os.defpath)) is None


def _say(why: str) -> None:
    line = (why.strip().splitlines() or ["npm failed"])[-1]
    print(f"setup: `mailwave serve` and the tests of pages will fail: {line}", file=sys.stderr)
