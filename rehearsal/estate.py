"""The small estate that is rehearsed: ten real organisations, two Exchange servers and 500 invented mailboxes.

Organisations come from the NHS Organisation Data Service (rehearsal/data/ods); people, addresses and sizes are
invented from a seed. Sizes follow a log-normal law with a mean near 1.1 GB, the mean of the record move
(2.3 PB over 2.1 million mailboxes).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from rehearsal import draws

ODS_FOLDER = Path(__file__).parent / "data" / "ods"
MAIL_DOMAIN = "nhsmail.example"
TENANT_DOMAIN = "nhsmail.onmicrosoft.com"
TENANT_ID = "9b424469-06f1-47ec-8522-46de505d3489"
"""The same for every seed: the stack files and the estate file of the rehearsal name it."""
ROUTING_DOMAIN = "nhsmail.mail.onmicrosoft.com"
START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
GIB = 1024**3

OUTLOOK_NEW = "16.0.17932.20286"
OUTLOOK_2013 = "15.0.5603.1000"
OUTLOOK_2010 = "14.0.7268.5000"
"""Office 2010's Outlook: below every minimum of fact D28."""


@dataclass(frozen=True)
class Organisation:
    """A body with an ODS code: *kind* is trust, prescriber or dispenser; *old_share* the part still on Office 2010."""

    code: str
    name: str
    kind: str
    mailboxes: int
    old_share: float


@dataclass(frozen=True)
class Server:
    """One on-premises Exchange server."""

    name: str
    fqdn: str
    version: str
    databases: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """A group of servers behind one migration endpoint."""

    name: str
    endpoint_host: str
    servers: tuple[Server, ...]


@dataclass(frozen=True)
class Right:
    """A delegate right on the mailbox that holds it; *kind* is FullAccess, SendAs or SendOnBehalf."""

    kind: str
    trustee: str


@dataclass(frozen=True)
class Mailbox:
    """One source mailbox. *trustee* of a right and *alias* are in the same name space.

    *cause* seeds trouble in its move, or is None: investigate, poor, stall, multiple_entries and transient occur in
    every estate; two_mailboxes, increment_failed, completion_failed and corrupt are known to the simulated service too.
    *client* is the Outlook version that its owner's machine logged last, None when nobody logs on.
    """

    exchange_guid: str
    alias: str
    display_name: str
    organisation: str
    recipient_type: str
    server: str
    database: str
    size_bytes: int
    items: int
    client: str | None
    cause: str | None = None
    rights: tuple[Right, ...] = ()

    @property
    def address(self) -> str:
        """The primary SMTP address."""
        return f"{self.alias}@{MAIL_DOMAIN}"

    @property
    def legacy_dn(self) -> str:
        """The LegacyExchangeDN, as the RPC Client Access log names the mailbox."""
        return f"/o=NHSmail/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={self.alias}"


@dataclass(frozen=True)
class Estate:
    """Everything that stands on premises before the first move."""

    seed: int
    tenant_id: str
    site: Site
    organisations: tuple[Organisation, ...]
    mailboxes: tuple[Mailbox, ...] = field(repr=False)


_PLAN = (
    # file, kind, rows that suit, mailboxes and share of Office 2010 of each
    ("etr.csv", "trust", ((190, 0.03), (130, 0.05))),
    ("epraccur.csv", "prescriber", ((40, 0.0), (36, 0.05), (30, 0.45), (24, 0.0), (20, 0.05))),
    ("edispensary.csv", "dispenser", ((12, 0.0), (10, 0.0), (8, 0.0))),
)
_GIVEN = (
    "Aisha",
    "Ben",
    "Chloe",
    "David",
    "Emeka",
    "Fatima",
    "Grace",
    "Hugh",
    "Ines",
    "Jack",
    "Kwame",
    "Lucy",
)
_FAMILY = (
    "Adeyemi",
    "Brown",
    "Clarke",
    "Davies",
    "Evans",
    "Hussain",
    "Jones",
    "Khan",
    "Lewis",
    "O'Neill",
    "Patel",
)
_CAUSES = ("investigate", "stall", "multiple_entries", "transient", "poor", "investigate")
"""Given, in this order, to the first movable mailboxes of the first organisation: each run sees every one."""


def generate(seed: int) -> Estate:
    """Make the estate of *seed*; the same seed gives the same estate."""
    site = _site()
    organisations = _organisations(seed)
    mailboxes: list[Mailbox] = []
    for organisation in organisations:
        mailboxes.extend(_mailboxes(seed, organisation, site))
    return Estate(seed, TENANT_ID, site, organisations, tuple(mailboxes))


def _site() -> Site:
    servers = tuple(
        Server(name, f"{name.lower()}.leeds.{MAIL_DOMAIN}", version, databases)
        for name, version, databases in (
            ("EX01", "Version 15.2 (Build 1748.10)", ("DB01", "DB02")),
            ("EX02", "Version 15.2 (Build 1748.10)", ("DB03", "DB04")),
        )
    )
    return Site("leeds", f"mail.leeds.{MAIL_DOMAIN}", servers)


def _organisations(seed: int) -> tuple[Organisation, ...]:
    chosen: list[Organisation] = []
    for file, kind, shapes in _PLAN:
        rows = _open_rows(file)
        for n, (size, old_share) in enumerate(shapes):
            row = rows.pop(int(draws.uniform(seed, file, "organisation", n) * len(rows)))
            chosen.append(Organisation(row[0], row[1], kind, size, old_share))
    return tuple(chosen)


def _open_rows(file: str) -> list[list[str]]:
    with (ODS_FOLDER / file).open(encoding="latin-1", newline="") as text:
        return [row for row in csv.reader(text) if row[12] in ("", "A") and not row[11]]


def _mailboxes(seed: int, organisation: Organisation, site: Site) -> list[Mailbox]:
    made = [_mailbox(seed, organisation, site, n) for n in range(organisation.mailboxes)]
    made = [_with_rights(seed, mailbox, n, made) for n, mailbox in enumerate(made)]
    return _with_causes(made) if organisation.kind == "trust" and organisation.mailboxes > 150 else made


def _mailbox(seed: int, organisation: Organisation, site: Site, n: int) -> Mailbox:
    key = f"{organisation.code}-{n}"
    given = draws.choice(_GIVEN, seed, key, "given")
    family = draws.choice(_FAMILY, seed, key, "family")
    server = draws.choice(site.servers, seed, key, "server")
    shared = n % 14 == 13
    size = draws.log_normal(0.55 * GIB, 1.15, seed, key, "size")
    giant = organisation.mailboxes > 100 and n == 5  # over 200 GB is not supported (fact C2)
    alias = f"{'team' if shared else given.lower() + '.' + _ascii(family)}.{organisation.code.lower()}.{n}"
    return Mailbox(
        exchange_guid=draws.guid(seed, key, "exchange-guid"),
        alias=alias,
        display_name=f"Team {n // 14 + 1} ({organisation.name.title()})" if shared else f"{given} {family}",
        organisation=organisation.code,
        recipient_type="SharedMailbox" if shared else "UserMailbox",
        server=server.name,
        database=draws.choice(server.databases, seed, key, "database"),
        size_bytes=int(230 * GIB if giant else size),
        items=int(size / 75_000) + 1,
        client=None if shared else _client(seed, key, organisation),
    )


def _client(seed: int, key: str, organisation: Organisation) -> str:
    draw = draws.uniform(seed, key, "client")
    if draw < organisation.old_share:
        return OUTLOOK_2010
    return OUTLOOK_2013 if draw > 0.97 else OUTLOOK_NEW


def _ascii(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())


def _with_rights(seed: int, mailbox: Mailbox, n: int, people: list[Mailbox]) -> Mailbox:
    """Give a shared mailbox to its team of up to six, and a few people a delegate."""
    if mailbox.recipient_type == "SharedMailbox":
        team = people[max(0, n - 6) : n]
        rights = tuple(Right(kind, member.alias) for member in team for kind in ("FullAccess", "SendAs"))
        return replace(mailbox, rights=rights)
    if draws.uniform(seed, mailbox.exchange_guid, "delegate") < 0.06 and n + 1 < len(people):
        return replace(mailbox, rights=(Right("SendOnBehalf", people[n + 1].alias),))
    return mailbox


def _with_causes(mailboxes: list[Mailbox]) -> list[Mailbox]:
    causes = iter(_CAUSES)
    done: list[Mailbox] = []
    for mailbox in mailboxes:
        movable = mailbox.client not in (None, OUTLOOK_2010) and mailbox.size_bytes < 50 * GIB
        done.append(replace(mailbox, cause=next(causes, None)) if movable else mailbox)
    return done
