"""What every command shares: the environment it works in, who asks and why, and how it speaks."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from mailwave import wiring
from mailwave.core.readiness.scope import OperatorsOnly
from mailwave.core.reason import Reason
from mailwave.wiring import Settings

out = Console(soft_wrap=True, highlight=False)
"""Data goes to standard output."""

err = Console(stderr=True, soft_wrap=True, highlight=False)
"""Messages and progress go to standard error."""

Environment = Annotated[
    str,
    typer.Option(
        "--environment", "-e", envvar="MAILWAVE_ENVIRONMENT", help="rehearsal, dev, pilot, production"
    ),
]
Ticket = Annotated[str, typer.Option("--ticket", help="The change or incident under which this is recorded")]
Why = Annotated[str, typer.Option("--reason", help="Why, in a few words; it is kept in the journal")]
OneWave = Annotated[str, typer.Option("--wave", "-w", help="The wave")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Look and say what would be done; change nothing")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs")]


def settings(environment: str, *, administrators: bool = False) -> Settings:
    """The settings of *environment*, announced on standard error so that nobody works in the wrong one.

    Raises:
        OperatorsOnly: a local administrator is at work, and the command is none for *administrators*.
    """
    if not administrators and wiring.is_administrator():
        raise OperatorsOnly
    found = Settings.load(environment)
    err.print(f"[dim]{environment} · tenant {found.estate.tenant.domain} ({found.estate.tenant.id})[/]")
    return found


def reason(ticket: str, why: str) -> Reason:
    """Who asks, from where, under which ticket, and why; raise `InvalidReason` when a part is missing."""
    who = os.environ.get("MAILWAVE_OPERATOR") or getpass.getuser()
    return Reason(who=who, source=f"mailwave on {socket.gethostname()}", ticket=ticket, text=why)


def with_time(found: Settings) -> Callable[[str], None]:
    """Says things on standard error, each with the moment of the environment's clock."""
    clock = found.clock()

    def say(text: str) -> None:
        err.print(f"[dim]{clock.now():%a %d %b %Y %H:%M} UTC[/]  {text}")

    return say
