"""Write the documentation of the collection's modules of single objects from its table, or say what is out of date.

Run `python -m tools.exchange_modules`; with `--check` it writes nothing and ends with 1 where a file is not current.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[1] / "playbooks" / "collections"
PLUGINS = COLLECTIONS / "ansible_collections" / "mailwave" / "exchange" / "plugins"
_UTILS = "ansible_collections.mailwave.exchange.plugins.plugin_utils"


def texts() -> Mapping[Path, str]:
    """What should stand in each file."""
    if str(COLLECTIONS) not in sys.path:
        sys.path.insert(0, str(COLLECTIONS))
    types = importlib.import_module(f"{_UTILS}.object_types").object_types()
    module_text = importlib.import_module(f"{_UTILS}.documentation").module_text
    return {PLUGINS / "modules" / f"{name}.py": module_text(kind) for name, kind in types.items()}


def stale() -> list[Path]:
    """The files that are missing or say something else."""
    return [
        file
        for file, text in texts().items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write every file, or with --check name those that are not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    if not parser.parse_args().check:
        for file, text in texts().items():
            file.write_text(text, encoding="utf-8")
        return 0
    behind = stale()
    for file in behind:
        print(f"{file.name} is not current: run python -m tools.exchange_modules")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
