"""The whole command: its groups, and how every error ends."""

from __future__ import annotations

import sys

import typer

from mailwave.cli import change, estate, infra, site, wave
from mailwave.cli.context import err
from mailwave.cli.stopped import STOPPED
from mailwave.exits import Exit
from mailwave.failures import FAILURES, Failure

app = typer.Typer(
    help="Move a national mail estate from on-premises Exchange to Exchange Online, in hybrid.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(infra.app, name="infra")
app.add_typer(site.app, name="site")
app.add_typer(estate.app, name="estate")
app.add_typer(wave.app, name="wave")
app.add_typer(change.app, name="change")

CTRL_C = 130
"""What Typer makes of Ctrl-C before anybody else sees it."""


def main() -> None:
    """Run the command line and end with the exit code that `Exit` names."""
    try:
        app()
    except SystemExit as ended:
        if ended.code != CTRL_C:
            raise
        err.print(STOPPED)
        sys.exit(Exit.CANCELLED)
    except tuple(FAILURES) as error:
        failure = _failure(error)
        err.print(f"mailwave: {error}", markup=False)
        err.print(failure.advice, markup=False)
        sys.exit(failure.code)


def _failure(error: BaseException) -> Failure:
    """The entry of the error's nearest class."""
    return next(FAILURES[kind] for kind in type(error).__mro__ if kind in FAILURES)
