"""Bring the simulated estate up and leave it running, with its three stacks deployed, for people to play with."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from rehearsal import server
from rehearsal.errors import StepFailed
from rehearsal.home import Home
from rehearsal.run import REASON


def up(folder: Path, seed: int | None, faults: Path | None, first_port: int | None) -> None:
    """Serve the estate that lies in *folder*, or a fresh one, and deploy what is not deployed yet."""
    with Home.held(folder) as home:
        home.sign("process being started")
        held = home.record()
        record = home.begin(seed, faults) if held is None else home.resume(held, seed, faults)
        running = server.start(home, record, first_port, outlive=True)
        with ExitStack() as unless_up:
            unless_up.callback(server.finish, running.process)
            _deploy(running)
            unless_up.pop_all()
        _say(running)


def _deploy(running: server.Running) -> None:
    command = ["mailwave", "infra", "up", *REASON]
    code = running.run(command).returncode
    if code != 0:
        raise StepFailed(step=" ".join(command), code=code)


def _say(running: server.Running) -> None:
    env = running.home.path / "env"
    print(f"\nup: process {running.process.pid}; what runs where: {running.home.path / 'endpoints.json'}")
    print(f"  . {env}")
    print("  pulumi preview --stack hybrid-rehearsal --refresh --expect-no-changes")
    print("  mailwave --help")
    print("stop it with: make rehearsal-down")
