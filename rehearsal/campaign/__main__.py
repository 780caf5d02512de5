"""Carry out the national campaign in virtual time, and show what came of it."""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal.errors import NumberRefused, RehearsalError

if TYPE_CHECKING:
    from rich.table import Table

    from rehearsal.campaign.summary import DayCounts, Summary

CANCELLED = 8
RECORD_MAILBOXES = 2_100_000
_KIB_A_MB = 1024
_WIDTH = 130
_MOST_WEEKS = 520


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one campaign; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.crash_on is not None and options.log is None:
        parser.error("--crash-on needs --log, from which the campaign goes on")
    try:
        _run(options)
    except KeyboardInterrupt:
        print("rehearsal.campaign: stopped", file=sys.stderr)
        return CANCELLED
    except RehearsalError as error:
        print(f"rehearsal.campaign: {error}\n{error.advice}".rstrip(), file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.campaign", description=__doc__)
    parser.add_argument("--profile", required=True, help="the limit profile: published or record-move")
    parser.add_argument("--seed", type=int, default=7, help="decides everything that chance decides")
    parser.add_argument("--estate", type=Path, help="a folder that rehearsal.national wrote")
    parser.add_argument(
        "--mailboxes", type=int, default=RECORD_MAILBOXES, help="made up when there is no --estate"
    )
    parser.add_argument(
        "--log", type=Path, help="keep the event log in this file, and go on from what is in it"
    )
    parser.add_argument(
        "--crash-on", type=int, metavar="DAY", help="end by SIGKILL in the middle of this day"
    )
    parser.add_argument("--weeks", type=int, help="how long it may last, if not as long as the profile says")
    parser.add_argument(
        "--slots", type=float, default=1, help="the share of the profile's slots that there is"
    )
    parser.add_argument(
        "--figures", type=Path, help="write what `mailwave report programme --campaign` reads to this file"
    )
    return parser


def _run(options: argparse.Namespace) -> None:
    # numpy takes a while to load: a refused command line should not
    from rich.console import Console

    from rehearsal.campaign import estate, figures, profile
    from rehearsal.campaign.log_file import LogFile
    from rehearsal.campaign.run import run
    from rehearsal.campaign.world import World

    rules = profile.load(options.profile).with_slots(options.slots)
    if options.weeks is not None:
        NumberRefused.unless_within("the number of weeks", options.weeks, 1, _MOST_WEEKS)
        rules = replace(rules, weeks=options.weeks)
    NumberRefused.unless_within("the share of the slots", options.slots, 0, 1)
    NumberRefused.unless_within("the day of the crash", options.crash_on or 0, 0, rules.days - 1)
    NumberRefused.unless_within("the number of mailboxes", options.mailboxes, 1, estate.MOST)
    if options.estate is None:
        mailboxes = estate.made_up(options.mailboxes, seed=options.seed)
    else:
        mailboxes = estate.from_files(options.estate)
    began = time.monotonic()
    kept = options.log and LogFile.opened(options.log, World(mailboxes, rules, options.seed))
    if kept and kept.days:
        print(f"{options.log}: going on from day {len(kept.days)}", file=sys.stderr)
    outcome = run(
        mailboxes,
        rules,
        seed=options.seed,
        log=kept,
        lived=_crashing(options.crash_on),
        progress=_progress(rules.weeks),
    )
    seconds = time.monotonic() - began
    if options.figures is not None:
        options.figures.write_bytes(figures.written(outcome, slots=options.slots))
    console = Console()
    console.width = max(console.width, _WIDTH)
    console.print(_weeks(outcome.summary))
    for line in _figures(outcome.summary):
        console.print(line, highlight=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_MB
    rate = len(mailboxes) / max(seconds, 1e-9)
    console.print(
        f"{seconds:.1f} s, {rate:,.0f} mailboxes a second, peak memory {peak:,.0f} MB", highlight=False
    )


def _crashing(on: int | None) -> Callable[[int], None]:
    """Return what ends this process as if the machine had, on the day *on*."""

    def lived(day: int) -> None:
        if day == on:
            os.kill(os.getpid(), signal.SIGKILL)

    return lived


def _progress(weeks: int) -> Callable[[DayCounts], None]:
    moved = 0

    def tell(day: DayCounts) -> None:
        nonlocal moved
        moved += day.moved
        if day.day % 7 == 6:
            print(f"week {day.day // 7 + 1:2} of {weeks}: {moved:,} moved", file=sys.stderr, flush=True)

    return tell


def _weeks(summary: Summary) -> Table:
    from rich.table import Table

    table = Table(title=f"profile {summary.profile}, seed {summary.seed}: {summary.mailboxes:,} mailboxes")
    for heading in ("week", "moved", "TB", "failed", "nights missed", "most at 95 %", "late syncs"):
        table.add_column(heading, justify="right")
    table.add_column("limit that binds")
    table.add_column("mailbox-days held", justify="right")
    for week in summary.weeks:
        table.add_row(
            str(week.number),
            f"{week.moved:,}",
            f"{week.bytes / 1e12:,.1f}",
            f"{week.failed:,}",
            f"{week.deferrals:,}",
            f"{week.at_plateau:,}",
            f"{week.late_increments:,}",
            "none" if week.binding is None else _name(week.binding.name),
            f"{week.held:,}",
        )
    return table


def _figures(summary: Summary) -> list[str]:
    left = ", ".join(f"{_name(cause.name)} {count:,}" for cause, count in summary.left.items()) or "none"
    why = ", ".join(f"{_name(cause.name)} {count:,}" for cause, count in summary.failures.items()) or "none"
    lines = (
        f"{summary.moved:,} moved, {summary.failed:,} failed, {summary.deferred:,} deferred",
        f"{summary.bytes_moved / 1e15:.3f} PB in {summary.nights} nights",
        f"failed for {why}",
        f"deferred for {left}; the plan meets {_name(summary.binding.name)} first",
        f"{summary.increments:,} incremental syncs, {summary.overruns:,} completions overran a window",
        f"{summary.events:,} events, sha256 {summary.digest}",
    )
    return [f"profile {summary.profile}: {line}" for line in lines]


def _name(cause: str) -> str:
    return cause.lower().replace("_", " ")


if __name__ == "__main__":
    sys.exit(main())
