"""Chromium, in which the tests look at pages; Playwright's own download is not used.

Not a must for the operator command: what is missing is said in one line, and setting up goes on. The tests of pages
fail without it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from tools.bootstrap import debian
from tools.bootstrap.places import Places

PROGRAM = "chromium"
"""The program, and Debian's package of it."""


def ready(environment: Mapping[str, str]) -> bool:
    """Whether it is on PATH."""
    return shutil.which(PROGRAM, path=environment.get("PATH", os.defpath)) is not None


def install(places: Places, environment: Mapping[str, str], *, root: bool = os.geteuid() == 0) -> None:
    """Get it where it can be had, and say where it cannot."""
    if debian.may_install(environment, root=root):
        debian.install([PROGRAM], places, environment)
    if not ready(environment):
        print(
            f"setup: the tests of pages will fail: {PROGRAM} was not found; on Debian: "
            f"apt-get install {PROGRAM}, then make setup",
            file=sys.stderr,
        )
