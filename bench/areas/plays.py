"""Fifty servers verified in one run through ansible-runner, against a plain loop of `ansible-playbook` per server.

All of it reads the same simulated site by the unmodified client, in this run. What ansible-runner and the process
around it cost by themselves is measured against one bare `ansible-playbook` for the same servers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.rows import Row, pair
from mailwave.adapters.ansible import Ansible

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
ESTATE = ROOT / "environments" / "estate.rehearsal.yaml"
AREA = "plays"
PLAY = "23_verify_receive_connector"
SERVERS = 50
PAIRS = 3
"""Of one run for all against one bare run for all; the loop takes minutes and is run once."""
SECONDS = 60
_RECAP = re.compile(r"^(\S+)\s*: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)

Counts = Mapping[str, tuple[int, int, int, int]]
"""By server: ok, changed, unreachable, failed."""


@dataclass(frozen=True)
class Place:
    """A served site of *servers*, the endpoints file that leads to it, and the estate file that lists them."""

    servers: tuple[str, ...]
    endpoints: Path
    inventory: Path


def rows(servers: int = SERVERS, pairs: int = PAIRS) -> Iterator[Row]:
    """One run against the loop, one run against a bare one, and the seconds that a server takes."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), servers) as place:
        workload = f"{servers} servers, play {PLAY}"
        one = pair(
            area=AREA,
            name="all in one run",
            workload=workload,
            ours=lambda: wrapped(place),
            baseline=lambda: looped(place),
            baseline_name="ansible-playbook for each server",
            pairs=1,
        )
        yield one
        yield Row(AREA, "a server", workload, one.ours / servers, None, None, None, "s")
        yield pair(
            area=AREA,
            name="ansible-runner around it",
            workload=workload,
            ours=lambda: wrapped(place),
            baseline=lambda: bare(place),
            baseline_name="one bare ansible-playbook",
            pairs=pairs,
        )


def wrapped(place: Place) -> Counts:
    """The play on all servers, as the operator command runs it."""
    ansible = Ansible(PLAYBOOKS, place.inventory, place.endpoints, dry_run=False)
    found = ansible.run_play(PLAY).servers
    return {
        server: (tally.ok, tally.changed, tally.unreachable, tally.failed) for server, tally in found.items()
    }


def bare(place: Place, *limit: str) -> Counts:
    """The play by `ansible-playbook` itself; on all servers, or on those of *limit*."""
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        *("-i", str(place.inventory), f"{PLAY}.yml"),
        *(("--limit", ",".join(limit)) if limit else ()),
    ]
    settings = {
        "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
        "MAILWAVE_ENDPOINTS": str(place.endpoints),
    }
    done = subprocess.run(
        command, cwd=PLAYBOOKS, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    return {
        server: (int(ok), int(changed), int(unreachable), int(failed))
        for server, ok, changed, unreachable, failed in _RECAP.findall(done.stdout)
    }


def looped(place: Place) -> Counts:
    """The play by `ansible-playbook`, one server after the other."""
    return {name: counts for server in place.servers for name, counts in bare(place, server).items()}


@contextmanager
def served(folder: Path, servers: int) -> Iterator[Place]:
    """Serve a site of so many *servers* in a process of its own for the time of the block."""
    words = ["--home", str(folder), "--mailboxes", "4", "--servers", str(servers)]
    endpoints = folder / "endpoints.json"
    with subprocess.Popen(
        [sys.executable, "-m", "rehearsal.site.alone", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as server:
        deadline = time.monotonic() + SECONDS
        while not endpoints.exists():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the site does not come up")
            time.sleep(0.05)
        os.environ["KRB5_CONFIG"] = str(folder / "kerberos" / "krb5.conf")
        try:
            yield _place(folder, servers)
        finally:
            del os.environ["KRB5_CONFIG"]
            if server.stdin:
                server.stdin.close()


def _place(folder: Path, servers: int) -> Place:
    data = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    names = tuple(f"EX{n:02}" for n in range(1, servers + 1))
    listed = [
        {"name": name, "fqdn": f"{name.lower()}.leeds.{data['mail_domain']}", "version": "15.2"}
        for name in names
    ]
    data["sites"] = [{"name": "leeds", "endpoint": "leeds", "servers": listed}]
    inventory = folder / ESTATE.name
    inventory.write_text(yaml.safe_dump(data), encoding="utf-8")
    return Place(names, folder / "endpoints.json", inventory)
