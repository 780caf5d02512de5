"""The whole simulated estate as one value: its clock, its services, and the log through which they are reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from rehearsal.clock import ClockMovedBackwards, VirtualClock
from rehearsal.cloud import Cloud
from rehearsal.command_log import CommandLog
from rehearsal.credentials import Credentials
from rehearsal.estate import START, Estate, generate
from rehearsal.exchange_online import ExchangeOnline, TokenService
from rehearsal.faults import FaultPlan
from rehearsal.notify import Notify
from rehearsal.site import Site
from rehearsal.wire import CmdletCall, CmdletResult, Reply, Request, json_reply

LONGEST_LEAP = timedelta(days=400)
"""A clock sent further than this in one request is a mistake of the caller."""


class World:
    """One simulated estate of *seed*, kept in the folder *home* so that it outlives its process.

    *secrets* are the throw-away credentials its services ask for; without *fault_file* the default faults are on.
    """

    def __init__(self, *, seed: int, home: Path, fault_file: Path | None, secrets: Credentials) -> None:
        self.estate: Estate = generate(seed)
        self.clock = VirtualClock(START)
        self.faults = FaultPlan.from_file(fault_file) if fault_file else FaultPlan.default(seed, self.estate)
        self.site = Site(self.estate, self.clock)
        self.tokens = TokenService(self.estate.tenant_id, {secrets.client_id: secrets.client_secret})
        self.exchange_online = ExchangeOnline(
            self.estate, self.clock, self.faults, [self.site.directory], self.tokens
        )
        self.notify = Notify(self.clock, secrets.notify_key)
        self.cloud = Cloud()
        self.log = CommandLog(home / "commands.jsonl", self._handlers(), {"site": self.site.invoke})

    def _handlers(self) -> Mapping[str, Callable[[Request], Reply]]:
        return {
            "exchange_online": self.exchange_online.handle,
            "notify": self.notify.handle,
            "cloud": self.cloud.handle,
            "clock": self._handle_clock,
        }

    def handler(self, service: str) -> Callable[[Request], Reply]:
        """The logged door to *service*; reading a token or the time changes nothing and is not logged.

        Notify's tokens age in real time, so their age is checked here: at a replay they would all be stale.
        """
        if service == "token":
            return self.tokens.handle

        def perform(request: Request) -> Reply:
            if service == "notify" and (refused := self.notify.refusal(request, now=time.time())) is not None:
                return refused
            if service == "clock" and request.method == "GET":
                return self._handle_clock(request)
            return self.log.perform(service, request)

        return perform

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """The logged door to the site's cmdlets."""
        return self.log.invoke("site", call)

    def _handle_clock(self, request: Request) -> Reply:
        """GET tells the time, POST {"until": ISO time} moves it; a time already past moves nothing.

        GET /clock/faults tells how often each fault was met.
        """
        if request.path.endswith("/faults"):
            return json_reply(self.faults.fired())
        if request.method == "POST":
            try:
                until = datetime.fromisoformat(msgspec.json.decode(request.body)["until"])
                if until - self.clock.now > LONGEST_LEAP:
                    return json_reply({"error": f"{until.isoformat()} is more than 400 days ahead"}, 400)
                self.clock.advance_to(until)
            except ClockMovedBackwards:
                pass  # whoever slept until then has slept long enough
            except (KeyError, TypeError, ValueError):
                return json_reply({"error": 'send {"until": "2026-09-01T20:00:00+00:00"}'}, 400)
        elif request.method != "GET":
            return json_reply({"error": "GET or POST"}, 405)
        return json_reply({"now": self.clock.now.isoformat()})
