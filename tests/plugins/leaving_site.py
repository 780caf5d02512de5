"""A site that may go, canned: what its servers, its tenant and DNS answer, and what its servers logged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import Leaving, checks
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import Verdict, judge

from exchange_admin.errors import Unreachable
from exchange_admin.port import NOTHING, Result, Row

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
FIELDS = "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
ELSEWHERE = {"Name": "SystemMailbox{1}", "ServerName": "ex01"}
MAILBOX = {"PrimarySmtpAddress": "left@x.example"}


@dataclass
class Exchange:
    """What one side answers, by cmdlet, switch and database; what is in *silent* gets no answer. It writes nothing.

    Of recipients it shows nobody unless the whole forest is asked: the site's servers are in a domain without any.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """The rows of *cmdlet*."""
        switches = [name for name, value in parameters.items() if value is True]
        if cmdlet in ("Get-Mailbox", "Get-Recipient"):
            assert "IgnoreDefaultScope" in switches
            switches.remove("IgnoreDefaultScope")
        asked = [" ".join([cmdlet, *switches, name]).rstrip() for name in _databases(parameters)]
        if not self.silent.isdisjoint(asked):
            raise Unreachable(cmdlet=cmdlet, why="no answer", attempts=1)
        return Result([row for each in asked for row in self.rows.get(each, [])])


def _databases(parameters: Mapping[str, object]) -> list[str]:
    """The databases that a filter names, by their distinguished names; no database where there is none."""
    return re.findall(r"Database -eq 'CN=(\w+),DC=x'", str(parameters.get("Filter", ""))) or [""]


@dataclass
class Names:
    """What DNS answers of every domain; None for no answer."""

    exchangers: tuple[str, ...] | None = ("x-example.mail.protection.outlook.com",)
    discovers: tuple[str, ...] | None = ("autodiscover.outlook.com",)

    def mail_exchangers(self, _domain: str) -> tuple[str, ...] | None:
        """The MX."""
        return self.exchangers

    def autodiscover(self, _domain: str) -> tuple[str, ...] | None:
        """Autodiscover."""
        return self.discovers


@dataclass
class Scene:
    """An empty site that may go: bristol with EX11 and EX12, beside leeds, which stays."""

    site: Exchange
    tenant: Exchange
    leaving: Leaving
    log: list[str]
    names: Names | None = field(default_factory=Names)

    def log_line(self, days: float, server: str, remote: str, event: str, data: str) -> None:
        """One line of a log, so many *days* old."""
        at = (NOW - timedelta(days=days)).isoformat().replace("+00:00", "Z")
        self.log.append(f'{at},{server}\\Relay,08D1,3,10.0.0.1:25,{remote}:51515,{event},"{data}",')

    def judged(self) -> Verdict:
        """What the gates say."""
        assert self.leaving.logs is not None
        (self.leaving.logs / "RECV20270301-1.LOG").write_text(
            "\n".join(["#Software: Microsoft Exchange Server", FIELDS, *self.log]), encoding="utf-8"
        )
        return judge(checks(self.site, self.tenant, self.names, self.leaving), server="exchange-online")


def an_empty_site(logs: Path) -> Scene:
    """The empty site, with the *logs* of its servers in a folder."""
    site = Exchange(
        {
            "Get-ExchangeServer": [{"Name": name} for name in ("EX01", "EX11", "EX12")],
            "Get-Mailbox Arbitration": [ELSEWHERE],
            "Get-PublicFolder Recurse": [{"Name": "IPM_SUBTREE"}],
            "Get-MailboxDatabase": [
                {
                    "Name": name,
                    "Server": holders[0],
                    "Servers": holders,
                    "DistinguishedName": f"CN={name},DC=x",
                }
                for name, holders in (("DB11", ["EX11", "EX12"]), ("DB12", ["ex12"]), ("DB01", ["EX01"]))
            ],
            "Get-Mailbox DB01": [MAILBOX],
            "Get-Recipient DB01": [MAILBOX | {"Database": "DB01"}],
            "Get-SendConnector": [{"Name": "Out", "Enabled": True, "SourceTransportServers": ["EX01"]}],
        }
    )
    tenant = Exchange(
        {
            "Get-MigrationEndpoint": [{"Identity": "leeds"}],
            "Get-OutboundConnector": [{"Name": "Partner", "Enabled": True, "ConnectorType": "Partner"}],
        }
    )
    made = Scene(site, tenant, Leaving("bristol", "bristol", ("EX11", "EX12"), NOW, ("x.example",), logs), [])
    for server in ("EX11", "EX12"):
        made.log_line(31, server, "10.9.9.9", "<", "MAIL FROM:<printer@x.example>")
        made.log_line(0.1, server, "10.9.9.9", "<", "EHLO monitor")
    return made
