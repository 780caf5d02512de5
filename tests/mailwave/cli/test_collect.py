"""`mailwave estate collect`, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailwave.exits import Exit
from tests.mailwave.cli.conftest import Run


@pytest.mark.parametrize(
    ("option", "pattern"), [("--client-use", "*.client-use.tsv"), ("--web-logs", "u_ex*.log")]
)
def test_a_folder_without_any_log_is_refused(run: Run, tmp_path: Path, option: str, pattern: str) -> None:
    """It should end with 2 and say what it looked for: somebody named another folder than they meant."""
    (tmp_path / "logs").mkdir()

    code, said = run("estate", "collect", option, str(tmp_path / "logs"))

    assert Exit.CONFIGURATION == code
    assert f"no file {pattern} is below" in said
