"""What a change is made with."""

from __future__ import annotations

import subprocess

import pytest

from mailwave.wiring.changes import tools
from tests.engine import needed


@pytest.mark.engine
def test_the_engine_itself_is_among_the_tools() -> None:
    """It should tell the version of the program that will be run, beside those of the packages that speak to it."""
    needed()
    told = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=True).stdout
    found = tools()

    assert told.strip() == f"v{found['engine']}"
    assert {"ansible-core", "mailwave", "pulumi", "python"} <= {*found}
