"""The names of the wiring: each is loaded when it is used, and all of them are there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mailwave import wiring


def test_every_name_is_there() -> None:
    """It should give all that it says it has, and nothing else."""
    assert set(wiring.__all__) == {*wiring._HOME, *wiring._MODULES}
    assert all(getattr(wiring, name) is not None for name in wiring.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        wiring.nothing  # noqa: B018 - looking is what is tested


def test_a_plan_of_files_loads_no_database() -> None:
    """It should load neither the library of databases nor that of requests for the commands of waves alone."""
    program = "import sys, mailwave.cli.wave; sys.exit(bool({'sqlalchemy', 'httpx2'} & set(sys.modules)))"

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode
