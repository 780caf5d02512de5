"""What an answer of the Exchange Online admin endpoint means; no input or output of its own (facts A14, A16-A28)."""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange_admin.port import Row
from exchange_admin.values import plain

TRANSIENT_TYPES = frozenset(
    """
    DCOverloadedException SuitabilityDirectoryException ServerInMMException ADServerSettingsChangedException
    StorageTransientException ServerBusyException TransientException BackendCommunicationException
    CmdletProxyNotAvailableFailure UnableToWriteToAadException
    """.split()
)
"""Exception names that may pass by themselves, whatever the status (facts A26, A27)."""

_BUSY_TENANT = "maximum number of concurrent requests per tenant"  # not sent as 429 (fact A28)
_GZIP = b"\x1f\x8b"
_CLAIMS = re.compile(r'claims="([^"]+)"')
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class Ok:
    """The cmdlet ran: the *rows* of this page, its *warnings*, and the address of the next page if there is one."""

    rows: list[Row]
    warnings: list[str]
    next_link: str | None


@dataclass(frozen=True)
class Refusal:
    """The service says that it did not do it; *error_type* is the short .NET name, empty when none is given."""

    status: int
    error_type: str
    text: str


@dataclass(frozen=True)
class Forbidden:
    """The account may not run the cmdlet, or there is no such cmdlet: the service does not tell which (fact A23)."""

    status: int
    text: str


@dataclass(frozen=True)
class Unauthenticated:
    """The token is not accepted; *claims* is what a new one must meet, as JSON, if any (fact A13)."""

    claims: str | None


@dataclass(frozen=True)
class Throttled:
    """Turned away at the door, before the cmdlet ran; *after* is the wait in seconds that was asked for, if any."""

    after: float | None
    text: str


@dataclass(frozen=True)
class Transient:
    """The service failed in a way that may pass; what the cmdlet did before that is not known."""

    why: str


@dataclass(frozen=True)
class Unreadable:
    """Said to be a success, but not an answer that can be read: never an empty list (fact A24)."""

    why: str


@dataclass(frozen=True)
class Moved:
    """To be asked again, in the same words, at *location* (fact A25)."""

    location: str


Reply = Ok | Refusal | Forbidden | Unauthenticated | Throttled | Transient | Unreadable | Moved


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """Tell what an answer means. Names of *headers* are in lower case; *raw* is the body as it came, not decoded."""
    body = _decoded(headers, raw)
    if status == 200:
        return _success(headers, body)
    if status in (301, 302, 303, 307, 308):
        return Moved(headers.get("location", ""))
    if status == 401:
        return Unauthenticated(_claims(headers.get("www-authenticate", "")))
    return _failure(status, headers, body)


def _failure(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    error_type, text = _fault(headers, body)
    if status == 429 or _BUSY_TENANT in text:
        return Throttled(_seconds(headers.get("retry-after", "")), text or "too many requests")
    if status in (408, 502, 503, 504) or error_type in TRANSIENT_TYPES or (status >= 500 and not error_type):
        return Transient(f"status {status}, {error_type or 'no exception named'}: {text}")
    if status == 403:
        return Forbidden(status, text or error_type or "no readable reason")
    return Refusal(status, error_type, text)


def _decoded(headers: Mapping[str, str], raw: bytes) -> bytes:
    """Unzip only what really is gzip: the label may be false (facts A23, A24)."""
    if "gzip" not in headers.get("content-encoding", "") or not raw.startswith(_GZIP):
        return raw
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = unzip.decompress(raw)
    except zlib.error:
        return raw
    return body if unzip.eof else raw


def _success(headers: Mapping[str, str], body: bytes) -> Reply:
    try:
        answer = json.loads(body)
    except ValueError:
        return Unreadable(f"status 200 with {len(body)} bytes that are not JSON")
    rows = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return Unreadable("status 200 without a list of objects in `value`")
    asked = answer.get("@adminapi.confirmationmessage")
    if asked:
        return Refusal(200, "ConfirmationAsked", str(asked))
    if answer.get("@adminapi.errors"):
        return Refusal(200, "", "; ".join(map(str, answer["@adminapi.errors"])))
    link = answer.get("@odata.nextLink") or answer.get("odata.nextLink")
    return Ok([plain(row) for row in rows], _warnings(headers, answer), link)


def _warnings(headers: Mapping[str, str], answer: Mapping[str, Any]) -> list[str]:
    said = [str(text) for text in answer.get("@adminapi.warnings") or []]
    header = headers.get("x-warnings")
    return said if not header or header in said else [*said, header]


def _claims(challenge: str) -> str | None:
    """The claims of a challenge as JSON text; they travel in base64 (fact A13)."""
    found = _CLAIMS.search(challenge)
    if not found:
        return None
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except ValueError:
        return found[1]


def _seconds(text: str) -> float | None:
    """Retry-After, possibly with decimals (fact A26); None for what is no sensible number of seconds."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _fault(headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """The exception's short name and text, from the best place that has them (fact A21)."""
    text = body.replace(b"\0", b"").decode("utf-8", errors="replace").strip()
    header_type = _short(headers.get("x-exceptiontype", ""))
    try:
        answer = json.loads(text)
    except ValueError:
        return header_type, text[:_LONGEST_TEXT]
    error_type, message = _from_answer(answer) if isinstance(answer, dict) else ("", text)
    return _short(error_type) or header_type, message[:_LONGEST_TEXT]


def _from_answer(answer: Mapping[str, Any]) -> tuple[str, str]:
    error = answer.get("error")
    if not isinstance(error, dict):
        records = answer.get("ErrorRecords")
        first = records[0] if isinstance(records, list) and records else answer
        return "", str(first.get("Message") or error or "") if isinstance(first, dict) else str(first)
    for detail in error.get("details") or []:
        if isinstance(detail, dict) and detail.get("message"):
            return _from_detail(str(detail["message"]))
    internal = (error.get("innererror") or {}).get("internalexception")
    if isinstance(internal, dict) and internal.get("message"):
        return str(internal.get("type") or ""), str(internal["message"])
    return "", str(error.get("message") or "")


def _from_detail(message: str) -> tuple[str, str]:
    """`ExNNNNNN|Full.Exception.Type|text`, or a JSON object in a string (facts A20, A21)."""
    if message.startswith("{"):
        try:
            nested = json.loads(message)
        except ValueError:
            return "", message
        return str(nested.get("ClassName") or ""), str(nested.get("Message") or message)
    parts = message.split("|", 2)
    return (parts[1], parts[2]) if len(parts) == 3 else ("", parts[-1])


def _short(exception: str) -> str:
    return exception.strip().rpartition(".")[2]
