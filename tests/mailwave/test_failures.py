"""How every error ends: each that a command can raise has an exit code and advice."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import estate_schema
import exchange_admin
import mailwave
from mailwave.exits import Exit
from mailwave.failures import FAILURES

INSIDE = {
    "exchange_admin.shell.ShellTrouble": "the on-premises adapter turns it into an ExchangeError",
    "mailwave.core.governor.sharing.TooLittle": "the keeper of endpoints says so and leaves them as they are",
    "exchange_admin.values.NotASize": "the readers of exports turn it into a BadRow",
    **{
        f"exchange_admin.migration.errors.{name}": "the adapters of Batches turn it into an ActError"
        for name in (
            *("BatchError", "ManifestError", "BatchMissing", "BatchDiffers", "BatchUnreadable", "WrongState"),
            *("OutsideRelease", "HasCompleted", "NotEnded", "BatchNotTaken"),
        )
    },
}
"""Errors that never leave the package that raises them, and what becomes of them."""

COMMAND = 10
"""The first exit code that is this command's own; those below are Pulumi's."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of *package*."""
    yield package
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def errors() -> dict[str, type[Exception]]:
    """Every class of error that this project defines for a command, by its full name."""
    return {
        f"{kind.__module__}.{kind.__qualname__}": kind
        for package in (mailwave, estate_schema, exchange_admin)
        for module in modules(package)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", sorted(set(errors()) - set(INSIDE)))
def test_every_error_has_an_end(name: str) -> None:
    """It should find an exit code and advice for the error's class or one that it derives from."""
    found = [FAILURES[kind] for kind in errors()[name].__mro__ if kind in FAILURES]

    assert found, f"{name} would end in a traceback"
    assert found[0].advice
    assert found[0].code is not Exit.OK


def test_what_stays_inside_exists() -> None:
    """It should excuse no class that is gone."""
    assert set(INSIDE) <= set(errors())


def test_no_two_meanings_share_a_number() -> None:
    """It should count the command's own codes up without a gap from 10, after Pulumi's."""
    own = [code.value for code in Exit if code >= COMMAND]

    assert list(range(COMMAND, COMMAND + len(own))) == own


def test_the_page_lists_every_exit_code() -> None:
    """It should have a row for each exit code in docs/exit-codes.md, with its number and its name."""
    page = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", page, re.MULTILINE)

    assert [(str(code.value), code.name) for code in Exit] == listed
