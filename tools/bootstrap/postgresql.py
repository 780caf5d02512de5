"""PostgreSQL's server programs, with which the tests run ledgers; nothing that is installed is started.

Not a must for the operator command, whose default ledger is a file: what is missing is said in one line, and setting
up goes on. The tests of ledgers fail without it. See docs/decisions/0040-postgresql-beside-sqlite.md.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.bootstrap import debian
from tools.bootstrap.places import Places

COMMON = "postgresql-common"
SERVER = "postgresql"
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
SETTINGS = Path("/etc/postgresql-common/createcluster.d/mailwave.conf")
"""Read by Debian when the server is installed: no database of the machine's own is made, and none is run."""


def ready(environment: Mapping[str, str], folder: Path = DEBIAN_FOLDER) -> bool:
    """Whether the programs are there, where Debian keeps them or on PATH."""
    path = environment.get("PATH", os.defpath)
    return any(folder.glob("*/bin/initdb")) or shutil.which("initdb", path=path) is not None


def install(
    places: Places,
    environment: Mapping[str, str],
    *,
    root: bool = os.geteuid() == 0,
    folder: Path = DEBIAN_FOLDER,
    settings: Path = SETTINGS,
) -> None:
    """Get the programs where they can be had, and say where they cannot."""
    if debian.may_install(environment, root=root):
        debian.install([COMMON], places, environment)
        if settings.parent.parent.is_dir():
            settings.parent.mkdir(exist_ok=True)
            settings.write_text("create_main_cluster = false\n", encoding="utf-8")
        debian.install([SERVER], places, environment)
    if not ready(environment, folder):
        print(
            "setup: the tests of ledgers on PostgreSQL will fail: initdb was not found; on Debian: "
            f"apt-get install {SERVER}, then make setup",
            file=sys.stderr,
        )
