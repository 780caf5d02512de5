"""The admin endpoint's wire form: one POST in, rows, a confirmation question or an error out (facts A1-A3, A14-A24)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec

from rehearsal.exchange_online.errors import Refusal
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.values import Row, render
from rehearsal.wire import Reply, Request, json_reply

_PATH = re.compile(r"/adminapi/(?P<version>[^/]+)/(?P<tenant>[^/]+)/(?P<rest>.+)")
_PAGE = re.compile(r"odata\.maxpagesize=(\d+)")
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Address:
    """Where a request was sent: API *version*, *tenant* as written, and the *rest* of the path."""

    version: str
    tenant: str
    rest: str


@dataclass(frozen=True)
class Call:
    """What a request asks for: a cmdlet and its parameters as they came."""

    cmdlet: str
    parameters: dict[str, object]


@dataclass(frozen=True)
class Page:
    """The part of the rows that one answer carries."""

    start: int
    length: int


class BadRequest(Refusal):
    """The body is not what the endpoint takes."""

    def __init__(self, text: str) -> None:
        super().__init__("Microsoft.Exchange.Admin.OData.Core.ODataServiceException", text)


def address(path: str) -> Address | None:
    """Return where *path* points in the admin API, None if it is elsewhere."""
    match = _PATH.fullmatch(path)
    return Address(match["version"], match["tenant"], match["rest"]) if match else None


def parse_call(body: bytes, options: Options) -> Call:
    """Read `{"CmdletInput": {"CmdletName": ..., "Parameters": {...}}}` (fact A2).

    :raises BadRequest: if it is anything else; Parameters must be an object, never null.
    """
    try:
        envelope: Any = msgspec.json.decode(body)
        given = envelope["CmdletInput"]
        name, parameters = given["CmdletName"], given["Parameters"]
    except (msgspec.DecodeError, TypeError, KeyError):
        raise BadRequest("The request body is not a valid CmdletInput.") from None
    if parameters is None and not options.object_parameters:
        parameters = {}
    if not isinstance(name, str) or not isinstance(parameters, dict):
        raise BadRequest("The request body is not a valid CmdletInput: Parameters must be an object.")
    return Call(name, parameters)


def page_of(request: Request, options: Options) -> Page:
    """Return which page is asked for: by `Prefer`, and by the token of a next link (facts A7, A14).

    :raises BadRequest: if the page size is out of range, or the body is not the one that the link belongs to.
    """
    preferred = _PAGE.search(request.headers.get("prefer", ""))
    length = int(preferred[1]) if preferred else LARGEST_PAGE
    if not 1 <= length <= LARGEST_PAGE:
        raise BadRequest("odata.maxpagesize must be between 1 and 1000.")
    token = parse_qs(request.query).get("$skiptoken", [""])[0]
    if not token:
        return Page(0, length)
    start, _, digest = token.partition("-")
    foreign = options.link_belongs_to_body and digest != _digest(request.body)
    if foreign or not start.isdigit():
        raise BadRequest("The skip token does not belong to this request.")
    return Page(int(start), length)


def _digest(body: bytes) -> str:
    """Name what *body* says: inside `$batch` it is written differently from when it is posted again by itself."""
    said = msgspec.json.encode(msgspec.json.decode(body), order="sorted")
    return hashlib.sha256(said).hexdigest()[:16]


def success(
    request: Request, rows: Sequence[Row], page: Page, warnings: Sequence[str], options: Options
) -> Reply:
    """Answer one page of *rows*; the link to the next wants the same body posted again (fact A14)."""
    base = f"https://{request.headers.get('host', 'localhost')}{request.path}"
    wanted = parse_qs(request.query).get("$select", [""])[0]
    chosen = rows[page.start : page.start + page.length]
    answer: dict[str, object] = {
        "@odata.context": f"{base.rpartition('/')[0]}/$metadata#Collection(Exchange.GenericHashTable)",
        "value": [_selected(render(row, sizes_are_text=options.sizes_are_text), wanted) for row in chosen],
    }
    following = page.start + page.length
    if following < len(rows):
        query = {"$skiptoken": f"{following}-{_digest(request.body)}"} | (
            {"$select": wanted} if wanted else {}
        )
        answer["@odata.nextLink"] = f"{base}?{urlencode(query)}"
    if warnings and options.warnings_in_body:
        answer["@adminapi.warnings"] = list(warnings)
    if warnings and options.warnings_in_header:
        return json_reply(answer, x_warnings=warnings[-1])
    return json_reply(answer)


def _selected(row: Row, wanted: str) -> Row:
    if not wanted:
        return row
    names = {name.strip().lower() for name in wanted.split(",")}
    return {name: value for name, value in row.items() if name.partition("@")[0].lower() in names}


def confirmation(request: Request, cmdlet: str, target: object) -> Reply:
    """Ask whether to go on; nothing has been done (fact A16)."""
    return json_reply(
        {
            "@odata.context": f"https://{request.headers.get('host', 'localhost')}/adminapi/beta/$metadata",
            "value": [],
            "@adminapi.confirmationmessage": f'Are you sure you want to perform this action? {cmdlet} "{target}".',
        }
    )


def refusal(request: Request, cmdlet: str, problem: Refusal) -> Reply:
    """Answer an error in the usual shape: the truth is in details[].message (facts A20, A22)."""
    error_id = f"Ex{hashlib.sha256(problem.exception.encode()).hexdigest()[:6].upper()}"
    code = {404: "NotFound", 500: "InternalServerError"}.get(problem.status, "BadRequest")
    service_exception = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
    error = {
        "code": code,
        "message": "Error executing cmdlet",
        "details": [
            {"code": "Client", "target": "", "message": f"{error_id}|{problem.exception}|{problem.text}"}
        ],
        "innererror": {
            "message": "Error executing cmdlet",
            "type": service_exception,
            "stacktrace": "",
            "internalexception": {"message": problem.text, "type": problem.exception, "stacktrace": ""},
        },
    }
    reply = json_reply({"error": error}, problem.status, x_ExceptionType=problem.exception)
    return msgspec.structs.replace(reply, headers=reply.headers | identification(request, cmdlet))


def identification(request: Request, cmdlet: str) -> dict[str, str]:
    """Return the headers that Microsoft's support asks for (fact A22)."""
    names = {"cmdlet-name": cmdlet} if cmdlet else {}
    request_id = request.headers.get("client-request-id")
    return names | ({"request-id": request_id} if request_id else {})


def forbidden(note: str, *, unreadable: bool = True) -> Reply:
    """403 with NUL bytes declared as gzip (fact A23); *note* is for whoever debugs the rehearsal."""
    if not unreadable:
        return json_reply({"Message": "Forbidden"}, 403, x_rehearsal_note=note)
    headers = {"content-type": "application/json", "content-encoding": "gzip", "x-rehearsal-note": note}
    return Reply(403, headers, b"\0" * 64)


def not_modelled(what: str) -> Reply:
    """501, which the real service never sends, so that a gap of the rehearsal is not taken for a refusal."""
    return json_reply(
        {"Message": f"The rehearsal does not model {what}."}, 501, x_rehearsal_note="not modelled"
    )


def unauthorised(claims: str | None = None) -> Reply:
    """401, with a claims challenge if there is one (fact A13)."""
    challenge = 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", error="invalid_token"'
    if claims:
        challenge += f', claims="{claims}"'
    return Reply(401, {"www-authenticate": challenge}, b"")
