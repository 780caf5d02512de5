"""The whole simulated estate as one value: its clock, its services, and the log through which they are reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from rehearsal import mender
from rehearsal.clock import ClockMovedBackwards, VirtualClock
from rehearsal.cloud import Cloud
from rehearsal.command_log import CommandLog
from rehearsal.credentials import Credentials
from rehearsal.directory import Declared, synchronised
from rehearsal.directory.objects import User
from rehearsal.estate import START, Estate
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.faults import FaultPlan
from rehearsal.graph import ADMINISTRATOR, OPERATOR, Graph
from rehearsal.identity import GRAPH, TokenService
from rehearsal.identity.people import People, Person
from rehearsal.mender import MENDER
from rehearsal.notify import Notify, NotifyFaults, astray
from rehearsal.post import courier
from rehearsal.post.courier import COURIER
from rehearsal.post.post import Post
from rehearsal.post.track import Track
from rehearsal.site import Organisation, Site
from rehearsal.smtp import Relay
from rehearsal.sync_server import SyncServer
from rehearsal.windows import Door, Windows
from rehearsal.wire import CmdletCall, CmdletResult, Reply, Request, json_reply

ADMINISTRATION = "7f1c33a2-0000-4000-8000-0000000000ad"
"""The application of whoever administers the tenant: other clients of Graph than the migration's."""

OPERATING = "7f1c33a2-0000-4000-8000-0000000000aa"
"""The object id of the operator's account."""

SIGNED_IN = "http://localhost/signed-in"
"""Where the pages take people back who have signed in, on any port of this machine."""

LONGEST_LEAP = timedelta(days=400)
"""A clock sent further than this in one request is a mistake of the caller."""


class World:
    """The simulated *estate* and its tenant, kept in the folder *home* so that it outlives its process.

    *secrets* are the throw-away credentials its services ask for; without *fault_file* the default faults are on.
    """

    def __init__(self, estate: Estate, *, home: Path, fault_file: Path | None, secrets: Credentials) -> None:
        self.estate = estate
        self.clock = VirtualClock(START)
        default = FaultPlan.default(estate.seed, estate)
        self.faults = FaultPlan.from_file(fault_file) if fault_file else default
        self.organisation = Organisation(self.estate, self.clock)
        self.track = Track()
        self.sites = {
            site.name: Site(self.estate.at(site.name), self.clock, self.organisation, track=self.track)
            for site in self.estate.sites
        }
        client = secrets.client_id
        self.tokens = TokenService(
            self.estate.tenant_id,
            dict.fromkeys((client, ADMINISTRATION, COURIER, MENDER), secrets.client_secret)
            | {secrets.web_client_id: secrets.web_client_secret},
            roles={client: {GRAPH: OPERATOR}, ADMINISTRATION: {GRAPH: ADMINISTRATOR}},
            directory_roles={COURIER: (), MENDER: ()},
            certificates={key: [secrets.client_certificate.read_bytes()] for key in (client, ADMINISTRATION)},
            people=self._people(secrets),
        )
        directories = [site.directory for site in self.sites.values()]
        self.directory, self.sync = synchronised(self.estate, self.clock, directories)
        self.cloud = Cloud(
            tenant=self.estate.tenant_id, directory=Declared(self.directory), faults=self.faults
        )
        self.exchange_online = ExchangeOnline(
            self.estate,
            self.clock,
            self.faults,
            directories,
            self.tokens,
            mail_users=self.directory,
            public_names=self.cloud.cname,
            track=self.track,
        )
        post = Post(self.estate, self.clock, self.track, self.sites, self.exchange_online)
        post.make_user(self.directory)
        courier.allow(self.exchange_online, post.mailboxes.cloud)
        mender.allow(self.exchange_online)
        self.graph = Graph(self.directory, self.tokens, estate.seed, mail=post)
        lost = astray(estate.seed, (mailbox.address for mailbox in estate.mailboxes))
        self.notify = Notify(self.clock, secrets.notify_key, faults=NotifyFaults(undeliverable=lost))
        self.relay = Relay(self.clock, estate.tenant.mail_domain, onward=post.from_premises)
        self.windows = Windows(self.organisation.machines, self.clock, self.organisation.removal)
        invokers = {name: site.invoke for name, site in self.sites.items()} | {
            "windows": self.windows.invoke,
            "sync": SyncServer(self.sync).invoke,
        }
        self.log = CommandLog(home / "commands.jsonl", self._handlers(), invokers)

    def _people(self, secrets: Credentials) -> People:
        """Who signs in at the pages: everybody in the directory, and an operator whose account is the cloud's own."""
        operator = Person(
            OPERATING, f"operator@{self.estate.tenant.domain}", "An Operator", roles=("Move.Operate",)
        )

        def find(name: str) -> Person | None:
            if name == operator.sign_in_name:
                return operator
            users = self.directory.store.every(User)
            user = next((each for each in users if each.user_principal_name.casefold() == name), None)
            if user is None:
                return None
            return Person(user.id, user.user_principal_name, user.display_name, user.account_enabled)

        return People(
            self.estate.tenant_id.lower(),
            find,
            secrets.people_password,
            secrets.signing_key.read_bytes(),
            {secrets.web_client_id: (SIGNED_IN,)},
        )

    def _handlers(self) -> Mapping[str, Callable[[Request], Reply]]:
        return {
            "exchange_online": self.exchange_online.handle,
            "graph": self.graph.handle,
            "notify": self.notify.handle,
            "smtp": self.relay.handle,
            "cloud": self.cloud.handle,
            "clock": self._handle_clock,
        }

    def handler(self, service: str) -> Callable[[Request], Reply]:
        """The logged door to *service*; reading a token or the time changes nothing and is not logged.

        Notify's tokens age in real time, so their age is checked here: at a replay they would all be stale.
        """
        if service == "token":
            return self.tokens.handle
        answer = self._handlers()[service]

        def perform(request: Request) -> Reply:
            if service == "notify" and (refused := self.notify.refusal(request, now=time.time())) is not None:
                return refused
            if service in ("clock", "smtp") and request.method == "GET":  # which change nothing
                return answer(request)
            return self.log.perform(service, request)

        return perform

    def invoke(self, site: str, call: CmdletCall) -> CmdletResult:
        """The logged door to the cmdlets of *site*."""
        return self.log.invoke(site, call)

    def synchronise(self, call: CmdletCall) -> CmdletResult:
        """The logged door to the cmdlets of the server of directory synchronisation."""
        return self.log.invoke("sync", call)

    def door(self, server: str) -> Door:
        """The logged way into the Windows *server*, for Ansible's Windows modules."""
        return Door(partial(self.windows.machines.__getitem__, server), partial(self.log.invoke, "windows"))

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
