"""The logs of the web sites of an estate's servers, in IIS's format: who came, with which TLS and which browser.

The servers log the TLS of each connection in the custom field ``crypt-protocol``, which is why the files' names end
in ``_x``: Schannel's number for it, in hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rehearsal import draws
from rehearsal.estate import Estate, Mailbox, Server

FIELDS = (
    *("date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"),
    *("cs(User-Agent)", "cs(Referer)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken"),
    "crypt-protocol",
)
DAYS = 14
"""How many days before the present the logs reach back."""

PROTOCOLS = {"SSL 3": "10", "1.0": "40", "1.1": "100", "1.2": "400", "1.3": "1000"}
"""What the field says of a connection by each TLS."""

_OUTLOOK = "Microsoft+Office/16.0+(Windows+NT+10.0;+Microsoft+Outlook+16.0.17932;+Pro)"
_PROBE = "AMProbe/Local/ClientAccess"


def write(folder: Path, estate: Estate, now: datetime) -> None:
    """Write each server's logs up to *now* into `<folder>/<server>/u_ex<day>_x.log`, over whatever is there."""
    for site in estate.sites:
        for server in site.servers:
            place = folder / server.name
            place.mkdir(parents=True, exist_ok=True)
            days: dict[str, list[str]] = {}
            for line in sorted(_lines(estate, server, site.netbios, now)):
                days.setdefault(line[:10], []).append(line)
            for day, lines in days.items():
                text = "\r\n".join((*_heading(lines[0][:19]), *lines, ""))
                (place / f"u_ex{day[2:].replace('-', '')}_x.log").write_text(
                    text, encoding="utf-8", newline=""
                )


def _heading(begun: str) -> tuple[str, ...]:
    return (
        "#Software: Microsoft Internet Information Services 10.0",
        "#Version: 1.0",
        f"#Date: {begun}",
        f"#Fields: {' '.join(FIELDS)}",
    )


def _lines(estate: Estate, server: Server, netbios: str, now: datetime) -> Iterator[str]:
    """Every request to *server*, in no order."""
    for mailbox in estate.mailboxes:
        if mailbox.server == server.name and mailbox.client is not None:
            ago = DAYS * draws.uniform(estate.seed, mailbox.exchange_guid, "web")
            moment = now - timedelta(days=ago if mailbox.web_days is None else mailbox.web_days, minutes=1)
            yield from _of_person(mailbox, f"{netbios}\\{_account(mailbox)}", moment)
    probe = f"{netbios}\\HealthMailbox1"
    yield _line(now - timedelta(hours=1), "/owa/", probe, _PROBE, PROTOCOLS["1.2"], "::1")
    yield _line(now - timedelta(hours=1), "/owa/", "-", "-", "-", "10.0.0.1")


def _account(mailbox: Mailbox) -> str:
    return mailbox.alias[-20:].lstrip(".")


def _of_person(mailbox: Mailbox, account: str, moment: datetime) -> Iterator[str]:
    number = int(mailbox.exchange_guid.replace("-", "")[-6:], 16)
    address = f"10.{60 + number // 62_500 % 100}.{number // 250 % 250}.{number % 250 + 1}"
    protocol = PROTOCOLS[mailbox.tls]
    yield _line(moment, "/mapi/emsmdb/", account, _OUTLOOK, protocol, address)
    if mailbox.browser is not None:
        yield _line(moment, "/owa/", account, mailbox.browser.replace(" ", "+"), protocol, address)


def _line(moment: datetime, stem: str, account: str, agent: str, protocol: str, address: str) -> str:
    when = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    status = "200" if account != "-" else "401"
    return f"{when} 10.20.0.10 POST {stem} - 443 {account} {address} {agent} - {status} 0 0 31 {protocol}"
