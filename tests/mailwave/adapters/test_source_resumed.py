"""A site discovered through the unmodified pypsrp while shells are lost, calls refused, and the reader is killed.

SITE_MAILBOXES says how large the site is; `make prove` reads one of 100,000.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rehearsal.site import alone
from tests.mailwave.adapters import reading

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[3]
MAILBOXES = int(os.environ.get("SITE_MAILBOXES", "1000"))
SECONDS = 120
FAULTS: list[dict[str, Any]] = [
    {"service": "site-leeds", "call": "Receive", "nth": 3, "fault": "lost_shells"},
    {"service": "site-leeds", "call": "Command", "nth": 4, "fault": "load_quota"},
    {"service": "site-leeds", "call": "Receive", "nth": 12, "fault": "load_quota"},
    {"service": "site-leeds", "call": "Receive", "nth": 20, "fault": "gateway_timeout"},
    {"service": "site-leeds", "call": "Create", "nth": 3, "fault": "load_quota"},
]


def _environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"} | more


@contextmanager
def _served(home: Path) -> Iterator[Path]:
    """Serve the site for the time of the block; afterwards every planned fault has been met."""
    (home / "faults.json").write_text(json.dumps(FAULTS), encoding="utf-8")
    words = ["--home", str(home), "--mailboxes", str(MAILBOXES), "--faults", str(home / "faults.json")]
    command = [sys.executable, "-m", "rehearsal.site.alone", *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin
        assert server.stdout
        deadline = time.monotonic() + SECONDS
        while not (home / "endpoints.json").exists():
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield home / "endpoints.json"
        server.stdin.close()
        met = json.loads(server.stdout.read())
    assert sum(met.values()) == len(FAULTS)


@contextmanager
def _reader(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    files = [home / "endpoints.json", home / "found", home / "out.json"]
    command = [sys.executable, reading.__file__, *map(str, files)]
    settings = {"KRB5_CONFIG": str(home / "kerberos" / "krb5.conf")}
    with subprocess.Popen(command, env=_environment(**settings), stdout=subprocess.PIPE) as process:
        yield process


def _first_cells(content: bytes) -> list[str]:
    return sorted(row.split('"')[1] for row in content.decode("utf-8-sig").splitlines()[1:])


def _pages(home: Path) -> Mapping[str, int]:
    parts = (home / "found" / "readings").glob("*/database-*[!w]/mailbox.parquet")
    return {file.parent.name: file.stat().st_mtime_ns for file in parts}


def test_nothing_is_lost_and_nothing_is_doubled(tmp_path: Path) -> None:
    """It should end with every row once, and ask for no database again that it had before it was killed (D7, D8)."""
    estate = alone.estate(MAILBOXES)
    with _served(tmp_path):
        with _reader(tmp_path) as killed:
            assert killed.stdout
            half = sum(len(server.databases) for server in estate.site.servers) // 2
            while len(_pages(tmp_path)) < half:
                assert killed.stdout.readline()
            killed.send_signal(signal.SIGKILL)
        kept = _pages(tmp_path)
        assert half <= len(kept) <= half + reading.SHELLS
        assert not (tmp_path / "out.json").exists()
        with _reader(tmp_path) as again:
            assert again.stdout
            said = again.stdout.read().decode().splitlines()
            assert 0 == again.wait()
        assert kept == {name: at for name, at in _pages(tmp_path).items() if name in kept}

    files = msgspec.json.decode((tmp_path / "out.json").read_bytes(), type=dict[str, bytes])
    guids = sorted(mailbox.exchange_guid for mailbox in estate.mailboxes)
    assert MAILBOXES == len(guids)
    assert guids == _first_cells(files["mailboxes-leeds.csv"])
    assert guids == _first_cells(files["statistics-leeds.csv"])
    rights = sorted(mailbox.exchange_guid for mailbox in estate.mailboxes for _ in mailbox.rights)
    assert rights == _first_cells(files["permissions.csv"])
    print(said[-1])
