"""The rehearsal's own commands: run the whole journey, or bring the simulated estate up and down."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.home import DEFAULT_HOME

CANCELLED = 8
"""Pulumi's exit code for a cancelled command, which this project follows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.act(options)
    except KeyboardInterrupt:
        print("rehearsal: stopped; run it again to go on from here", file=sys.stderr)
        return CANCELLED
    except RehearsalError as error:
        print(f"rehearsal: {error}\n{error.advice}", file=sys.stderr)
        return error.exit_code
    return code


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
        command.add_argument("--seed", type=int, default=7, help="decides everything that chance decides")
        command.add_argument(
            "--first-port", type=int, help="use consecutive ports from here; default: free ones"
        )
        command.add_argument("--faults", type=Path, help="a fault plan (JSON); default: the usual faults")
        if name == "serve":
            command.add_argument("--lifeline", action="store_true", help="end when standard input ends")
    return parser


def _run(options: argparse.Namespace) -> int:
    import os

    from rehearsal import run
    from rehearsal.home import Home

    home = Home.held(options.home.absolute())
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
            options.seed,
            options.first_port,
            lifeline=options.lifeline,
            fault_file=options.faults,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
