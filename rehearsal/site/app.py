"""The HTTP face of a site's remote PowerShell: `/PowerShell/`, over http, sealed by the security context (fact D1)."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import time
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal import draws
from rehearsal.site import sealing, soap
from rehearsal.site.ntlm import KEEP_ALIVE_SECONDS, Accepted, Challenge, Connections, Peer
from rehearsal.site.runspace import Invoke
from rehearsal.site.shells import NothingYet, Shells, timed_out

__all__ = ["KEEP_ALIVE_SECONDS", "PowerShell", "build"]

_MACHINE = "EX01"


def build(
    invoke: Invoke, users: Mapping[str, str], *, monotonic: Callable[[], float] = time.monotonic
) -> Starlette:
    r"""Make the application that runs cmdlets by *invoke* for *users*, names such as `DOMAIN\name` to passwords.

    Serve it with a keep-alive of at most `KEEP_ALIVE_SECONDS`. `app.state.shells` holds the open shells. Raises
    `rehearsal.site.ntlm.BadAccount`.
    """
    face = PowerShell(invoke, users, monotonic)
    paths = ("/{folder}", "/{folder}/")
    app = Starlette(routes=[Route(path, face.answer, methods=["POST"]) for path in paths])
    app.state.shells = face.shells
    return app


class PowerShell:
    """Takes HTTP requests apart into who, sealed how, and which operation; and puts answers together again."""

    def __init__(self, invoke: Invoke, users: Mapping[str, str], monotonic: Callable[[], float]) -> None:
        self.shells = Shells(invoke, monotonic)
        self._connections = Connections(users, monotonic)
        self._messages = itertools.count(1)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path_params["folder"].casefold() != "powershell":  # IIS does not look at the case
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
        response = await self._answer_for(caller, peer, request, body)
        if caller.token:
            response.headers["WWW-Authenticate"] = caller.token
        return response

    async def _answer_for(self, caller: Accepted, peer: Peer, request: Request, body: bytes) -> Response:
        if not body:
            return Response(status_code=200)
        try:
            protocol = sealing.protocol_of(request.headers.get("content-type", ""))
            message = sealing.unseal(caller.context, body)
        except sealing.NotSealed:
            return Response(status_code=500)  # as WinRM answers what it may not take in the clear
        except sealing.SealBroken:
            self._connections.forget(peer)
            return Response(status_code=400)
        status, answer = await self._operate(caller.user, message)
        content_type, sealed = sealing.seal(caller.context, protocol, answer)
        return _response(status, content_type, sealed, request.headers.get("accept-encoding", ""))

    async def _operate(self, user: str, message: bytes) -> tuple[int, bytes]:
        relates_to = ""
        try:
            envelope = soap.parse(message)
            relates_to = envelope.message_id
            body = await self._carried_out(user, envelope)
        except soap.WSManFault as problem:
            return 500, soap.fault(relates_to, problem, _MACHINE, self._message_id())
        return 200, soap.answer(envelope, envelope.action + "Response", body, self._message_id())

    async def _carried_out(self, user: str, envelope: soap.Envelope) -> str:
        try:
            return self.shells.handle(user, envelope)
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
