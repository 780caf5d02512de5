"""The whole simulated estate as one value, and its return after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from rehearsal.credentials import SITE_USER, Credentials
from rehearsal.estate import START, generate
from rehearsal.wire import CmdletCall, Request
from rehearsal.world import World

Build = Callable[[], World]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Build the world that is kept in one folder; building it again is what a new process does."""
    built: list[World] = []

    def make() -> World:
        for world in built:
            world.log.close()
        secrets = Credentials.in_folder(tmp_path / "credentials")
        built.append(World(generate(7), home=tmp_path, fault_file=None, secrets=secrets))
        return built[-1]

    yield make
    for world in built:
        world.log.close()


def until(world: World, when: datetime) -> tuple[int, str]:
    """Ask the world's clock to move; status and body of its answer."""
    reply = world.handler("clock")(
        Request("POST", "/clock", body=msgspec.json.encode({"until": when.isoformat()}))
    )
    return reply.status, reply.body.decode()


def told(world: World) -> datetime:
    """The time that the world's clock tells."""
    reply = world.handler("clock")(Request("GET", "/clock"))
    return datetime.fromisoformat(msgspec.json.decode(reply.body)["now"])


def test_time_moves_only_when_asked_and_never_back(build: Build) -> None:
    """It should stand still, move to what is asked, and ignore a moment already past."""
    world = build()

    assert [200, 200] == [until(world, START + timedelta(days=1))[0], until(world, START)[0]]

    assert START + timedelta(days=1) == told(world)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"until": 3}', b'{"until": "soon"}', b'{"until": "2026-09-02T08:00:00"}']
)
def test_a_moment_that_is_none_is_refused(build: Build, body: bytes) -> None:
    """It should answer 400 and stand still when it cannot read where to go."""
    world = build()

    assert 400 == world.handler("clock")(Request("POST", "/clock", body=body)).status
    assert START == told(world)


def test_a_leap_of_years_is_refused(build: Build) -> None:
    """It should take a leap of more than 400 days for a mistake."""
    world = build()

    status, said = until(world, START + timedelta(days=401))

    assert (400, True) == (status, "400 days" in said)
    assert START == told(world)


def test_a_killed_world_comes_back_as_it_was(build: Build) -> None:
    """It should remember time and what its services were asked when it is built again from its folder."""
    before = build()
    until(before, START + timedelta(days=2))
    connector = {
        "Name": "From cloud",
        "Server": "EX01",
        "TransportRole": "FrontendTransport",
        "Usage": "Custom",
    }
    where = {"Bindings": "0.0.0.0:25", "RemoteIPRanges": "10.1.2.3"}
    made = before.invoke("leeds", CmdletCall(SITE_USER, "New-ReceiveConnector", {**connector, **where}))
    assert [] == made.errors

    after = build()

    assert START + timedelta(days=2) == told(after)
    found = after.invoke(
        "leeds", CmdletCall(SITE_USER, "Get-ReceiveConnector", {"Identity": "EX01\\From cloud"})
    )
    assert ["From cloud"] == [row["Name"] for row in found.rows]


def test_telling_the_time_leaves_no_trace(build: Build, tmp_path: Path) -> None:
    """It should write down what changes something and not the many questions for the time."""
    world = build()
    for _ in range(3):
        told(world)

    assert b"" == (tmp_path / "commands.jsonl").read_bytes()


def test_the_credentials_are_kept_and_theirs_alone(tmp_path: Path) -> None:
    """It should make each secret once, in files that only their owner can read."""
    first, second = (Credentials.in_folder(tmp_path / "credentials") for _ in range(2))

    assert first == second
    assert {0o600} == {file.stat().st_mode & 0o777 for file in first.folder.iterdir()}
    assert 0o700 == first.folder.stat().st_mode & 0o777


def test_a_cycle_started_by_hand_comes_back(build: Build) -> None:
    """It should write a cycle of the directory synchronisation down, and run it again after a kill."""
    build().synchronise(CmdletCall(SITE_USER, "Start-ADSyncSyncCycle", {"PolicyType": "Initial"}))
    assert ["Initial"] == [cycle.policy for cycle in build().sync.cycles]
