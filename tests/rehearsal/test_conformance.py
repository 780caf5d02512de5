"""The tests marked `conformance` drive the rehearsal through clients that others wrote, and through all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

IMPORTED = {
    "pypsrp": "pypsrp",
    "msal": "msal",
    "azure-identity": "azure.identity",
    "msgraph-sdk": "msgraph",
    "azure-communication-email": "azure.communication.email",
    "notifications-python-client": "notifications_python_client",
    "boto3": "boto3",
    "smtplib": "smtplib",
}
"""Clients that a test imports, itself or by a helper among the tests: to the module."""

STARTED = {"ansible-core": "ansible-playbook", "the Pulumi engine": "pulumi"}
"""Clients that a test starts: to the program, which the test or its helper names in a string."""

OURS = ("exchange_admin", "mailwave")
"""Packages with clients of our own: Exchange Online's admin REST has no other, so its tests have no mark."""

NO_CLIENT = ("exchange_admin.reach", "exchange_admin.reach_requests")
"""Modules of those that a marked test may use: they lead others' clients to where the real host names answer."""


@cache
def marked() -> tuple[Path, ...]:
    """The test modules with the mark `conformance`."""
    return tuple(sorted(each for each in TESTS.rglob("test_*.py") if _is_marked(each)))


def _is_marked(path: Path) -> bool:
    assigned = (node for node in _tree(path).body if isinstance(node, ast.Assign))
    return any("pytest.mark.conformance" in ast.unparse(node.value) for node in assigned)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules(path: Path) -> set[str]:
    """The modules that *path* imports, and those that its helpers among the tests import."""
    return {name for each in with_helpers(path) for name in _imported(each)}


def strings(path: Path) -> set[str]:
    """The strings in *path* and in its helpers."""
    found = (node for each in with_helpers(path) for node in ast.walk(_tree(each)))
    return {node.value for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def with_helpers(path: Path) -> set[Path]:
    """Return *path*, the `conftest.py` beside it, and what they import from `tests`."""
    seen: set[Path] = set()
    left = [path, path.with_name("conftest.py")]
    while left:
        each = left.pop()
        if each in seen or not each.is_file():
            continue
        seen.add(each)
        names = [name for name in _imported(each) if name.startswith("tests.")]
        left += [TESTS.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in names]
    return seen


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, package: str) -> bool:
    """Whether *name* is of *package*; an imported name may be a module or something in one."""
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("client", IMPORTED)
def test_each_client_is_imported_by_a_marked_test(client: str) -> None:
    """It should be driven through every library that the rehearsal promises to serve unmodified."""
    users = [path for path in marked() if any(_within(name, IMPORTED[client]) for name in modules(path))]
    assert users != []


@pytest.mark.parametrize("client", STARTED)
def test_each_program_is_started_by_a_marked_test(client: str) -> None:
    """It should be driven through every program that the rehearsal promises to serve unmodified."""
    users = [path for path in marked() if STARTED[client] in strings(path)]
    assert users != []


def test_marked_tests_use_no_client_of_ours() -> None:
    """It should be driven by nobody's code but others'."""
    ours = {str(path.relative_to(TESTS)): sorted(filter(_is_ours, modules(path))) for path in marked()}
    assert {} == {path: names for path, names in ours.items() if names}


def _is_ours(name: str) -> bool:
    way = any(_within(name, each) for each in NO_CLIENT)
    return not way and any(_within(name, each) for each in OURS)
