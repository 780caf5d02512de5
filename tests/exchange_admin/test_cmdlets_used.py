"""Every cmdlet and parameter that the project's code names exists, together, on one side of Exchange."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from exchange_admin import cmdlets, directory_sync
from exchange_admin.cmdlets import Side
from exchange_admin.errors import NotOffered

ROOT = Path(__file__).parents[2]
FOLDERS = ("scripts", "infra", "playbooks")
CMDLET = re.compile(
    r"^(Get|Set|New|Remove|Start|Stop|Complete|Test|Add|Enable|Disable|Update|Resume|Suspend)-[A-Z]\w+$"
)


@dataclass(frozen=True)
class Use:
    """A call in the source that names a *cmdlet* and, where they are written out, its *parameters*."""

    where: str
    cmdlet: str
    parameters: frozenset[str]


def _uses() -> Iterator[Use]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield from _uses_in(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))


def _uses_in(source: str, name: str) -> Iterator[Use]:
    tree = ast.parse(source)
    tables = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for argument in node.args:
            if isinstance(argument, ast.Constant) and CMDLET.match(str(argument.value)):
                yield Use(f"{name}:{node.lineno}", str(argument.value), frozenset(_parameters(node, tables)))


def _parameters(call: ast.Call, tables: dict[str, ast.expr]) -> Iterator[str]:
    """The keys of written-out dicts among the arguments, and arguments by keyword that look like parameters."""
    for argument in call.args:
        table = tables.get(argument.id) if isinstance(argument, ast.Name) else argument
        for node in ast.walk(table) if table else ():
            if isinstance(node, ast.Dict):
                yield from (str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    yield from (keyword.arg for keyword in call.keywords if keyword.arg and keyword.arg[0].isupper())


def _refusal(use: Use, side: Side) -> str | None:
    try:
        cmdlets.check(use.cmdlet, dict.fromkeys(use.parameters), side)
    except NotOffered as refusal:
        return str(refusal)
    return None


USES = sorted(_uses(), key=lambda use: (use.where, use.cmdlet))


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.where} {use.cmdlet}")
def test_a_named_cmdlet_exists_with_its_parameters(use: Use) -> None:
    """It should name only what one side of Exchange, or the server of directory synchronisation, has."""
    if use.cmdlet in directory_sync.CMDLETS:
        assert use.parameters <= directory_sync.CMDLETS[use.cmdlet]
        return
    refusals = [_refusal(use, side) for side in Side]
    assert None in refusals, refusals


def test_the_uses_are_found() -> None:
    """It should have found the calls of every part of the project that speaks to Exchange, not an empty list."""
    found = {(use.where.split("/")[0], use.cmdlet) for use in USES}
    assert {("scripts", "Set-MigrationUser"), ("scripts", "Start-MigrationBatch")} <= found
    assert any(use.parameters for use in USES)


def test_a_wrong_use_would_be_seen() -> None:
    """It should see a parameter that no side has: written out, by keyword, or through a constant."""
    source = """
P = {"Odd": 1}
admin.invoke("Get-MigrationUser", {"Nonsense": 1})
admin.invoke("Get-MigrationUser", P)
change("Get-MigrationUser", BatchId=1)
"""
    uses = list(_uses_in(source, "source"))
    assert [{"Nonsense"}, {"Odd"}, {"BatchId"}] == [set(use.parameters) for use in uses]
    assert [True, True, False] == [None not in [_refusal(use, side) for side in Side] for use in uses]
