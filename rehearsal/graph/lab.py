"""A small tenant in memory, for probes and tests: it speaks to Graph as a client would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from rehearsal.clock import VirtualClock
from rehearsal.directory import Entra, Sku, usual_skus
from rehearsal.directory.objects import User
from rehearsal.directory.options import Options as DirectoryOptions
from rehearsal.environments import REHEARSAL
from rehearsal.estate import START
from rehearsal.graph.call import ROOT
from rehearsal.graph.options import Options
from rehearsal.graph.service import Graph
from rehearsal.identity import GRAPH, TokenService
from rehearsal.wire import Reply, Request

TENANT = REHEARSAL.id
CLIENT = "7f1c33a2-0000-4000-8000-000000000002"
SECRET = "throw-away"
ROLES = (
    *("Directory.ReadWrite.All", "User.ReadWrite.All", "Group.ReadWrite.All", "Mail.Send", "Calendars.Read"),
    *("LicenseAssignment.ReadWrite.All", "AdministrativeUnit.ReadWrite.All", "Domain.Read.All"),
    *(
        "Policy.ReadWrite.Authorization",
        "Policy.ReadWrite.ConsentRequest",
        "RoleManagement.ReadWrite.Directory",
    ),
    *("Policy.ReadWrite.ApplicationConfiguration", "OnPremDirectorySynchronization.ReadWrite.All"),
)


class Unexpected(AssertionError):
    """A request that had to succeed was answered with something else."""

    def __init__(self, *, asked: str, reply: Reply) -> None:
        self.asked = asked
        self.reply = reply
        super().__init__(f"{asked} was answered with {reply.status}: {reply.body[:300]!r}")


class Lab:
    """A tenant with *users* users of the cloud's own, and an application with *roles*."""

    def __init__(
        self,
        users: int = 3,
        *,
        options: Options | None = None,
        directory: DirectoryOptions | None = None,
        skus: tuple[Sku, ...] | None = None,
        roles: tuple[str, ...] = ROLES,
    ) -> None:
        self.clock = VirtualClock(START)
        self.tokens = TokenService(
            TENANT,
            {CLIENT: SECRET},
            roles={CLIENT: {GRAPH: roles}},
        )
        skus = usual_skus(users) if skus is None else skus
        self.entra = Entra(REHEARSAL, 7, self.clock, options=directory, skus=skus)
        self.users = [self.add_user(n) for n in range(users)]
        self.graph = Graph(self.entra, self.tokens, 7, options)
        self.headers = {"authorization": f"Bearer {self.token()}"}
        self.advance(minutes=10)

    def add_user(self, n: int, **values: Any) -> User:
        """Put a user straight into the directory; number *n* is in department Ward `n % 2`."""
        usual: dict[str, Any] = {
            "id": self.entra.store.new_id("user"),
            "display_name": f"Person {n:03}",
            "created_date_time": self.clock.now - timedelta(days=30),
            "user_principal_name": f"person.{n}@{REHEARSAL.domain}",
            "mail_nickname": f"person.{n}",
            "mail": f"person.{n}@{REHEARSAL.mail_domain}",
            "proxy_addresses": (f"SMTP:person.{n}@{REHEARSAL.mail_domain}",),
            "department": f"Ward {n % 2}",
            "usage_location": "GB",
        }
        return self.entra.add_user(User(**(usual | values)))

    def token(self, scope: str = f"{GRAPH}/.default") -> str:
        """Return a token as the token service gives it."""
        form = {
            "grant_type": "client_credentials",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "scope": scope,
        }
        body = urlencode(form).encode()
        reply = self.tokens.handle(Request("POST", f"/{TENANT}/oauth2/v2.0/token", body=body))
        return str(json.loads(reply.body)["access_token"])

    def send(
        self, method: str, where: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request; *where* is a path after /v1.0, or a whole address as a link has it."""
        parts = urlsplit(where if where.startswith("https:") else f"{ROOT}/{where.lstrip('/')}")
        query = quote(parts.query, safe="=&$%")
        data = b"" if body is None else json.dumps(body).encode()
        return self.graph.handle(Request(method, parts.path, query, self.headers | dict(headers or {}), data))

    def get(self, where: str, **headers: str) -> dict[str, Any]:
        """Read what must be there; an underscore in a header's name stands for a hyphen."""
        reply = self.send(
            "GET", where, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        return self._read(f"GET {where}", reply)

    def do(self, method: str, where: str, body: object = None) -> dict[str, Any]:
        """Write what must be taken."""
        return self._read(f"{method} {where}", self.send(method, where, body))

    def advanced(self, where: str) -> dict[str, Any]:
        """Read with the header of advanced queries (fact E2)."""
        return self.get(where, consistencylevel="eventual")

    def batch(self, *items: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Send a batch and return its answers by id."""
        answer = self.do("POST", "$batch", {"requests": list(items)})
        return {each["id"]: each for each in answer["responses"]}

    def advance(self, **span: float) -> None:
        """Let virtual time pass."""
        self.clock.advance_to(self.clock.now + timedelta(**span))

    @staticmethod
    def _read(asked: str, reply: Reply) -> dict[str, Any]:
        if reply.status >= 400:
            raise Unexpected(asked=asked, reply=reply)
        answer: dict[str, Any] = json.loads(reply.body) if reply.body else {}
        return answer


def refusal(reply: Reply) -> tuple[int, str]:
    """Status and code of a refusal."""
    return reply.status, json.loads(reply.body)["error"]["code"]
