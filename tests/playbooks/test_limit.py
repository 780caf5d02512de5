"""Servers that are named by hand with `--limit`: one that the estate file does not have ends the run at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.site import ServedSite, serving

NO_SUCH_PATTERN = 1
"""How Ansible ends where it can begin no play (its own GENERIC_ERROR); docs/exit-codes.md names it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    with serving(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.mark.parametrize(("limit", "unknown"), [("EX01,EX99", "EX99"), ("site_nowhere", "site_nowhere")])
def test_unknown(site: ServedSite, limit: str, unknown: str) -> None:
    """It should refuse what the estate file does not have, beside what it has, by name and before the first task."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *("-i", str(site.inventory), "22_receive_connector.yml", "--limit", limit),
        ],
        cwd=PLAYBOOKS,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(site.endpoints.parent),
            "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "MAILWAVE_ENDPOINTS": str(site.endpoints),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (NO_SUCH_PATTERN, []) == (done.returncode, site.calls)
    assert "Could not match supplied host pattern" in done.stderr
    assert unknown in done.stderr
    assert "PLAY [" not in done.stdout
