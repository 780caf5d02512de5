"""A small tenant in memory, for probes and tests: it speaks to the endpoint as a client would."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

from rehearsal.clock import VirtualClock
from rehearsal.estate import GIB, MAIL_DOMAIN, ROUTING_DOMAIN, START, Estate, Mailbox, Right, generate
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.premises import Door
from rehearsal.exchange_online.roles import GLOBAL_READER
from rehearsal.exchange_online.service import ExchangeOnline
from rehearsal.exchange_online.tenant import MailUsers
from rehearsal.faults import Fault, FaultPlan
from rehearsal.identity import EXCHANGE, TokenService
from rehearsal.wire import Reply, Request

HOST = "127.0.0.1:8443"
CLIENT = "9f1c33a2-0000-4000-8000-000000000001"
READER = "9f1c33a2-0000-4000-8000-000000000002"
STRANGER = "9f1c33a2-0000-4000-8000-000000000003"
UNCONSENTED = "9f1c33a2-0000-4000-8000-000000000004"
"""Applications that have the role Global Reader, no role, and no permission; CLIENT is an Exchange Administrator."""
SECRET = "throw-away"


class Unexpected(AssertionError):
    """A cmdlet that had to succeed was answered with something else."""

    def __init__(self, *, cmdlet: str, reply: Reply) -> None:
        self.cmdlet = cmdlet
        self.reply = reply
        super().__init__(f"{cmdlet} was answered with {reply.status}: {reply.body[:300]!r}")


class OpenDoor:
    """A server that takes as many moves as MRSProxy does by itself (fact B44)."""

    limit = 100
    moves: int | None = None

    def refusal(self, connections: int = 0) -> None:
        """Turn nobody away."""


def _open(_server: str) -> Door:
    return OpenDoor()


@dataclass
class Source:
    """The source mailboxes; remembers which became remote mailboxes, and which of those have no ExchangeGuid.

    *doors* gives MRSProxy of a server, *set* what is set on a mailbox by its ExchangeGuid.
    """

    live: list[Mailbox]
    remote: list[str] = field(default_factory=list)
    unstamped: set[str] = field(default_factory=set)
    set: dict[str, dict[str, object]] = field(default_factory=dict)
    doors: Callable[[str], Door] = _open

    def door(self, server: str) -> Door:
        """Return MRSProxy of *server*."""
        return self.doors(server)

    def mailboxes(self) -> list[Mailbox]:
        """Return what is still live."""
        return [mailbox for mailbox in self.live if mailbox.exchange_guid not in self.remote]

    def holds_mailbox(self, exchange_guid: str) -> bool:
        """Tell whether it is still live."""
        return exchange_guid not in self.remote

    def holds_remote(self, exchange_guid: str) -> bool:
        """Tell whether a remote mailbox carries this ExchangeGuid."""
        return exchange_guid in self.remote and exchange_guid not in self.unstamped

    def rights(self, mailbox: Mailbox) -> tuple[Right, ...]:
        """Return what was given from the beginning; nobody changes it here."""
        return mailbox.rights

    def settings(self, mailbox: Mailbox) -> Mapping[str, object]:
        """Return what was set on it."""
        return self.set.get(mailbox.exchange_guid, {})

    def convert_to_remote(self, exchange_guid: str) -> None:
        """Remember the conversion."""
        self.remote.append(exchange_guid)

    def convert_to_local(self, exchange_guid: str, database: str) -> Mailbox:
        """Remember where the mailbox has come back to."""
        if exchange_guid in self.remote:
            self.remote.remove(exchange_guid)
        (n,) = (n for n, each in enumerate(self.live) if each.exchange_guid == exchange_guid)
        self.live[n] = replace(self.live[n], database=database)
        return self.live[n]


class Lab:
    """A tenant with some of the estate's mailboxes of 1 GB, each with the given cause.

    All are on *server* if one is named; a whole *estate* takes the place of all this. *mail_users* are those who were
    synchronised, by default everybody. *applications* may call beside the usual ones.
    """

    def __init__(
        self,
        causes: Iterable[str | None] = (None, None),
        *,
        faults: Iterable[Fault] = (),
        options: Options | None = None,
        size: int = GIB,
        server: str | None = None,
        estate: Estate | None = None,
        mail_users: MailUsers | None = None,
        applications: Iterable[str] = (),
    ) -> None:
        self.estate = estate or small(causes, size, server)
        self._typed = options is not None and options.csv_forms == "typed"
        self.clock = VirtualClock(START)
        self.source = Source(list(self.estate.mailboxes))
        self.published: dict[str, str] = {}
        """The CNAME records of the public DNS."""
        self.faults = FaultPlan(list(faults))
        self.tokens = TokenService(
            self.estate.tenant_id,
            dict.fromkeys((CLIENT, READER, STRANGER, UNCONSENTED, *applications), SECRET),
            roles={UNCONSENTED: {EXCHANGE: ()}},
            directory_roles={READER: (GLOBAL_READER,), STRANGER: ()},
        )
        self.service = ExchangeOnline(
            self.estate,
            self.clock,
            self.faults,
            [self.source],
            self.tokens,
            options,
            mail_users=mail_users,
            public_names=self.published.get,
        )
        self.headers = {
            "host": HOST,
            "authorization": f"Bearer {self.token()}",
            "x-anchormailbox": f"APP:SystemMailbox@{self.estate.tenant_id}",
        }

    @property
    def addresses(self) -> list[str]:
        """The primary addresses of the mailboxes."""
        return [mailbox.address for mailbox in self.estate.mailboxes]

    def sign_in(self, client: str = CLIENT) -> None:
        """Call as another application from now on."""
        self.headers = self.headers | {"authorization": f"Bearer {self.token(client)}"}

    def token(self, client: str = CLIENT) -> str:
        """Return a token as the token service gives it to *client*."""
        form = f"grant_type=client_credentials&client_id={client}&client_secret={SECRET}"
        body = f"{form}&scope=https%3A%2F%2Foutlook.office365.com%2F.default".encode()
        reply = self.tokens.handle(Request("POST", f"/{self.estate.tenant_id}/oauth2/v2.0/token", body=body))
        return str(json.loads(reply.body)["access_token"])

    def post(
        self, cmdlet: str, parameters: object, *, query: str = "", path: str | None = None, **headers: str
    ) -> Reply:
        """Post one cmdlet; an underscore in a header's name stands for a hyphen."""
        body = json.dumps({"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        where = path or f"/adminapi/beta/{self.estate.tenant_id}/InvokeCommand"
        return self.service.handle(Request("POST", where, query, self.headers | named, body))

    def answer(self, cmdlet: str, **parameters: object) -> dict[str, Any]:
        """Run a cmdlet that must be answered with 200 and return the whole answer."""
        reply = self.post(cmdlet, parameters)
        if reply.status != 200:
            raise Unexpected(cmdlet=cmdlet, reply=reply)
        answer: dict[str, Any] = json.loads(reply.body)
        return answer

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet and return its rows."""
        rows: list[dict[str, Any]] = self.answer(cmdlet, **parameters)["value"]
        return rows

    def refusal(self, cmdlet: str, **parameters: object) -> tuple[int, str, str]:
        """Run a cmdlet that must be refused and return status, short exception name and text."""
        reply = self.post(cmdlet, parameters)
        message = json.loads(reply.body)["error"]["details"][0]["message"]
        _, exception, text = message.split("|", 2)
        return reply.status, exception.rpartition(".")[2], text

    def listed(self, rows: Iterable[str], header: str = "EmailAddress") -> object:
        """Return a list of mailboxes in a form that this tenant takes (fact A18)."""
        text = csv_of(rows, header)
        return {"@odata.type": "#Exchange.ByteArrayType", "Data": text} if self._typed else text

    def complete(self, name: str = "wave-1", **span: float) -> None:
        """Ask for the completion of a batch and let three hours, or *span*, pass."""
        self.rows("Complete-MigrationBatch", Identity=name, Confirm=False)
        self.advance(**(span or {"hours": 3}))

    def advance(self, **span: float) -> None:
        """Let virtual time pass."""
        self.clock.advance_to(self.clock.now + timedelta(**span))

    def start_batch(self, name: str = "wave-1", **parameters: object) -> None:
        """Make and start a batch of every mailbox."""
        given = batch(name) | {"CSVData": self.listed(self.addresses), "AutoStart": True}
        self.rows("New-MigrationBatch", **given | parameters)

    def start_offboarding(self, name: str = "back", **parameters: object) -> None:
        """Make and start a batch that takes every mailbox back; a parameter that is None is left out."""
        given = batch_back(name) | {"CSVData": self.listed(self.addresses), "AutoStart": True} | parameters
        self.rows("New-MigrationBatch", **{key: value for key, value in given.items() if value is not None})

    def forget(self, name: str = "wave-1") -> None:
        """Remove a completed batch and the move requests that outlive it."""
        self.rows("Remove-MigrationBatch", Identity=name, Confirm=False)
        self.advance(minutes=1)
        for row in self.rows("Get-MoveRequest"):
            self.rows("Remove-MoveRequest", Identity=row["ExchangeGuid"], Confirm=False)

    def status(self, n: int = 0) -> str:
        """Return the status of the user of the *n*-th mailbox."""
        return str(self.user(n)["Status"])

    def user(self, n: int = 0) -> dict[str, Any]:
        """Return the migration user of the *n*-th mailbox."""
        return self.rows("Get-MigrationUser", Identity=self.addresses[n])[0]

    def statistics(self, n: int = 0, **parameters: object) -> dict[str, Any]:
        """Return the statistics of the *n*-th mailbox's user."""
        return self.rows("Get-MigrationUserStatistics", Identity=self.addresses[n], **parameters)[0]

    def batch_status(self, name: str = "wave-1") -> str:
        """Return the status of a batch."""
        return str(self.rows("Get-MigrationBatch", Identity=name)[0]["Status"])


def synced(*causes: str | None, options: Options | None = None) -> Lab:
    """Return a tenant whose mailboxes have been synced for some hours."""
    lab = Lab(causes, options=options)
    lab.start_batch()
    lab.advance(hours=12)
    return lab


def moved(*causes: str | None, options: Options | None = None, server: str | None = None) -> Lab:
    """Return a tenant whose mailboxes have moved, and that has forgotten how."""
    lab = Lab(causes, options=options, server=server)
    lab.start_batch()
    lab.advance(hours=12)
    lab.complete()
    lab.forget()
    return lab


def move_of(lab: Lab, n: int = 0) -> dict[str, Any]:
    """Return the statistics of the *n*-th mailbox's move request."""
    return lab.rows("Get-MoveRequestStatistics", Identity=lab.estate.mailboxes[n].exchange_guid)[0]


def batch(name: str) -> dict[str, object]:
    """Return the mandatory parameters of a new batch, without its list."""
    return {"Name": name, "SourceEndpoint": "leeds", "TargetDeliveryDomain": ROUTING_DOMAIN}


def batch_back(name: str) -> dict[str, object]:
    """Return the mandatory parameters of a new batch that goes back to the source, without its list (fact B48)."""
    return {
        "Name": name,
        "TargetEndpoint": "leeds",
        "TargetDeliveryDomain": MAIL_DOMAIN,
        "TargetDatabases": ["DB01"],
    }


def csv_of(addresses: Iterable[str], header: str = "EmailAddress") -> str:
    """Return a list of mailboxes as a plain base64 text."""
    return base64.b64encode("\r\n".join([header, *addresses, ""]).encode()).decode()


@cache
def _whole() -> Estate:
    return generate(7)


def small(causes: Iterable[str | None], size: int = GIB, server: str | None = None) -> Estate:
    """Return an estate with one mailbox for each of *causes*, on *server* if one is named."""
    wanted = list(causes)
    whole = _whole()
    plain = [mailbox for mailbox in whole.mailboxes if mailbox.recipient_type == "UserMailbox"]
    chosen = (
        replace(mailbox, cause=cause, size_bytes=size, server=server or mailbox.server)
        for mailbox, cause in zip(plain, wanted, strict=False)
    )
    return replace(whole, mailboxes=tuple(chosen))
