"""The life of the store's process."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.object_store import serving, store

ROOT = Path(__file__).parents[3]


def answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as asked:
        return asked.connect_ex((host, int(port))) == 0


def test_it_ends_with_the_block() -> None:
    """It should answer inside the block, and no longer after it."""
    with serving() as running:
        inside = answers(running.address)
    assert (inside, answers(running.address)) == (True, False)


def test_it_ends_with_a_killed_owner() -> None:
    """It should not outlive the process that started it, even when that is killed."""
    program = "from rehearsal.object_store import serving\nwith serving() as s: print(s.address, flush=True); input()"
    owner = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdin
    assert owner.stdout
    address = owner.stdout.readline().strip()
    owner.kill()
    owner.wait()
    owner.stdout.read()  # ends when the store, which holds nothing of it, or nobody has it open
    owner.stdin.close()
    owner.stdout.close()
    for _ in range(500):
        if not answers(address):
            break
    assert not answers(address)


def test_a_store_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It should carry what the process said before it ended."""
    monkeypatch.setattr(store, "_ROOT", tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(store.ObjectStoreFailed, match="did not start"), serving():
        pass
