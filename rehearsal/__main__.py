"""The rehearsal's own commands: run the whole journey, or bring the simulated estate up and down."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rehearsal.errors import PREFIX, FolderUnusable, RehearsalError
from rehearsal.home import DEFAULT_HOME, DEFAULT_SEED

CANCELLED = 8
"""Pulumi's exit code for a cancelled command, which this project follows."""

HIGHEST_PORT = 65_530
"""The services take the ports that follow the first, and ports end at 65,535."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
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
        command.add_argument("--home", type=Path, default=DEFAULT_HOME, help="the rehearsal's folder")
        command.add_argument("--seed", type=int, help=f"decides what chance decides; default: {DEFAULT_SEED}")
        command.add_argument(
            "--first-port", type=_port, help="use consecutive ports from here; default: free ones"
        )
        command.add_argument("--faults", type=Path, help="a fault plan (JSON); default: the usual faults")
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

    from rehearsal import run
    from rehearsal.home import Home

    with Home.held(options.home.absolute()) as home:
        home.sign(f"process {os.getpid()}")
        record = home.begin(options.seed, options.faults)
        run.run(home, record, options.first_port)
    return 0


def _up(options: argparse.Namespace) -> int:
    from rehearsal import up

    up.up(options.home.absolute(), options.seed, options.faults, options.first_port)
    return 0


def _down(options: argparse.Namespace) -> int:
    from rehearsal import server

    pid = server.stop(options.home.absolute())
    print(f"stopped process {pid}; its estate is kept in {options.home}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from rehearsal import serve

    serve.serve(
        serve.ServeOptions(
            options.home,
            DEFAULT_SEED if options.seed is None else options.seed,
            options.first_port,
            lifeline=options.lifeline,
            fault_file=options.faults,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
