"""The clocks: the machine's, and the one that a rehearsed estate shares."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from mailwave.adapters import clock as clocks
from mailwave.adapters.clock import ClockUnreachable, SharedClock, SystemClock
from rehearsal.credentials import Credentials
from rehearsal.estate import START, generate
from rehearsal.wire import Request
from rehearsal.world import World

URL = "http://127.0.0.1:9/clock"


class _Wire(httpx2.BaseTransport):
    """Carries requests to the world's clock."""

    def __init__(self, world: World) -> None:
        self._handle = world.handler("clock")

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        reply = self._handle(Request(request.method, request.url.path, body=request.read()))
        return httpx2.Response(reply.status, headers=reply.headers, content=reply.body)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[SharedClock]:
    """The clock of a world in memory."""
    credentials = Credentials.in_folder(tmp_path / "credentials")
    world = World(generate(7), home=tmp_path, fault_file=None, secrets=credentials)
    clock = SharedClock(URL)
    clock._http.close()
    clock._http = httpx2.Client(transport=_Wire(world))
    yield clock
    clock._http.close()
    world.log.close()


def test_whoever_sleeps_moves_it_for_all(shared: SharedClock) -> None:
    """It should stand still until somebody sleeps, and never go back."""
    assert [START, START] == [shared.now(), shared.now()]

    shared.sleep_until(START + timedelta(days=14))
    shared.sleep_until(START)
    shared.sleep(90.5)

    assert START + timedelta(days=14, seconds=90.5) == shared.now()


def test_a_leap_that_is_a_mistake_is_refused(shared: SharedClock) -> None:
    """It should say why the clock would not move."""
    with pytest.raises(ClockUnreachable, match="400"):
        shared.sleep_until(datetime.max.replace(tzinfo=UTC))


def test_a_clock_that_is_not_there_is_named() -> None:
    """It should name the address at which no clock answers."""
    with pytest.raises(ClockUnreachable) as caught:
        SharedClock(URL).now()

    assert URL == caught.value.url


def test_the_machines_clock_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should sleep in naps of a minute at most, and look at the clock after each."""
    clock, naps = SystemClock(), list[float]()
    now = [datetime(2026, 9, 1, tzinfo=UTC)]

    def nap(seconds: float) -> None:
        naps.append(seconds)
        now[0] += timedelta(seconds=seconds)

    monkeypatch.setattr(time, "sleep", nap)
    monkeypatch.setattr(SystemClock, "now", lambda _: now[0])
    clock.sleep_until(now[0] + timedelta(seconds=150))
    clock.sleep_until(now[0] - timedelta(days=1))

    assert [clocks.LONGEST_NAP_SECONDS, clocks.LONGEST_NAP_SECONDS, 30.0] == naps


def test_the_machines_clock_is_in_utc() -> None:
    """It should tell a moment with its zone."""
    assert UTC is SystemClock().now().tzinfo
