"""Generate the national estate as Parquet files, and show what was made."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.national.shape import LEAST_MAILBOXES, MOST_MAILBOXES, RECORD_MAILBOXES

CANCELLED = 8
_KIB_A_MB = 1024
_WIDTH = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Make and write one estate; return the exit code."""
    options = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        _make(options, _progress(began))
    except KeyboardInterrupt:
        print("rehearsal.national: stopped; the folder holds no whole estate", file=sys.stderr)
        return CANCELLED
    except RehearsalError as error:
        print(f"rehearsal.national: {error}\n{error.advice}", file=sys.stderr)
        return error.exit_code
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_MB
    print(f"{time.monotonic() - began:.1f} s, peak memory {peak:,.0f} MB")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.national", description=__doc__)
    parser.add_argument("--seed", type=int, default=7, help="decides everything that chance decides")
    parser.add_argument(
        "--mailboxes",
        type=int,
        default=RECORD_MAILBOXES,
        help=f"{LEAST_MAILBOXES:,} to {MOST_MAILBOXES:,}; fewer give fewer organisations of the same shape",
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder for the files")
    return parser


def _progress(began: float) -> Callable[[str], None]:
    def tell(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", file=sys.stderr, flush=True)

    return tell


def _make(options: argparse.Namespace, tell: Callable[[str], None]) -> None:
    # These libraries take a second to load: a refused command line should not.
    from rich.console import Console
    from rich.table import Table

    from rehearsal.national import estate, files, measures

    made = estate.generate(options.seed, options.mailboxes, progress=tell)
    contents = files.write(made, options.out, progress=tell)
    tell("done")
    shown = Table("table", "rows", "file", "digest of canonical rows")
    for name, table in contents.tables.items():
        size = (options.out / f"{name}.parquet").stat().st_size
        shown.add_row(name, f"{table.rows:,}", f"{size / 10**6:,.1f} MB", table.digest[:16])
    console = Console()
    console.width = max(console.width, _WIDTH)
    console.print(shown)
    for found in (measures.organisations(made), measures.sizes(made), measures.rights(made)):
        figures = Table(*found.headings, title=found.title)
        for row in found.rows:
            figures.add_row(*row)
        console.print(figures)
    print(f"seed {made.seed}, digest {contents.digest}")


if __name__ == "__main__":
    sys.exit(main())
