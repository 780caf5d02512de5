"""Bring the simulated estate up and leave it running, with its three stacks deployed, for people to play with."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from rehearsal import server
from rehearsal.deploy import deploy
from rehearsal.home import Asked, Home
from rehearsal.run import REASON


def up(folder: Path, asked: Asked, first_port: int | None) -> None:
    """Serve the estate that lies in *folder*, or a fresh one, and deploy what is not deployed yet."""
    with Home.held(folder) as home:
        home.sign("process being started")
        held = home.record()
        record = home.begin(asked) if held is None else home.resume(held, asked)
        running = server.start(home, record, first_port, outlive=True)
        with ExitStack() as unless_up:
            unless_up.callback(server.finish, running.process)
            _deploy(running, record.environment)
            unless_up.pop_all()
        _say(running, record.environment)


def _deploy(running: server.Running, environment: str) -> None:
    def run(command: Sequence[str], more: Mapping[str, str]) -> tuple[int, str]:
        done = running.run(command, output=subprocess.PIPE, more=more)
        text = done.stdout.decode()
        if "--json" not in command:
            print(text, end="", flush=True)
        return done.returncode, text

    deploy(run, environment, running.home.path, REASON)


def _say(running: server.Running, environment: str) -> None:
    env = running.home.path / "env"
    print(f"\nup: process {running.process.pid}; what runs where: {running.home.path / 'endpoints.json'}")
    print(f"  . {env}")
    print(f"  pulumi preview --stack hybrid-{environment} --refresh --expect-no-changes")
    print("  mailwave --help")
    print(f"stop it with: python -m rehearsal down --home {shlex.quote(str(running.home.path))}")
