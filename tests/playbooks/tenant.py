"""A simulated tenant on loopback, for plays that speak to Exchange Online through the unmodified client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import trustme

from rehearsal.credentials import Credentials
from rehearsal.estate import generate
from rehearsal.faces import face
from rehearsal.site.app import KEEP_ALIVE_SECONDS, build
from rehearsal.world import World
from tests.playbooks.loopback import listening, write_endpoints

SITE_ACCOUNT = "REHEARSAL\\migration"
SEED = 7
"""The seed whose tenant environments/estate.rehearsal.yaml is of."""


@dataclass(frozen=True)
class ServedTenant:
    """The whole simulated estate, the endpoints file that leads to its tenant, and its log of commands."""

    world: World
    endpoints: Path
    log: Path

    @property
    def cmdlets(self) -> list[str]:
        """Every cmdlet that reached the tenant, in order."""
        entries = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [entry["request"]["headers"]["x-cmdletname"] for entry in entries]

    @property
    def writes(self) -> list[str]:
        """Those that change something."""
        return [cmdlet for cmdlet in self.cmdlets if not cmdlet.startswith(("Get-", "Test-"))]

    def home_of(self, address: str) -> str:
        """Where mail to *address* ends, sent from outside by way of the site and by way of the tenant: the same place.

        It follows each side's own record of the person to the other side, and fails where mail would not arrive, would
        arrive in two places, or would turn in a circle.
        """
        found = {self._delivered(address, side) for side in ("site", "cloud")}
        (home,) = found
        return home

    def _delivered(self, address: str, side: str, hops: int = 0) -> str:
        assert hops < 3, f"mail to {address} turns in a circle"
        mailbox = next(each for each in self.world.estate.mailboxes if each.address == address)
        if side == "site":
            directory = self.world.sites[mailbox.site].directory
            if directory.holds_mailbox(mailbox.exchange_guid):
                return "site"
            assert directory.holds_remote(mailbox.exchange_guid), f"the site does not know {address}"
            return self._delivered(address, "cloud", hops + 1)
        tenant = self.world.exchange_online.tenant
        if tenant.standing(tenant.recipient(mailbox.exchange_guid)).since is not None:
            return "cloud"
        return self._delivered(address, "site", hops + 1)

    def addresses(self, count: int) -> list[str]:
        """The addresses of some mailboxes that are still on premises."""
        return sorted(mailbox.address for mailbox in self.world.estate.mailboxes)[:count]

    def pass_time(self, duration: timedelta) -> None:
        """Let the migration service work."""
        self.world.clock.advance_to(self.world.clock.now + duration)


@contextmanager
def serving(folder: Path, faults: Sequence[dict[str, object]] = ()) -> Iterator[ServedTenant]:
    """Serve a tenant that has *faults* only, for the time of the block; *folder* keeps what it needs."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    leaf = authority.issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    (folder / "faults.json").write_text(json.dumps(list(faults)), encoding="utf-8")
    credentials = Credentials.in_folder(folder / "credentials")
    home = folder / "home"
    home.mkdir()
    world = World(generate(SEED), home=home, fault_file=folder / "faults.json", secrets=credentials)
    served = ServedTenant(world, folder / "endpoints.json", home / "commands.jsonl")
    with ExitStack() as stack:
        stack.callback(world.log.close)
        addresses = {
            name: f"https://127.0.0.1:{stack.enter_context(_tls(world, name, folder / 'server.pem'))}"
            for name in ("token", "exchange_online")
        }
        addresses["clock"] = (
            f"http://127.0.0.1:{stack.enter_context(listening(face(world.handler('clock'))))}/clock"
        )
        sites = [
            {
                "name": "leeds",
                "powershell": f"http://127.0.0.1:{_site(stack, world, credentials)}/PowerShell/",
            }
        ]
        ca = str(folder / "ca.pem")
        write_endpoints(
            served.endpoints,
            credentials.client_secret,
            client=credentials.client_id,
            ca=ca,
            sites=sites,
            **addresses,
        )
        yield served


def _site(stack: ExitStack, world: World, credentials: Credentials) -> int:
    """Serve the remote PowerShell of the first site; the port."""
    app = build(world.sites["leeds"].invoke, {SITE_ACCOUNT: credentials.client_secret})
    return stack.enter_context(listening(app, timeout_keep_alive=KEEP_ALIVE_SECONDS))


def _tls(world: World, name: str, certificate: Path) -> object:
    return listening(face(world.handler(name)), ssl_certfile=str(certificate))
