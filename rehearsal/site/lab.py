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


_APPLICATION = "7f1c33a2-0000-4000-8000-0000000000a1"
RELATIONSHIP = "On-premises to O365"


class _Tenant:
    """A tenant that knows everybody."""

    serves_ews = True

    def owns(self, _address: str) -> bool:
        """Nobody is beside the estate."""
        return False

    def knows(self, _address: str) -> bool:
        """Everybody is known."""
        return True

    def relationships(self, domain: str) -> list[dict[str, object]]:
        """One, as the Hybrid Configuration Wizard makes it."""
        row: dict[str, object] = dict.fromkeys(("FreeBusyAccessEnabled", "MailTipsAccessEnabled"), True)
        row |= {"Name": "lab", "FreeBusyAccessLevel": "LimitedDetails", "MailTipsAccessLevel": "All"}
        row |= {"MailboxMoveEnabled": True, "DeliveryReportEnabled": True}
        return [row | {"TargetApplicationUri": f"FYDIBOHF25SPDLT.{domain}"}]


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

    def reach(self) -> None:
        """Let every site reach a tenant that knows everybody, and whose one relationship is with this organisation."""
        for site in self.sites.values():
            site.halves.far = _Tenant()

    def own_application(self) -> None:
        """Let the servers call as an application of the organisation's own (fact D21)."""
        (server,) = [row for row in self.rows("Get-AuthServer") if row["Type"] == "AzureAD"]
        self.rows("Set-AuthServer", Identity=server["Name"], ApplicationIdentifier=_APPLICATION)
        self.rows(
            "New-SettingOverride",
            Name="own application",
            Component="Global",
            Section="ExchangeOnpremAsThirdPartyAppId",
            Parameters=["Enabled=true"],
            Reason="lab",
        )
        self.wait(minutes=1)

    def sign_in(self) -> str:
        """The result of a site's sign-in at the tenant as the first of its mailboxes."""
        asked = {"Service": "EWS", "TargetUri": "https://outlook.office365.com/ews/exchange.asmx"}
        mailbox = self.estate.at("leeds").mailboxes[0].address
        return str(self.rows("Test-OAuthConnectivity", Mailbox=mailbox, **asked)[0]["ResultType"])

    def relationship_tested(self) -> list[dict[str, Any]]:
        """What the test of the relationship with the tenant writes."""
        user = self.estate.at("leeds").mailboxes[0].address
        return self.rows("Test-OrganizationRelationship", Identity=RELATIONSHIP, UserIdentity=user)

    def knock(self, server: str = "EX01", connections: int = 0, account: str = "svc-migration") -> str:
        """How MRSProxy of *server* refuses a move that logs on as *account*; empty where it does not."""
        refusal = self.sites["leeds"].door(server, account).refusal(connections)
        return "" if refusal is None else f"{refusal.exception}: {refusal.text}"
