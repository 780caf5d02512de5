"""Signing in and out, and who may open which page. A page says only that it is not for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailwave.core.refusals import Refusal
from mailwave.core.visitors import Signed, Visitor
from mailwave.web.pages import Templates
from mailwave.web.sessions import Session, Sessions

SESSION, WAY = "mailwave", "mailwave-way"
_PREFIX = "__Host-"
"""A cookie of that name is for this host alone, over a safe connection; browsers take this machine's own for one."""

LONGEST_FORM = 20_000
"""Bytes of a form."""

AFTER = ("/organisation", "/operators", "/mine")
"""Where somebody may go on after signing in."""


class SignIn(Protocol):
    """A tenant at which people sign in."""

    def begin(self, back_to: str) -> dict[str, Any]:
        """A way to sign in that ends at *back_to*; its `auth_uri` is where to go."""
        ...

    def end(self, way: dict[str, Any], answer: Mapping[str, str]) -> Signed:
        """Who came back on *way* with *answer*; raises a `Refusal`."""
        ...


@dataclass(frozen=True)
class Door:
    """Lets in whom *tenant* signs in at *url*; *visitor* says what somebody may see."""

    url: str
    tenant: SignIn | None
    sessions: Sessions
    visitor: Callable[[Signed], Visitor]
    templates: Templates

    def routes(self) -> list[Route]:
        """What signing in and out answers to."""
        return [
            Route("/sign-in", self.sign_in),
            Route("/signed-in", self.signed_in),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

    def session(self, request: Request) -> Session | None:
        """The session of who asks."""
        return self.sessions.find(request.cookies.get(_PREFIX + SESSION, ""))

    def needed(self, request: Request) -> Session:
        """The session of who asks; raise 401, which leads to signing in, where there is none."""
        session = self.session(request)
        if session is None:
            raise HTTPException(401)
        return session

    async def form(self, request: Request) -> tuple[Session, dict[str, str]]:
        """Who sent a form, and what they wrote; raise 403 unless it is of their own session and of this site."""
        session = self.needed(request)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_FORM:
                raise HTTPException(413)
        try:
            fields = {name: values[-1] for name, values in parse_qs(body.decode(), max_num_fields=50).items()}
        except ValueError:
            raise HTTPException(400) from None
        origin = request.headers.get("origin")
        ours = origin is None or origin == self._origin
        if not ours or not session.sent(fields.pop("form", "")):
            raise HTTPException(403)
        return session, fields

    async def sign_in(self, request: Request) -> Response:
        """Go and sign in at the tenant. Nobody is known by it, and nothing is changed but this browser's cookie."""
        if self.tenant is None:
            raise HTTPException(503)
        after = request.query_params.get("after", "")
        way = await asyncio.to_thread(self._begin)
        name = self.sessions.leave({"after": after if after in AFTER else "/", "way": way})
        answer = RedirectResponse(way["auth_uri"], 303)
        self._give(answer, WAY, name, seconds=600)
        return answer

    async def signed_in(self, request: Request) -> Response:
        """Come back from there, and go where one wanted to go."""
        kept = self.sessions.come_back(request.cookies.get(_PREFIX + WAY, ""))
        if kept is None or self.tenant is None:
            return self._failed("Signing in took too long, or began in another window.")
        try:
            signed = await asyncio.to_thread(self.tenant.end, kept["way"], dict(request.query_params))
        except Refusal:
            return self._failed("We could not tell who you are.")
        self.sessions.close(request.cookies.get(_PREFIX + SESSION, ""))
        visitor = await asyncio.to_thread(self.visitor, signed)
        answer = RedirectResponse(kept["after"], 303)
        self._give(answer, SESSION, self.sessions.open(visitor))
        answer.delete_cookie(_PREFIX + WAY, secure=True, httponly=True)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        await self.form(request)
        self.sessions.close(request.cookies.get(_PREFIX + SESSION, ""))
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(_PREFIX + SESSION, secure=True, httponly=True)
        return answer

    @property
    def _origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def _begin(self) -> dict[str, Any]:
        if self.tenant is None:
            raise HTTPException(503)
        try:
            return self.tenant.begin(f"{self._origin}/signed-in")
        except Refusal:
            raise HTTPException(503) from None

    def _failed(self, why: str) -> Response:
        return self.templates.page("refused.jinja", 400, title="You are not signed in", why=why, sign_in=True)

    def _give(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        answer.set_cookie(
            _PREFIX + name, value, max_age=seconds, secure=True, httponly=True, samesite="lax", path="/"
        )
