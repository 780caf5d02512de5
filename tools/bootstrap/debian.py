"""Debian's packages, where the machine is Debian, root asks, and nobody said to leave the machine alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence

from tools.bootstrap.places import Places
from tools.bootstrap.progress import Step, ToolFailed, run

REFUSED = "MAILWAVE_SYSTEM_PACKAGES"
"""This environment variable set to `no` keeps apt-get from being run."""

_SECONDS = 600


def may_install(environment: Mapping[str, str], *, root: bool) -> bool:
    """Whether packages may be installed."""
    return root and environment.get(REFUSED) != "no"


def install(packages: Sequence[str], places: Places, environment: Mapping[str, str]) -> None:
    """Install *packages*. What could not be had is not there afterwards: whoever needs it looks, and says so."""
    if shutil.which("apt-get", path=environment.get("PATH", os.defpath)) is None:
        return
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    title = f"installing {', '.join(packages)} by apt-get ({REFUSED}=no leaves it)"
    for before in (None, ["apt-get", "update", "-q"]):
        try:
            with Step(title) as step:
                for each in filter(None, (before, command)):
                    run(each, folder=places.root, environment=quiet, on_line=step.tell, seconds=_SECONDS)
        except (ToolFailed, OSError):
            continue  # the lists of packages may be old; if it fails again, what is missing is said
        return
