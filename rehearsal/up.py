"""Bring the simulated estate up and leave it running, with its three stacks deployed, for people to play with."""

from __future__ import annotations

import subprocess
from pathlib import Path

from rehearsal import server
from rehearsal.errors import StepFailed
from rehearsal.home import ROOT, Home
from rehearsal.run import REASON


def up(folder: Path, seed: int, faults: Path | None, first_port: int | None) -> None:
    """Serve the estate that lies in *folder*, or a fresh one, and deploy what is not deployed yet."""
    home = Home.held(folder)
    home.sign("process being started")
    record = home.record() or home.begin(seed, faults)
    running = server.start(home, record, first_port, outlive=True)
    home.sign(f"process {running.process.pid}")
    _deploy(running)
    _say(running)


def _deploy(running: server.Running) -> None:
    command = ["mailwave", "infra", "up", *REASON]
    code = subprocess.run(command, cwd=ROOT, env=running.environment, check=False).returncode
    if code != 0:
        raise StepFailed(step=" ".join(command), code=code)


def _say(running: server.Running) -> None:
    env = running.home.path / "env"
    print(f"\nup: process {running.process.pid}; what runs where: {running.home.path / 'endpoints.json'}")
    print(f"  . {env}")
    print("  pulumi preview --stack hybrid-rehearsal --refresh --expect-no-changes")
    print("  mailwave --help")
    print("stop it with: make rehearsal-down")
