"""The HTTP face of remote PowerShell, Exchange's and Windows': over http, sealed by the security context (fact D1)."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal import draws
from rehearsal.faults import FaultPlan, Kind
from rehearsal.site import sealing, soap
from rehearsal.site.kerberos import KerberosAcceptor
from rehearsal.site.ntlm import NtlmAcceptor
from rehearsal.site.runspace import Invoke
from rehearsal.site.shells import (
    Configuration,
    FromLoadBalancer,
    Meddle,
    NothingYet,
    Shells,
    Trouble,
    exchange,
    timed_out,
)
from rehearsal.site.sign_in import KEEP_ALIVE_SECONDS, Accepted, Acceptor, Challenge, Connections, Peer
from rehearsal.site.wire_options import WireOptions

__all__ = ["KEEP_ALIVE_SECONDS", "PowerShell", "build", "endpoint", "trouble"]

_MACHINE = "EX01"
_TROUBLES: Mapping[Kind, Trouble] = {
    Kind.LOST_SHELLS: Trouble.SHELLS_LOST,
    Kind.LOAD_QUOTA: Trouble.LOAD_QUOTA,
    Kind.GATEWAY_TIMEOUT: Trouble.TIMED_OUT,
    Kind.THROTTLE: Trouble.HELD_OFF,
}


def build(
    invoke: Invoke,
    users: Mapping[str, str],
    *,
    servers: Mapping[str, str] | None = None,
    keytab: Path | None = None,
    meddle: Meddle | None = None,
    options: WireOptions | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    has_exchange: Callable[[str], bool] = bool,
) -> Starlette:
    r"""Make the application that runs cmdlets by *invoke*.

    Whoever has a Kerberos ticket for a name in *keytab* is let in, and without a *keytab* whoever is among *users*,
    names such as `DOMAIN\name` to passwords, by NTLM. *servers* are the short names of the servers that stand behind
    this application, by the host name under which each is called. *meddle* may bring trouble. Serve it with a
    keep-alive of at most `KEEP_ALIVE_SECONDS`. A server of which *has_exchange* says no answers 404, as IIS does once
    Setup has taken the folder away. `app.state.shells` holds the open shells. Raises
    `rehearsal.site.ntlm.BadAccount`.
    """
    options = options or WireOptions()
    acceptor = _acceptor(users, keytab, options)
    face = PowerShell(
        exchange(invoke, options, meddle), acceptor, monotonic, options, servers or {}, has_exchange
    )
    return _application(face)


def endpoint(
    configuration: Configuration,
    users: Mapping[str, str],
    *,
    keytab: Path | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Make the application that serves *configuration* as WinRM does: without IIS before it.

    WinRM takes NTLM from *users* beside the tickets for names in *keytab*, where there is one.
    """
    options = WireOptions(loose_boundary=False, compressed=False, kerberos_only=False)
    return _application(PowerShell(configuration, _acceptor(users, keytab, options), monotonic, options))


def _acceptor(users: Mapping[str, str], keytab: Path | None, options: WireOptions) -> Acceptor:
    ntlm = NtlmAcceptor(users)
    return ntlm if keytab is None else KerberosAcceptor(keytab, ntlm, options)


def trouble(faults: FaultPlan, site: str, operation: str) -> Trouble | None:
    """The trouble that *faults* plan for an *operation* on the service `site-<name>`, such as `Receive`."""
    fault = faults.before(f"site-{site}", operation)
    return _TROUBLES.get(fault.fault) if fault else None


def _application(face: PowerShell) -> Starlette:
    paths = ("/{folder}", "/{folder}/")
    app = Starlette(routes=[Route(path, face.answer, methods=["POST"]) for path in paths])
    app.state.shells = face.shells
    return app


class PowerShell:
    """Takes HTTP requests apart into who, sealed how, and which operation; and puts answers together again."""

    def __init__(
        self,
        configuration: Configuration,
        acceptor: Acceptor,
        monotonic: Callable[[], float],
        options: WireOptions,
        servers: Mapping[str, str] = MappingProxyType({}),
        has_exchange: Callable[[str], bool] = bool,
    ) -> None:
        self.shells = Shells(configuration, monotonic)
        self._folder = configuration.folder.casefold()
        self._options = options
        self._servers = {host.casefold(): server for host, server in servers.items()}
        self._has_exchange = has_exchange
        self._connections = Connections(acceptor, monotonic)
        self._messages = itertools.count(1)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        elsewhere = request.path_params["folder"].casefold() != self._folder  # IIS does not look at the case
        server = self._server(request)
        gone = bool(server) and not self._has_exchange(server)
        if gone or (elsewhere and self._options.one_folder):
            return Response(status_code=404)
        body = await request.body()
        authorization = request.headers.get("authorization", "")
        peer: Peer = (request.client.host, request.client.port) if request.client else ("", 0)
        if not authorization and not body:
            # Nobody sends an empty message on a connection that is set up, so this is a new one: an old one from
            # the same port, if there was any, is gone.
            self._connections.forget(peer)
        caller = self._connections.authenticate(peer, authorization)
        if isinstance(caller, Challenge):
            return Response(status_code=401, headers={"WWW-Authenticate": caller.header})
        try:
            response = await self._answer_for(caller, peer, request, body)
        except FromLoadBalancer as answer:
            return Response(status_code=answer.status)
        if caller.token:
            response.headers["WWW-Authenticate"] = caller.token
        return response

    def _server(self, request: Request) -> str:
        """The server that *request* is for by its host name; empty where none is named."""
        return self._servers.get(request.headers.get("host", "").partition(":")[0].casefold(), "")

    async def _answer_for(self, caller: Accepted, peer: Peer, request: Request, body: bytes) -> Response:
        if not body:
            return Response(status_code=200)
        server = self._server(request)
        accepted = request.headers.get("accept-encoding", "") if self._options.compressed else ""
        try:
            protocol = sealing.protocol_of(request.headers.get("content-type", ""))
            message = sealing.unseal(caller.context, body)
        except sealing.NotSealed:
            if self._options.sealed_only:
                return Response(status_code=500)  # as WinRM answers what it may not take in the clear
            status, answer = await self._operate(caller.user, body, server)
            return _response(status, "application/soap+xml;charset=UTF-8", answer, accepted)
        except sealing.SealBroken:
            self._connections.forget(peer)
            return Response(status_code=400)
        status, answer = await self._operate(caller.user, message, server)
        content_type, sealed = sealing.seal(
            caller.context, protocol, answer, loose_boundary=self._options.loose_boundary
        )
        return _response(status, content_type, sealed, accepted)

    async def _operate(self, user: str, message: bytes, server: str) -> tuple[int, bytes]:
        relates_to = ""
        try:
            envelope = soap.parse(message)
            relates_to = envelope.message_id
            body = await self._carried_out(user, envelope, server)
        except soap.WSManFault as problem:
            return 500, soap.fault(relates_to, problem, server or _MACHINE, self._message_id())
        return 200, soap.answer(envelope, envelope.action + "Response", body, self._message_id())

    async def _carried_out(self, user: str, envelope: soap.Envelope, server: str) -> str:
        try:
            return self.shells.handle(user, envelope, server)
        except NothingYet as wait:
            await asyncio.sleep(wait.seconds)
        raise timed_out()

    def _message_id(self) -> str:
        return draws.guid(0, "message", "id", next(self._messages))


def _response(status: int, content_type: str, body: bytes, accepted: str) -> Response:
    """Compress the answer where the client lets us, as IIS in front of Exchange does (fact D4)."""
    headers = {"Content-Type": content_type}
    if "gzip" in accepted.lower():
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, headers=headers)
