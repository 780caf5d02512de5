"""WS-Management envelopes: requests read into values, answers and faults written as text ([MS-WSMV])."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
POWERSHELL = "http://schemas.microsoft.com/powershell"

NAMES: Final[dict[str, str]] = {
    "s": SOAP,
    "a": ADDRESSING,
    "x": TRANSFER,
    "w": WSMAN,
    "rsp": SHELL,
    "f": FAULT,
    "p": POWERSHELL,
}

_DURATION = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")
_NAMESPACES = " ".join(f"xmlns:{prefix}={quoteattr(name)}" for prefix, name in NAMES.items())


class WSManFault(Exception):
    """A request that the service refuses: Windows' number for it, the protocol's word, and the reason in *text*."""

    def __init__(self, *, code: int, subcode: str, text: str) -> None:
        self.code = code
        self.subcode = subcode
        self.text = text
        super().__init__(text)


@dataclass(frozen=True)
class Envelope:
    """One request. *shell* is the selector ShellId where there is one; *timeout* the operation timeout in seconds."""

    action: str
    resource: str
    message_id: str
    shell: str | None
    max_bytes: int
    timeout: float
    body: ET.Element


def invalid(problem: str) -> WSManFault:
    """The fault for a message that does not follow the protocol."""
    text = f"The WS-Management service cannot process the request. {problem}"
    return WSManFault(code=2150858817, subcode="w:SchemaValidationError", text=text)


def parse(message: bytes) -> Envelope:
    """Read a request; raise `WSManFault` where it is not one."""
    try:
        root = ET.fromstring(message)  # noqa: S314 - expat bounds entity expansion, and the sender is authenticated
    except ET.ParseError:
        raise invalid("The message is not well-formed XML.") from None
    header, body = root.find("s:Header", NAMES), root.find("s:Body", NAMES)
    if header is None or body is None:
        raise invalid("The message is not a SOAP envelope.")
    return Envelope(
        action=_text(header, "a:Action"),
        resource=_text(header, "w:ResourceURI"),
        message_id=_text(header, "a:MessageID"),
        shell=_selector(header),
        max_bytes=_number(_text(header, "w:MaxEnvelopeSize", "153600")),
        timeout=seconds(_text(header, "w:OperationTimeout", "PT60S")),
        body=body,
    )


def _text(parent: ET.Element, path: str, default: str | None = None) -> str:
    found = parent.findtext(path, default, NAMES)
    if found is None:
        raise invalid(f"The header {path} is missing.")
    return found


def _selector(header: ET.Element) -> str | None:
    for selector in header.iterfind("w:SelectorSet/w:Selector", NAMES):
        if selector.get("Name") == "ShellId" and selector.text:
            return selector.text.upper()
    return None


def _number(text: str) -> int:
    if not text.isdecimal():
        raise invalid(f"{text} is not a number.")
    return int(text)


def seconds(duration: str) -> float:
    """The seconds of an XML duration such as `PT20S`; raise `WSManFault` where it is none."""
    match = _DURATION.match(duration)
    if match is None:
        raise invalid(f"{duration} is not a duration.")
    hours, minutes, rest = match.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def parse_guid(text: str) -> uuid.UUID:
    """The GUID that *text* is; raise `WSManFault` where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise invalid(f"{text} is not a GUID.") from None


def answer(envelope: Envelope, action: str, body: str, message_id: str) -> bytes:
    """The envelope that answers *envelope*; *action* is the whole URI."""
    return _envelope(action, message_id, envelope.message_id, body)


def fault(relates_to: str, problem: WSManFault, machine: str, message_id: str) -> bytes:
    """The envelope that refuses the request with the id *relates_to*."""
    text = escape(problem.text)
    body = (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{problem.subcode}</s:Value></s:Subcode>"
        f'</s:Code><s:Reason><s:Text xml:lang="en-US">{text} </s:Text></s:Reason><s:Detail>'
        f'<f:WSManFault Code="{problem.code}" Machine={quoteattr(machine)}>'
        f"<f:Message>{text} </f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return _envelope(f"{ADDRESSING}/fault", message_id, relates_to, body)


def _envelope(action: str, message_id: str, relates_to: str, body: str) -> bytes:
    return (
        f'<s:Envelope xml:lang="en-US" {_NAMESPACES}><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{message_id.upper()}</a:MessageID>"
        f"<a:To>{ADDRESSING}/role/anonymous</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
