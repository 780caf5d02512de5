"""One request on its way: who asks what, of which state of the directory, with which body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from rehearsal.directory import Entra
from rehearsal.directory.store import View
from rehearsal.graph.errors import BadRequest
from rehearsal.graph.options import Options
from rehearsal.graph.query import Query
from rehearsal.graph.tokens import Seal
from rehearsal.post.hidden import Hidden
from rehearsal.post.track import Letter
from rehearsal.wire import Reply, Request, json_reply

ROOT = "https://graph.microsoft.com/v1.0"
METADATA = f"{ROOT}/$metadata"
NO_CONTENT = Reply(204)


class Mail(Protocol):
    """Exchange Online behind Graph: who may use which mailbox, and the post."""

    def hosts(self, address: str | None) -> bool:
        """Tell whether a mailbox beside those of the estate has this address in the cloud."""
        ...

    def may(self, application: str, role: str, address: str | None) -> bool:
        """Tell whether a role of applications is assigned, and its scope has the mailbox."""
        ...

    def hidden(self, address: str) -> Hidden | None:
        """Why a mailbox in the cloud is not shown when somebody is free; None where it is."""
        ...

    def from_cloud(self, letter: Letter, recipients: Sequence[str]) -> None:
        """Take a message that was sent out of a mailbox in the cloud."""
        ...


@dataclass(frozen=True)
class Call:
    """A request to a route; *keys* are the parts of the path that name objects, *path* comes after /v1.0/.

    *mail* carries what is sent. *scoped*: the token has none of the route's permissions, and Exchange decides.
    """

    request: Request
    path: str
    keys: tuple[str, ...]
    query: Query
    view: View
    entra: Entra
    options: Options
    seal: Seal
    application: str
    mail: Mail | None = None
    scoped: bool = False

    @property
    def prefers(self) -> frozenset[str]:
        """What the header Prefer asks for."""
        return frozenset(part.strip() for part in self.request.headers.get("prefer", "").split(","))

    def body[T](self, kind: type[T], *, action: bool = False) -> T:
        """The body as a value of *kind*. Raises `BadRequest` where it is none.

        The parameters of an *action* may begin with a capital, as Microsoft's own SDKs write them.
        """
        try:
            given = msgspec.json.decode(self.request.body or b"{}")
            if isinstance(given, dict):
                given = {name: value for name, value in given.items() if name != "@odata.type"}
                if action:
                    given = {name[:1].lower() + name[1:]: value for name, value in given.items()}
            return msgspec.convert(given, kind)
        except msgspec.MsgspecError as problem:
            raise BadRequest(f"Invalid request body: {problem}") from None


def collection(context: str, rows: list[dict[str, Any]], **more: str | int | None) -> Reply:
    """A page of a list; *more* are annotations, such as nextLink, that are left out when None."""
    notes: Mapping[str, Any] = {f"@odata.{name}": value for name, value in more.items() if value is not None}
    return json_reply({"@odata.context": f"{METADATA}#{context}", **notes, "value": rows})


def entity(context: str, row: dict[str, Any], status: int = 200) -> Reply:
    """One object."""
    return json_reply({"@odata.context": f"{METADATA}#{context}/$entity", **row}, status)
