"""`mailwave estate discover` of one site while shells are lost, calls are refused or held off, and it is killed.

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

import polars as pl
import pytest
import yaml

from rehearsal.estate import Estate
from rehearsal.site import alone
from tests.mailwave.adapters import reading

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[3]
MAILBOXES = int(os.environ.get("SITE_MAILBOXES", "1000"))
SECONDS = 120
SHELLS = 3
FAULTS: list[dict[str, Any]] = [
    {"service": "site-leeds", "call": "Receive", "nth": 3, "fault": "lost_shells"},
    {"service": "site-leeds", "call": "Command", "nth": 4, "fault": "load_quota"},
    {"service": "site-leeds", "call": "Receive", "nth": 12, "fault": "throttle"},
    {"service": "site-leeds", "call": "Receive", "nth": 20, "fault": "gateway_timeout"},
    {"service": "site-leeds", "call": "Create", "nth": 3, "fault": "load_quota"},
]


def _environment(**more: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("MAILWAVE_")}
    return known | {"PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"} | more


@contextmanager
def _served(home: Path) -> Iterator[None]:
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
        yield
        server.stdin.close()
        met = json.loads(server.stdout.read())
    assert sum(met.values()) == len(FAULTS)


def _checkout(home: Path, estate: Estate) -> Path:
    """A folder with the environment's data, which knows the served site and no other."""
    folder = home / "checkout"
    data = folder / "environments"
    data.mkdir(parents=True)
    known = yaml.safe_load((ROOT / "environments" / "estate.rehearsal.yaml").read_text(encoding="utf-8"))
    servers = [{"name": each.name, "fqdn": each.fqdn, "version": "15.2"} for each in estate.site.servers]
    known["sites"] = [{"name": alone.NAME, "endpoint": alone.NAME, "servers": servers}]
    (data / "estate.rehearsal.yaml").write_text(yaml.safe_dump(known), encoding="utf-8")
    limits = (ROOT / "environments" / "limits.rehearsal.yaml").read_bytes()
    (data / "limits.rehearsal.yaml").write_bytes(limits)
    return folder


@contextmanager
def _discover(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, reading.__file__, str(home / "checkout"), "--shells", str(SHELLS), "--json"]
    settings = {
        "KRB5_CONFIG": str(home / "kerberos" / "krb5.conf"),
        "MAILWAVE_ENDPOINTS": str(home / "endpoints.json"),
    }
    with subprocess.Popen(command, env=_environment(**settings), stdout=subprocess.PIPE) as process:
        yield process


def _kept(home: Path) -> Path:
    return home / "checkout" / "build" / "rehearsal" / "discovery"


def _pages(home: Path) -> Mapping[str, int]:
    parts = _kept(home).glob("readings/*/database-*[!w]/mailbox.parquet")
    return {file.parent.name: file.stat().st_mtime_ns for file in parts}


def _guids(file: Path, column: str) -> list[str]:
    return pl.read_csv(file, columns=[column])[column].sort().to_list()


def test_nothing_is_lost_and_nothing_is_doubled(tmp_path: Path) -> None:
    """It should end with every row once, and ask for no database again that it had before it was killed (D7, D8)."""
    estate = alone.estate(MAILBOXES)
    half = sum(len(server.databases) for server in estate.site.servers) // 2
    _checkout(tmp_path, estate)
    with _served(tmp_path):
        with _discover(tmp_path) as killed:
            while len(_pages(tmp_path)) < half:
                assert killed.poll() is None
                time.sleep(0.02)
            killed.send_signal(signal.SIGKILL)
        kept = _pages(tmp_path)
        assert half <= len(kept) <= half + SHELLS
        assert not (_kept(tmp_path) / "found").exists()
        with _discover(tmp_path) as again:
            assert again.stdout
            said = again.stdout.read().decode()
            assert 0 == again.wait()
        assert kept == {name: at for name, at in _pages(tmp_path).items() if name in kept}

    told, took = said[: said.rindex("}") + 1], said.splitlines()[-1]
    guids = sorted(mailbox.exchange_guid for mailbox in estate.mailboxes)
    rights = sorted(mailbox.exchange_guid for mailbox in estate.mailboxes for _ in mailbox.rights)
    assert MAILBOXES == len(guids) == json.loads(told)["mailboxes"]
    assert guids == pl.read_parquet(_kept(tmp_path) / "found" / "mailboxes.parquet")["guid"].to_list()
    assert guids == _guids(_kept(tmp_path) / "mailboxes-leeds.csv", "ExchangeGuid")
    assert guids == _guids(_kept(tmp_path) / "statistics-leeds.csv", "MailboxGuid")
    assert rights == _guids(_kept(tmp_path) / "permissions.csv", "Mailbox")
    print(took)
