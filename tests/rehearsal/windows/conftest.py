"""One simulated server, and a way to run modules on it: by the door without a network, or on loopback for Ansible."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn

from rehearsal.clock import VirtualClock
from rehearsal.estate import START, generate
from rehearsal.site.machine import Machine, Machines
from rehearsal.site.machine_setup import installed
from rehearsal.windows import Door, Windows
from rehearsal.windows.app import build
from rehearsal.windows.payload import Act
from rehearsal.wire import CmdletCall, CmdletResult

USER = "REHEARSAL\\migration"
PASSWORD = "throw-away"


@dataclass
class Server:
    """EX01 of the small estate; *calls* are what reached it, checked."""

    machines: Machines
    clock: VirtualClock
    calls: list[CmdletCall] = field(default_factory=list)

    @property
    def machine(self) -> Machine:
        return self.machines["EX01"]

    @property
    def door(self) -> Door:
        windows = Windows(self.machines, self.clock)

        def invoke(call: CmdletCall) -> CmdletResult:
            self.calls.append(call)
            return windows.invoke(call)

        return Door(lambda: self.machine, invoke)

    def run(self, module: str, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
        """The result of *module*, with its diff."""
        given = arguments | {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_verbosity": 0}
        written = self.door.perform(USER, Act(module, given))
        return dict(json.loads(written.lines[0]))

    def script(self, name: str, content: bytes | None = None, **arguments: Any) -> tuple[str, ...]:
        """The lines that a listed script writes; its errors where there are any."""
        written = self.door.perform(USER, Act(name, arguments, content))
        return written.errors or written.lines

    def put(self, path: str, content: bytes) -> None:
        self.machines.put(self.machine.with_file(path, content, START))


@pytest.fixture
def server() -> Server:
    estate = generate(7)
    site = estate.sites[0]
    machines = Machines({each.name: installed(each, site, 7, START) for each in site.servers})
    return Server(machines, VirtualClock(START))


@contextmanager
def on_loopback(server: Server) -> Iterator[int]:
    """Serve the server's `/wsman`; the value is the port."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            build(server.door, {USER: PASSWORD}),
            http="h11",
            lifespan="off",
            log_level="critical",
            timeout_keep_alive=120,
        )
        served = uvicorn.Server(config)
        served.config.timeout_graceful_shutdown = 1
        thread = threading.Thread(target=served.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not served.started:
                time.sleep(0.005)
            yield listener.getsockname()[1]
        finally:
            served.should_exit = True
            thread.join()
