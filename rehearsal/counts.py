"""Count what happened, at the services themselves: these readers never open the ledger.

Each term has a reader of its own. The source answers the unmodified pypsrp client; the target answers plain HTTP
requests to the admin endpoint. Nothing here is shared with mailwave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from rehearsal import reach

LARGEST_BYTES = 200 * 1024**3
"""Mailboxes above 200 GB cannot be moved (fact C2)."""

_BYTES = re.compile(r"\(([\d,]+) bytes\)")
_GONE_WELL = ("Completed", "CompletedWithWarnings")


@dataclass(frozen=True)
class Counts:
    """The terms of planned = moved + deferred + failed + excluded."""

    planned: int
    moved: int
    deferred: int
    failed: int
    excluded: int

    @property
    def conserved(self) -> bool:
        """Whether the terms add up."""
        return self.planned == self.moved + self.deferred + self.failed + self.excluded


def count(endpoints: dict[str, Any]) -> Counts:
    """Read every site and the target and count the terms.

    planned: mailboxes at the source and those it knows as remote; moved: mailboxes at the target; excluded: at the
    source and above the size that can be moved; failed: at the source although the migration service tried;
    deferred: at the source, movable, and never or no longer given to the migration service. Where the
    sites take Kerberos, KRB5_CONFIG names their realm.
    """
    remaining, remote, too_large = set[str](), set[str](), set[str]()
    for site in endpoints["sites"]:
        with _source(endpoints, site) as pool:
            remaining |= {_guid(row) for row in _cmdlet(pool, "Get-Mailbox", ResultSize="Unlimited")}
            remote |= {_guid(row) for row in _cmdlet(pool, "Get-RemoteMailbox", ResultSize="Unlimited")}
            too_large |= _too_large(pool)
    with Target(endpoints) as target:
        moved = {_guid(row) for row in target.rows("Get-Mailbox", ResultSize="Unlimited")}
        users = target.rows("Get-MigrationUser", ResultSize="Unlimited")
    tried = {str(row["MailboxGuid"]).lower() for row in users if row["Status"] not in _GONE_WELL}
    failed = remaining & tried
    return Counts(
        planned=len(remaining | remote),
        moved=len(moved - remaining),
        deferred=len(remaining - failed - too_large),
        failed=len(failed),
        excluded=len((remaining & too_large) - failed),
    )


def _source(endpoints: dict[str, Any], site: dict[str, str]) -> RunspacePool:
    url = urlsplit(site["powershell"])
    account = endpoints["credentials"]["sites"]
    wsman = WSMan(
        str(url.hostname),
        port=url.port or 80,
        ssl=False,
        path=url.path.strip("/"),
        auth="kerberos" if "@" in account["username"] else "ntlm",
        username=account["username"],
        password=_secret(account),
        negotiate_service="HTTP",
    )
    transport = wsman.transport
    transport.session = reach.mount(transport._build_session(), endpoints)  # noqa: SLF001 - pypsrp has no other door
    return RunspacePool(wsman, configuration_name="Microsoft.Exchange")


def _cmdlet(pool: RunspacePool, name: str, **parameters: object) -> list[dict[str, Any]]:
    shell = PowerShell(pool)
    shell.add_cmdlet(name).add_parameters(parameters)
    rows = shell.invoke()
    if shell.had_errors or shell.streams.error:
        raise RuntimeError(f"{name}: {shell.streams.error[0]}")
    return [row.adapted_properties for row in rows]


def _too_large(pool: RunspacePool) -> set[str]:
    large = set()
    for server in {str(row["Name"]) for row in _cmdlet(pool, "Get-ExchangeServer")}:
        for row in _cmdlet(pool, "Get-MailboxStatistics", Server=server):
            size = _BYTES.search(str(row["TotalItemSize"]))
            if size and int(size.group(1).replace(",", "")) > LARGEST_BYTES:
                large.add(str(row["MailboxGuid"]).lower())
    return large


class Target:
    """The admin endpoint by plain requests."""

    def __init__(self, endpoints: dict[str, Any]) -> None:
        application = endpoints["credentials"]["exchange_online"]
        self._http = reach.client(endpoints)
        token = self._http.post(
            f"{endpoints['token']}/{endpoints['tenant']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": application["client_id"],
                "client_secret": _secret(application),
                "scope": "https://outlook.office365.com/.default",
            },
        ).json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self._url = f"{endpoints['exchange_online']}/adminapi/beta/{endpoints['tenant']}/InvokeCommand"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Every row, page by page: the same body is posted to each next link (fact A14)."""
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        rows: list[dict[str, Any]] = []
        url: str | None = self._url
        while url:
            answer = self._http.post(url, json=body, headers=self._headers)
            answer.raise_for_status()
            page = answer.json()
            rows += page["value"]
            url = page.get("@odata.nextLink")
        return rows


def _guid(row: dict[str, Any]) -> str:
    return str(row["ExchangeGuid"]).lower()


def _secret(credential: dict[str, str]) -> str:
    return Path(credential["secret_file"]).read_text(encoding="ascii")
