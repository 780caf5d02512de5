"""The hazard log: each control has tests that exist, risks fall, and page and schema are the log's."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml

from mailwave.adapters.hazard_file import load
from mailwave.core.hazards import MATRIX, Likelihood, Severity
from tools import hazard_log

ROOT = Path(__file__).resolve().parents[2]


@cache
def named_in(file: str) -> frozenset[str]:
    """The names of the tests in *file* as pytest has them, read and not run; none where there is no such file."""
    path = ROOT / file
    return (
        frozenset(_named(ast.parse(path.read_text(encoding="utf-8")).body)) if path.is_file() else frozenset()
    )


def _named(body: list[ast.stmt], before: str = "") -> list[str]:
    found = []
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found += _named(node.body, f"{before}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found.append(f"{before}{node.name}")
    return found


def missing(tests: list[str]) -> list[str]:
    """Those of *tests* that do not exist."""
    return [test for test in tests if test.partition("::")[2] not in named_in(test.partition("::")[0])]


def test_every_control_names_tests_that_exist() -> None:
    """It should name no test that was renamed or taken away: a control without a test is none."""
    named = [
        test for each in load(hazard_log.LOG).hazards for control in each.controls for test in control.tests
    ]
    assert [] == missing(named)
    assert len(named) > 50


def test_a_test_that_is_not_there_is_seen() -> None:
    """It should see a test, a class and a file that are not there."""
    here = "tests/tools/test_hazard_log.py"
    gone = [f"{here}::test_gone", f"{here}::TestGone::test_x", "tests/tools/test_gone.py::test_x"]
    assert gone == missing([*gone, f"{here}::test_a_test_that_is_not_there_is_seen"])


def test_hazards_are_numbered_and_controls_help() -> None:
    """It should number hazards in order, and lower each risk to one that may be taken."""
    hazards = load(hazard_log.LOG).hazards
    assert [f"HAZ-{n:02}" for n in range(1, len(hazards) + 1)] == [each.id for each in hazards]
    assert [] == [each.id for each in hazards if each.residual.rating >= each.initial.rating]
    assert [] == [each.id for each in hazards if each.residual.rating > 3]


def test_the_page_and_the_schema_are_the_logs() -> None:
    """It should be what `python -m tools.hazard_log` prints, and with --schema its schema, which the log satisfies."""
    assert hazard_log.page(load(hazard_log.LOG)) == hazard_log.PAGE.read_text(encoding="utf-8")
    assert hazard_log.schema() == hazard_log.SCHEMA.read_text(encoding="utf-8")
    jsonschema.validate(yaml.safe_load(hazard_log.LOG.read_text()), msgspec.json.decode(hazard_log.schema()))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("severity: major", "severity: bad", "severity"),
        ("id: HAZ-01", "id: first", "id"),
        ("    effect: Mail", "    effekt: Mail", "effekt"),
        ("tests/mailwave/runbooks/test_crashes.py::", "test_crashes.py::", "tests"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, before: str, after: str, problem: str) -> None:
    """It should refuse a log with a wrong value or an unknown key, and name it."""
    text = hazard_log.LOG.read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "log.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match=problem):
        load(tmp_path / "log.yaml")


def test_the_matrix_never_falls() -> None:
    """It should rate no greater harm and no greater likelihood lower, from 1 to 5."""
    rows = [MATRIX[likelihood] for likelihood in Likelihood]
    assert all(list(row) == sorted(row) and len(row) == len(Severity) for row in rows)
    assert all(list(column) == sorted(column) for column in zip(*rows, strict=True))
    assert (1, 5) == (rows[0][0], rows[-1][-1])
