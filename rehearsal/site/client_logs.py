"""The RPC Client Access logs of an estate's servers, in Exchange's format: who logged on with which Outlook.

These files are the evidence for the oldest client that a person uses (fact D28).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from rehearsal import draws
from rehearsal.estate import OUTLOOK_2010, OUTLOOK_NEW, Estate, Mailbox, Server

FIELDS = (
    *("date-time", "session-id", "seq-number", "client-name", "organization-info", "client-software"),
    *("client-software-version", "client-mode", "client-ip", "server-ip", "protocol", "application-ids"),
    *("operation", "rpc-status", "processing-time", "operation-specific", "failures"),
)
DAYS = 14
"""How many days before the present the logs reach back."""

ARCHIVED_DAYS = 45
"""One older day, from an archive: what people used then says nothing about what they use now."""

_LOGONS = 3
_ARCHIVED_EVERY = 40
_PROBE = "MSExchangeMapiMailboxAppPool"

_Line = tuple[str, ...]


def write(folder: Path, estate: Estate, now: datetime) -> None:
    """Write each server's logs up to *now* into `<folder>/<server>/RCA_<day>-1.LOG`, over whatever is there."""
    servers = (server for site in estate.sites for server in site.servers)
    for number, server in enumerate(servers, start=1):
        place = folder / server.name
        place.mkdir(parents=True, exist_ok=True)
        days: dict[str, list[_Line]] = {}
        for line in sorted(_lines(estate, server, number, now)):
            days.setdefault(line[0][:10], []).append(line)
        for day, lines in days.items():
            _write_day(place / f"RCA_{day.replace('-', '')}-1.LOG", server, lines)


def _write_day(file: Path, server: Server, lines: list[_Line]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        text.write("#Software: Microsoft Exchange Server\r\n")
        text.write(f"#Version: {_build(server)}\r\n")
        text.write("#Log-type: RCA Protocol Logs\r\n")
        text.write(f"#Date: {lines[0][0]}\r\n")
        text.write(f"#Fields: {','.join(FIELDS)}\r\n")
        csv.writer(text, lineterminator="\r\n").writerows(lines)


def _build(server: Server) -> str:
    """`Version 15.2 (Build 1748.10)` as the logs write it: 15.02.1748.010."""
    major, minor, build, revision = (
        part
        for word in server.version.replace("(Build ", "").rstrip(")").split()[1:]
        for part in word.split(".")
    )
    return f"{major}.{int(minor):02d}.{build}.{int(revision):03d}"


def _lines(estate: Estate, server: Server, number: int, now: datetime) -> Iterator[_Line]:
    """Every line of *server*, the *number*th of its estate, in no order."""
    sessions = count(number * 10_000)
    for n, mailbox in enumerate(estate.mailboxes):
        if mailbox.server != server.name or mailbox.client is None:
            continue
        for k in range(_LOGONS):
            part = draws.uniform(estate.seed, mailbox.exchange_guid, "logon", k)
            moment = now - timedelta(days=DAYS * part, minutes=1)
            yield from _session(server, number, mailbox, mailbox.client, next(sessions), moment, now=now)
        if n % _ARCHIVED_EVERY == 0 and mailbox.client == OUTLOOK_NEW:
            before = now - timedelta(days=ARCHIVED_DAYS)
            yield from _session(server, number, mailbox, OUTLOOK_2010, next(sessions), before, now=now)
    for day in range(1, DAYS + 1):
        yield _probe(server, number, next(sessions), now - timedelta(days=day))


def _session(
    server: Server,
    number: int,
    mailbox: Mailbox,
    version: str,
    session: int,
    begin: datetime,
    *,
    now: datetime,
) -> Iterator[_Line]:
    """Connect, log on to the own mailbox, disconnect."""
    address = f"10.{20 + number}.{session // 250 % 250}.{session % 250 + 1}"
    sid = f"S-1-5-21-3914747541-1987656476-2091229219-{1000 + session}"
    mounted = f"{server.fqdn} at {begin:%m/%d/%Y} 3:00:01 AM"
    logon = (
        f"Logon: Owner, {mailbox.legacy_dn} in database {mailbox.database} last mounted on {mounted}, currently "
        "mounted; LogonId: 0"
    )
    steps = (
        (0, "Connect", "00:00:00.0156250", f"SID={sid}, Flags=None"),
        (1, "OwnerLogon", "00:00:00.0312500", logon),
        (3_600, "Disconnect", "00:00:00", ""),
    )
    for sequence, (after, operation, took, specific) in enumerate(steps):
        moment = begin + timedelta(seconds=after)
        if moment > now:
            return  # still connected
        yield (
            *(
                _stamp(moment),
                str(session),
                str(sequence),
                mailbox.legacy_dn,
                "",
                "OUTLOOK.EXE",
                version,
                "Cached",
            ),
            *(address, f"10.{20 + number}.0.10", "MapiHttp", "", operation, "0", took, specific, ""),
        )


def _probe(server: Server, number: int, session: int, moment: datetime) -> _Line:
    """Exchange watching itself: a mailbox that is nobody's, a client that is no Outlook."""
    name = f"/o=NHSmail/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=HealthMailbox{number}"
    return (
        *(
            _stamp(moment),
            str(session),
            "0",
            name,
            "",
            _PROBE,
            _build(server),
            "Classic",
            "::1",
            "::1",
            "MapiHttp",
        ),
        *(
            "",
            "Connect",
            "1010 (rpc::LoginPerm)",
            "00:00:00.0150000",
            "SID=S-1-5-18, Flags=None",
            "LoginPerm, expected",
        ),
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
