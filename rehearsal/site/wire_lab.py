"""A client in memory for the probes of the wire: it signs in by NTLM, seals its messages, and speaks PSRP."""

from __future__ import annotations

import asyncio
import base64
import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import psrpcore
import spnego

from rehearsal.site import sealing, soap
from rehearsal.site.app import build
from rehearsal.site.shells import Meddle
from rehearsal.site.soap import NAMES
from rehearsal.site.wire_options import WireOptions
from rehearsal.wire import CmdletCall, CmdletResult

RESOURCE = "http://schemas.microsoft.com/powershell/Microsoft.Exchange"
SIZE = "1.5 MB (1,572,864 bytes)"

_USER, _PASSWORD = "REHEARSAL\\prober", "throw-away"
_FRAGMENT = 32_768


class Faulted(Exception):
    """The service answered with a fault of Windows' number *code*."""

    def __init__(self, *, code: int) -> None:
        self.code = code
        super().__init__(f"fault {code}")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Lab:
    """A site's remote PowerShell under *options*, called *host*; every cmdlet writes one row with a size."""

    def __init__(
        self, options: WireOptions, keytab: Path | None = None, meddle: Meddle | None = None
    ) -> None:
        self.now = 0.0
        self.host = "ex01"
        self._app = build(
            _one_row,
            {_USER: _PASSWORD},
            servers={"ex01": "EX01", "ex02": "EX02"},
            keytab=keytab,
            meddle=meddle,
            options=options,
            monotonic=lambda: self.now,
        )
        self._ids = itertools.count(1)
        self._context = _client()

    def post(self, body: bytes = b"", path: str = "/PowerShell/", **headers: str) -> Answer:
        """Send one request from the one peer that there is; an underscore in a header's name is a hyphen."""
        return asyncio.run(self._post(body, path, headers))

    async def _post(self, body: bytes, path: str, headers: Mapping[str, str]) -> Answer:
        sent: list[dict[str, Any]] = []
        named = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", self.host.encode()), *named],
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        start, *parts = sent
        answered = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], answered, b"".join(part.get("body", b"") for part in parts))

    def sign_in(self) -> Lab:
        """Sign in, on a new connection if there was one before; return this."""
        self.post()
        self._context = _client()
        token = self._context.step()
        while token:
            answer = self.post(Authorization=f"Negotiate {base64.b64encode(token).decode()}")
            said = answer.headers.get("www-authenticate", "").partition(" ")[2]
            token = self._context.step(base64.b64decode(said)) if said else None
        return self

    def sealed(self, message: bytes, **headers: str) -> Answer:
        """Send *message*, sealed."""
        content_type, body = sealing.seal(self._context, sealing.PROTOCOLS[0], message, loose_boundary=False)
        return self.post(body, Content_Type=content_type, **headers)

    def ask(self, message: bytes) -> ET.Element:
        """Send *message*, sealed, and return the body of what it is answered with; raise `Faulted`."""
        envelope = ET.fromstring(sealing.unseal(self._context, self.sealed(message).body))  # noqa: S314 - our own
        body = envelope.find("s:Body", NAMES)
        assert body is not None  # noqa: S101  every envelope of this service has one
        fault = body.find(".//f:WSManFault", NAMES)
        if fault is not None:
            raise Faulted(code=int(fault.get("Code", "0")))
        return body

    def message(self, action: str, body: str = "", shell: str = "", resource: str = RESOURCE) -> bytes:
        """Write a request; *shell* is the ShellId that it is for."""
        selector = (
            f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
        )
        names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
        return (
            f"<s:Envelope {names}><s:Header><a:Action>{action}</a:Action><w:ResourceURI>{resource}</w:ResourceURI>"
            f"<a:MessageID>uuid:{uuid.UUID(int=next(self._ids))}</a:MessageID>{selector}"
            f"<w:OperationTimeout>PT0.01S</w:OperationTimeout></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        ).encode()

    def open(self, resource: str = RESOURCE) -> Shell:
        """Open a shell; raise `Faulted`."""
        return Shell(self, resource)


class Shell:
    """One open shell of *lab*."""

    def __init__(self, lab: Lab, resource: str) -> None:
        self._lab = lab
        self._pool = psrpcore.ClientRunspacePool()
        self._pool.open()
        content = f"<p:creationXml>{self._outgoing()}</p:creationXml>"
        body = f"<rsp:Shell><rsp:InputStreams>stdin pr</rsp:InputStreams>{content}</rsp:Shell>"
        created = lab.ask(lab.message(f"{soap.TRANSFER}/Create", body, resource=resource))
        self.id = created.findtext(".//rsp:ShellId", "", NAMES)
        self._read("")

    def start(self, command: str, *, script: bool = False) -> str:
        """Start a pipeline of one *command*; return its id."""
        pipeline = psrpcore.ClientPowerShell(self._pool)
        (pipeline.add_script if script else pipeline.add_command)(command)
        pipeline.start()
        name = str(pipeline.pipeline_id)
        line = f'<rsp:CommandLine CommandId="{name}"><rsp:Command/><rsp:Arguments>{self._outgoing()}</rsp:Arguments>'
        self._lab.ask(self._lab.message(f"{soap.SHELL}/Command", f"{line}</rsp:CommandLine>", self.id))
        return name

    def finish(self, pipeline: str) -> list[Any]:
        """Return what *pipeline* wrote: rows, and the error that ended it, if one did."""
        found: list[Any] = []
        for event in self._read(pipeline):
            match event:
                case psrpcore.PipelineOutputEvent():
                    found.append(event.data)
                case psrpcore.PipelineStateEvent() if event.reason is not None:
                    found.append(event.reason)
        return found

    def look(self) -> None:
        """Ask for the shell itself; raise `Faulted` if it is gone."""
        self._lab.ask(self._lab.message(f"{soap.TRANSFER}/Get", shell=self.id))

    def _outgoing(self) -> str:
        payload = self._pool.data_to_send(_FRAGMENT)
        assert payload is not None  # noqa: S101  something was said just before
        return base64.b64encode(payload.data).decode()

    def _read(self, pipeline: str) -> list[Any]:
        of = f' CommandId="{pipeline}"' if pipeline else ""
        body = f"<rsp:Receive><rsp:DesiredStream{of}>stdout</rsp:DesiredStream></rsp:Receive>"
        answer = self._lab.ask(self._lab.message(f"{soap.SHELL}/Receive", body, self.id))
        events: list[Any] = []
        for stream in answer.iterfind(".//rsp:Stream", NAMES):
            data = base64.b64decode(stream.text or "")
            known = uuid.UUID(pipeline) if pipeline else None
            self._pool.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, known))
            while (event := self._pool.next_event()) is not None:
                events.append(event)
        return events


def _client() -> spnego.ContextProxy:
    return spnego.client(_USER, _PASSWORD, protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)


def _one_row(call: CmdletCall) -> CmdletResult:
    return CmdletResult(rows=[{"Identity": call.cmdlet, "TotalItemSize": SIZE}])
