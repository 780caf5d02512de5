"""The whole command: its groups, and how every error ends.

A group is loaded when it is used: the libraries behind them take more than a second, which nobody should wait for who
asks what there is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from mailwave.cli.stopped import STOPPED
from mailwave.exits import Exit

if TYPE_CHECKING:
    from mailwave.exits import Failure

GROUPS: Mapping[str, str] = {
    "infra": "The Pulumi stacks of an environment: foundation, identity, hybrid.",
    "site": "The on-premises servers, by Ansible plays.",
    "estate": "The estate: discover, import and check it.",
    "wave": "The waves: one for each night.",
    "aftercare": "After a move: what people were promised, read back and made good.",
    "service": "Services besides the mailbox: Teams, OneDrive, archives and others, each a stage.",
    "worker": "Run the waves beside other workers, on one PostgreSQL.",
    "notify": "Notices to people: what they are sent, and what did not reach them.",
    "report": "What was promised, done and is open: a wave, an organisation, the programme.",
    "change": "What a change board is asked, consents to, and sees made.",
    "serve": "Serve the pages: for users, local administrators and operators (docs/pages.md).",
    "evidence": "The evidence: vault, checkpoints and proofs (docs/evidence.md).",
}
"""The groups, each a module beside this one, and what `--help` says of them."""

CTRL_C = 130
"""What Typer makes of Ctrl-C before anybody else sees it."""


class Groups(TyperGroup):
    """The command's groups, each loaded when it is asked for."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """The names of the groups."""
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The group called *cmd_name*; None when there is none."""
        if cmd_name not in GROUPS:
            return None
        alone = typer.Typer(rich_markup_mode=None)
        alone.add_typer(import_module(f"mailwave.cli.{cmd_name}").app, name=cmd_name)
        return get_group(alone).get_command(ctx, cmd_name)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Put what there is into the help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(GROUPS.items()))


app = typer.Typer(
    cls=Groups,
    help="Move a national mail estate from on-premises Exchange to Exchange Online, in hybrid.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _everything() -> None:
    """Nothing is asked before the group."""


def main() -> None:
    """Run the command line and end with the exit code that `Exit` names."""
    try:
        app(prog_name="mailwave")
    except SystemExit as ended:
        if ended.code != CTRL_C:
            raise
        _say(STOPPED)
        sys.exit(Exit.CANCELLED)
    except _expected() as error:
        failure = _failure(error)
        _say(f"mailwave: {error}", failure.advice)
        sys.exit(failure.code)


def _expected() -> tuple[type[Exception], ...]:
    """The errors that end a command in a known way."""
    from mailwave.failures import FAILURES

    return tuple(FAILURES)


def _failure(error: BaseException) -> Failure:
    """The entry of the error's nearest class."""
    from mailwave.failures import FAILURES

    return next(FAILURES[kind] for kind in type(error).__mro__ if kind in FAILURES)


def _say(*lines: str) -> None:
    from mailwave.cli.context import err

    for line in lines:
        err.print(line, markup=False)
