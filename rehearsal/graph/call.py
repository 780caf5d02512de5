"""One request on its way: who asks what, of which state of the directory, with which body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from rehearsal.directory import Entra
from rehearsal.directory.store import View
from rehearsal.graph.errors import BadRequest
from rehearsal.graph.options import Options
from rehearsal.graph.query import Query
from rehearsal.graph.tokens import Seal
from rehearsal.wire import Reply, Request, json_reply

ROOT = "https://graph.microsoft.com/v1.0"
METADATA = f"{ROOT}/$metadata"
NO_CONTENT = Reply(204)


@dataclass(frozen=True)
class Call:
    """A request to a route; *keys* are the parts of the path that name objects, *path* comes after /v1.0/."""

    request: Request
    path: str
    keys: tuple[str, ...]
    query: Query
    view: View
    entra: Entra
    options: Options
    seal: Seal
    application: str

    @property
    def prefers(self) -> frozenset[str]:
        """What the header Prefer asks for."""
        return frozenset(part.strip() for part in self.request.headers.get("prefer", "").split(","))

    def body[T](self, kind: type[T]) -> T:
        """The body as a value of *kind*. Raises `BadRequest` where it is none."""
        try:
            given = msgspec.json.decode(self.request.body or b"{}")
            if isinstance(given, dict):
                given = {name: value for name, value in given.items() if name != "@odata.type"}
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
