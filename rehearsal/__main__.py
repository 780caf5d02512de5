"""The rehearsal's own commands: run the whole journey, or bring the simulated estate up and down."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rehearsal.environments import DEFAULT, ENVIRONMENTS
from rehearsal.errors import PREFIX, FolderUnusable, RehearsalError
from rehearsal.estate.shape import SIZES
from rehearsal.home import DEFAULT_SEED, Asked, home_of

CANCELLED = 8
"""Pulumi's exit code for a cancelled command, which this project follows."""

HIGHEST_PORT = 65_500
"""The services take the ports that follow the first, and ports end at 65,535."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    options.home = options.home or home_of(options.environment or DEFAULT)
    try:
        code: int = options.act(options)
    except KeyboardInterrupt:
        print("rehearsal: stopped; run it again to go on from here", file=sys.stderr)
        return CANCELLED
    except RehearsalError as error:
        return _refused(error)
    except OSError as problem:
        return _refused(FolderUnusable(folder=options.home, problem=problem))
    return code


def _refused(error: RehearsalError) -> int:
    print(f"{PREFIX}{error}\n{error.advice}", file=sys.stderr)
    return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, act, text in (
        ("run", _run, "the whole journey, from nothing or from where it was killed"),
        ("up", _up, "serve the simulated estate and leave it running"),
        ("down", _down, "stop what `up` started"),
        ("serve", _serve, "serve in the foreground (used by run and up)"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(act=act)
        command.add_argument("--home", type=Path, help="the rehearsal's folder; default: one in build/")
        command.add_argument(
            "--environment", choices=ENVIRONMENTS, help=f"whose tenant it is; default: {DEFAULT}"
        )
        command.add_argument("--seed", type=int, help=f"decides what chance decides; default: {DEFAULT_SEED}")
        command.add_argument(
            "--first-port", type=_port, help="use consecutive ports from here; default: free ones"
        )
        command.add_argument(
            "--faults", help="a fault plan: a file, or the JSON itself; default: the usual faults"
        )
        command.add_argument(
            "--size", choices=SIZES, help="how large the estate is; default: the environment's"
        )
        if name == "serve":
            command.add_argument("--lifeline", action="store_true", help="end when standard input ends")
    return parser


def _port(text: str) -> int:
    """A port that has room for those after it."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port from 1 to {HIGHEST_PORT}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    import os

    from rehearsal import replay, run
    from rehearsal.home import Home

    with Home.held(options.home.absolute()) as home:
        home.sign(f"process {os.getpid()}")
        record = home.begin(_asked(options))
        try:
            run.run(home, record, options.first_port)
        except RehearsalError as error:
            if error.replays:
                print(f"to see it again: {replay.command(record)}", file=sys.stderr)
            raise
    return 0


def _up(options: argparse.Namespace) -> int:
    from rehearsal import up

    up.up(options.home.absolute(), _asked(options), options.first_port)
    return 0


def _asked(options: argparse.Namespace) -> Asked:
    from rehearsal import replay

    faults = replay.plan_file(options.faults, options.home.absolute())
    return Asked(options.seed, faults, options.size, options.environment)


def _down(options: argparse.Namespace) -> int:
    from rehearsal import server

    pid = server.stop(options.home.absolute())
    print(f"stopped process {pid}; its estate is kept in {options.home}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from rehearsal import serve

    asked = _asked(options)
    serve.serve(
        serve.ServeOptions(
            options.home,
            asked.record().estate(),
            options.first_port,
            lifeline=options.lifeline,
            fault_file=asked.faults,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
