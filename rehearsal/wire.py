"""What travels between a simulated service and whoever calls it, without a socket."""

from __future__ import annotations

import msgspec


class Request(msgspec.Struct, frozen=True):
    """One HTTP request as a service sees it. Header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""


class Reply(msgspec.Struct, frozen=True):
    """One HTTP answer. *drop*: the effect took place, but the connection is cut inside the body."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""
    drop: bool = False


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, {"content-type": "application/json"} | named, msgspec.json.encode(value))


class CmdletCall(msgspec.Struct, frozen=True):
    """One cmdlet that reached a site's remote PowerShell, with its named parameters.

    *server* is the short name of the server that took it; empty means the site's first.
    """

    user: str
    cmdlet: str
    parameters: dict[str, object] = {}
    server: str = ""


class CmdletError(msgspec.Struct, frozen=True):
    """One error record: what PowerShell shows as exception type, category and text."""

    exception: str
    category: str
    text: str


class CmdletResult(msgspec.Struct, frozen=True):
    """What a cmdlet wrote: rows to the output stream, warnings, and error records."""

    rows: list[dict[str, object]] = []
    warnings: list[str] = []
    errors: list[CmdletError] = []
