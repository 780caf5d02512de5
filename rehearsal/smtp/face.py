"""The relay's socket side, by aiosmtpd: STARTTLS and a sign-in before anything else, then the relay's own answers."""

from __future__ import annotations

import asyncio
import hmac
import logging
import ssl
from collections.abc import Callable

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Session

from rehearsal.smtp.relay import Envelope, Relay, offer
from rehearsal.wire import Reply, Request

Perform = Callable[[Request], Reply]


class Face:
    """What aiosmtpd asks. Of a recipient *relay* is asked at once; a message goes through *perform*, which logs it."""

    def __init__(self, relay: Relay, perform: Perform) -> None:
        self._relay = relay
        self._perform = perform

    async def handle_RCPT(
        self, server: SMTP, session: object, envelope: Session, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        refused = self._relay.refused_recipient(address, len(envelope.rcpt_tos))
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Session) -> str:
        """Take or refuse the message; of a dropped answer the connection is cut instead."""
        content = envelope.original_content or b""
        reply = self._perform(offer(Envelope(envelope.mail_from or "", list(envelope.rcpt_tos)), content))
        if reply.drop and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return reply.body.decode("ascii")


def protocol(
    relay: Relay, perform: Perform, *, host: str, tls: ssl.SSLContext, users: dict[str, str]
) -> Callable[[], asyncio.Protocol]:
    """The factory of connections for `loop.create_server`: *users* maps names to passwords."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of its own ways at each sign-in

    def authenticator(*asked: object) -> AuthResult:
        login = asked[-1]
        if not isinstance(login, LoginPassword):
            return AuthResult(success=False, handled=False)
        known = users.get(login.login.decode("utf-8", "replace"))
        right = known is not None and hmac.compare_digest(known.encode(), login.password)
        return AuthResult(success=right, handled=False)

    def connection() -> asyncio.Protocol:
        return SMTP(
            Face(relay, perform),
            hostname=host,
            ident="relay",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            auth_require_tls=True,
            authenticator=authenticator,
            data_size_limit=relay.options.largest_bytes,
            enable_SMTPUTF8=True,
        )

    return connection
