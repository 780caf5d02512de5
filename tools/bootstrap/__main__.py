"""`python -m tools.bootstrap`: bring the virtual environment and the engine up to date; do nothing when they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.bootstrap import (
    actionlint,
    browser,
    collections,
    engine,
    kerberos,
    loops,
    packages,
    postgresql,
    web,
)
from tools.bootstrap.failures import Exit, SetupFailed
from tools.bootstrap.places import Places


def main() -> int:
    """Run what is not done yet and return one of `Exit`."""
    try:
        _set_up(Places.of(Path(__file__).resolve().parents[2], os.environ))
    except SetupFailed as failed:
        if failed.detail:
            print(failed.detail, file=sys.stderr)
        print(f"setup: {failed}", file=sys.stderr)
        return failed.exit
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on", file=sys.stderr)
        return Exit.INTERRUPTED
    return Exit.OK


def _set_up(places: Places) -> None:
    if not packages.ready(places):
        packages.install(places, os.environ)
        kerberos.forget(places)
    if not kerberos.ready(places, os.environ):
        kerberos.install(places, os.environ)
    if not loops.ready(places):
        loops.install(places, os.environ)
    if not postgresql.ready(os.environ):
        postgresql.install(places, os.environ)
    if not browser.ready(os.environ):
        browser.install(places, os.environ)
    if not web.ready(places):
        web.install(places, os.environ)
    if not collections.ready(places):
        collections.install(places, os.environ)
    if not engine.ready(places):
        engine.install(places, os.environ)
    if not actionlint.ready(places):
        actionlint.install(places, os.environ)


if __name__ == "__main__":
    sys.exit(main())
