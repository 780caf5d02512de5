"""One Exchange organisation for one experiment: calls at either of its sites, and moves that knock at its servers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rehearsal.clock import VirtualClock
from rehearsal.estate import START, Estate, generate
from rehearsal.site.machine_setup import REPLICATION_CONFIG, REPLICATION_SERVICE
from rehearsal.site.options import Options
from rehearsal.site.organisation import Organisation
from rehearsal.site.site import Site
from rehearsal.wire import CmdletCall, CmdletResult


class Unexpected(Exception):
    """A cmdlet that an experiment needs was refused with *text*."""

    def __init__(self, *, cmdlet: str, text: str) -> None:
        self.cmdlet = cmdlet
        self.text = text
        super().__init__(f"{cmdlet} was refused: {text}")


class Lab:
    """The two sites of *estate*, or of the estate of pairs, with *options*."""

    def __init__(self, options: Options, estate: Estate | None = None) -> None:
        self.estate = estate or generate(1, "pair")
        self.clock = VirtualClock(START)
        self.organisation = Organisation(self.estate, self.clock, options)
        self.sites = {
            site.name: Site(self.estate.at(site.name), self.clock, self.organisation)
            for site in self.estate.sites
        }

    def call(self, cmdlet: str, *, server: str = "", site: str = "leeds", **parameters: Any) -> CmdletResult:
        """What one cmdlet answers at *server* of *site*."""
        return self.sites[site].invoke(CmdletCall("NHSMAIL\\lab", cmdlet, parameters, server))

    def rows(
        self, cmdlet: str, *, server: str = "", site: str = "leeds", **parameters: Any
    ) -> list[dict[str, Any]]:
        """The rows of one cmdlet; raise `Unexpected`."""
        result = self.call(cmdlet, server=server, site=site, **parameters)
        if result.errors:
            raise Unexpected(cmdlet=cmdlet, text=result.errors[0].text)
        return result.rows

    def refused(self, cmdlet: str, *, server: str = "", **parameters: Any) -> str:
        """The text with which one cmdlet is refused, empty where it is not."""
        errors = self.call(cmdlet, server=server, **parameters).errors
        return errors[0].text if errors else ""

    def wait(self, **span: float) -> None:
        """Let time pass, a `timedelta`'s arguments."""
        self.clock.advance_to(self.clock.now + timedelta(**span))

    def configure(self, server: str, before: str, after: str) -> None:
        """Edit the replication service's file on *server*, without starting the service again."""
        now = self.clock.now
        self.organisation.machines.change(
            server,
            lambda there: there.with_file(
                REPLICATION_CONFIG, there.files[REPLICATION_CONFIG].text.replace(before, after).encode(), now
            ),
        )

    def restart(self, server: str) -> None:
        """Start the replication service of *server* again."""
        now = self.clock.now
        self.organisation.machines.change(
            server, lambda there: there.service_started(REPLICATION_SERVICE, now)
        )

    def knock(self, server: str = "EX01", connections: int = 0, account: str = "svc-migration") -> str:
        """How MRSProxy of *server* refuses a move that logs on as *account*; empty where it does not."""
        refusal = self.sites["leeds"].door(server, account).refusal(connections)
        return "" if refusal is None else f"{refusal.exception}: {refusal.text}"
