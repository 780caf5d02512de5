"""Plays and what came of them, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from mailwave.core.play_table import PlayTable
from mailwave.core.plays import Finding, PlayOutcome, PlayResult, Unread
from mailwave.exits import Exit
from mailwave.runbooks.prepare_sites import changes


def plays(table: PlayTable, *, as_json: bool) -> RenderableType:
    """Every play of *table*."""
    if as_json:
        return Text(msgspec.json.format(msgspec.json.encode(table.plays)).decode())
    name = Column("play", no_wrap=True)  # what is typed stays whole, however narrow the screen
    shown = Table(name, "what it does", "on", "verified by", "variables")
    for play in table.plays:
        shown.add_row(
            play.name,
            Text(play.title),
            play.hosts.value.removeprefix("exchange_"),
            play.twin if play.changes else "(reads only)",
            "\n".join(
                f"{name}{'' if variable.required else ' (optional)'}"
                for name, variable in play.variables.items()
            ),
        )
    return shown


def results(found: Sequence[PlayResult], *, as_json: bool, check: bool = False) -> RenderableType:
    """What came of each run: its changes, what its tasks failed of, its findings, and what nobody could read."""
    if as_json:
        document = [_document(result, check=check) for result in found]
        return Text(msgspec.json.format(msgspec.json.encode(document)).decode())
    parts: list[RenderableType] = [_line(result, check=check) for result in found]
    findings = [finding for result in found for finding in result.findings]
    unread = [one for result in found for one in result.unread]
    return Group(*parts, *([_findings(findings)] if findings else []), *([_unread(unread)] if unread else []))


def code(found: Sequence[PlayResult]) -> Exit:
    """How a command ends that only read: what nobody could read weighs more than what was found wrong."""
    if any(result.outcome is PlayOutcome.UNKNOWN or result.unread for result in found):
        return Exit.OUTCOME_UNKNOWN
    if any(result.findings for result in found):
        return Exit.FINDINGS
    return Exit.OK if all(result.outcome is PlayOutcome.OK for result in found) else Exit.PLAY_FAILED


def left_out(console: Console, servers: Sequence[str]) -> None:
    """Say which servers an earlier run had finished."""
    if servers:
        console.print(
            f"left out, as an earlier run had finished them: {', '.join(servers)} (--from-start does them again)",
            markup=False,
        )


def _line(result: PlayResult, *, check: bool) -> Text:
    servers = len(result.servers)
    head = f"{result.play}: {result.outcome.value} on {servers} {'server' if servers == 1 else 'servers'}"
    lines = [f"{head} in {result.seconds:.0f} s", *(f"  {line}" for line in changes(result, check=check))]
    if result.why and not (result.findings or result.unread):
        lines.append(f"  {result.why}")
    return Text("\n".join(lines))


def _findings(findings: Sequence[Finding]) -> Table:
    table = Table("check", "fact", "server", "what is wrong", "found", "expected", "repair", title="findings")
    for each in findings:
        where = f"{each.server}: {each.subject}" if each.subject else each.server
        table.add_row(
            each.id, each.fact, *map(_text, (where, each.title, each.found, each.expected, each.repair))
        )
    return table


def _unread(unread: Sequence[Unread]) -> Table:
    table = Table("check", "fact", "server", "could not be read, so nobody knows", title="not read")
    for each in unread:
        table.add_row(each.id, each.fact, _text(each.server), _text(each.why))
    return table


def _text(value: Any) -> Text:
    """A value from outside, in which brackets and control characters mean nothing."""
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return Text("".join(letter if letter.isprintable() else " " for letter in shown))


def _document(result: PlayResult, *, check: bool) -> dict[str, Any]:
    return {
        "play": result.play,
        "check": check,
        "outcome": result.outcome,
        "why": result.why,
        "seconds": round(result.seconds, 3),
        "servers": result.servers,
        "changes": changes(result, check=check),
        "findings": result.findings,
        "unread": result.unread,
    }
