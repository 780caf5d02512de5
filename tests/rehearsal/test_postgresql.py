"""A throw-away PostgreSQL server: syncs, is nobody's neighbour, and is gone with whoever made it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from rehearsal import postgresql
from tests.databases import Pool

HOLDER = """
import sys
from rehearsal import postgresql

with postgresql.running() as server:
    print(server.folder, flush=True)
    sys.stdin.read()
"""


def test_it_is_set_up_as_in_production(databases: Pool) -> None:
    """It should sync each commit, listen on no port, and order text by a language, as a server does by default."""
    with psycopg.connect(host=str(databases.server.folder), user=postgresql.OWNER, dbname="postgres") as here:
        held = [
            here.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "full_page_writes", "listen_addresses")
        ]
        order = here.execute("SELECT 'a' < 'B'").fetchone()
    assert [("on",), ("on",), ("",), (True,)] == [*held, order]


def test_a_machine_without_it_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should say in one sentence what is missing, and what to do."""
    monkeypatch.setattr(postgresql, "programs", lambda: None)

    with pytest.raises(postgresql.DatabaseFailed, match="were not found") as caught, postgresql.running():
        pass
    assert "apt-get install postgresql" in caught.value.advice


@pytest.mark.crash
def test_it_ends_with_its_process() -> None:
    """It should be gone soon after its maker was killed."""
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        folder = Path(holder.stdout.readline().strip())
        process = Path("/proc", (folder / "data" / "postmaster.pid").read_text().split()[0])
        assert process.exists()
        holder.kill()
        holder.wait()
    for _ in range(600):
        if not process.exists():
            break
        time.sleep(0.05)
    assert not process.exists()
    subprocess.run(["rm", "-rf", str(folder)], check=True)
