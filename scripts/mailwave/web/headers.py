"""What every answer says to the browser: run nothing of others, be framed by nobody, keep nothing, tell no one.

The policy names everything by its place on this site. The one script that the NHS page template writes into the page
itself is named by its digest, so that answers can be the same for everybody.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of a picture that somebody opens by itself: it may be styled, and is a document without rights."""


def policy(script_digest: str) -> str:
    """The content-security policy of pages, with the digest of the template's own script."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{script_digest}'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class Guarded:
    """*app* for requests to one of *hosts*; every answer has the headers, and is kept by nobody unless it says so."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], script_digest: str, *, tls: bool) -> None:
        self.app = app
        self._hosts = frozenset(hosts)
        self._fixed = {
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
        }
        if tls:
            self._fixed["strict-transport-security"] = "max-age=31536000"
        self._policy = policy(script_digest)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application, or with 421 to another host's name."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message))
            await send(message)

        named = next((text for name, text in scope["headers"] if name == b"host"), b"").decode("latin-1")
        if named.lower() in self._hosts:
            await self.app(scope, receive, dressed)
        else:
            await PlainTextResponse("Misdirected Request", 421)(scope, receive, dressed)

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in self._fixed.items():
            headers[name] = value
        picture = headers.get("content-type", "").startswith("image/svg")
        headers["content-security-policy"] = _PICTURE_POLICY if picture else self._policy
        headers.setdefault("cache-control", "no-store")
