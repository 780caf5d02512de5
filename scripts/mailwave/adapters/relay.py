"""Notices to people by a mail relay: the other route, for an environment that has no Notify.

SMTP has no memory that could be asked: whoever does not know whether a message was taken never sends it again. What
comes back later comes back to the sender's mailbox, which a person reads; only what the relay refuses at once is kept.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NoReturn
from urllib.parse import urlsplit

from estate_schema.endpoints import Endpoints
from estate_schema.errors import ConfigurationError
from exchange_admin.reach import Reach
from mailwave.adapters.notify import NoticesDisabled
from mailwave.core.letters import Letter, Returned
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown, CannotLookUp

SUBMISSION = 587
_TIMEOUT_SECONDS = 30

Dial = Callable[[], smtplib.SMTP]


class _Mapped(smtplib.SMTP):
    """Speaks to *host* where *reach* maps it; its certificate must have the real name."""

    def __init__(self, host: str, port: int, reach: Reach) -> None:
        self._reach = reach
        super().__init__(host, port, timeout=_TIMEOUT_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        place = self._reach.address(host, port) if self._reach.connect else None
        found: socket.socket = super()._get_socket(  # type: ignore[misc]
            place.host if place else host, place.port if place else port, timeout
        )
        return found


class Relay:
    """Submits messages from *sender*, over a connection of its own for each that *dial* opens and signs in on.

    *now* dates them.
    """

    def __init__(self, dial: Dial, sender: str, now: Callable[[], datetime], *, dry_run: bool = True) -> None:
        self._dial = dial
        self._sender = sender
        self._now = now
        self._dry_run = dry_run

    @classmethod
    def connect(
        cls, endpoints: Endpoints, sender: str, now: Callable[[], datetime], *, dry_run: bool = True
    ) -> Relay:
        """Submit to the relay of *endpoints*, by STARTTLS and the account in its file.

        Raises SecretUnreadable, and ConfigurationError when the environment has no relay or no account for it.
        """
        account = endpoints.credentials.smtp
        if endpoints.smtp is None or account is None:
            key = "smtp" if endpoints.smtp is None else "credentials.smtp"
            raise ConfigurationError(file="endpoints", key=key, problem="is null", allowed="a mail relay")
        there = urlsplit(endpoints.smtp)
        reach, password = Reach.of(endpoints), account.secret()
        trusted = ssl.create_default_context(cafile=str(reach.ca) if reach.ca else None)
        host, port = str(there.hostname), there.port or SUBMISSION

        def dial() -> smtplib.SMTP:
            relay = _Mapped(host, port, reach)
            relay.starttls(context=trusted)
            relay.login(account.username, password)
            return relay

        return cls(dial, sender, now, dry_run=dry_run)

    def send(self, letter: Letter) -> str:
        """Submit *letter* and return its Message-ID.

        Raises:
            NoticesDisabled: in a dry run.
            ActPostponed: the relay cannot be reached, or takes nothing more now; it has not taken this.
            ActRefused: it will not take this message.
            ActUnknown: the answer was lost after the message had gone to it.
        """
        if self._dry_run:
            raise NoticesDisabled(subject=letter.reference)
        message = self._message(letter)
        try:
            relay = self._dial()
        except (OSError, smtplib.SMTPException) as error:
            raise ActPostponed(act="sending", subject=letter.reference, why=str(error)) from error
        try:
            relay.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            _refused(letter, code, text, error)
        except smtplib.SMTPResponseException as error:
            _refused(letter, error.smtp_code, error.smtp_error, error)
        except (OSError, smtplib.SMTPException) as error:
            raise ActUnknown(act="sending", subject=letter.reference, why=str(error)) from error
        finally:
            relay.close()  # an answer to QUIT would tell nothing more
        return str(message["message-id"])

    def find(self, reference: str) -> str | None:
        """Raise CannotLookUp: a relay does not say what it took."""
        raise CannotLookUp(
            act="finding",
            subject=reference,
            why="nobody can say whether the relay took it, and twice would be worse than never",
        )

    def shown(self, letter: Letter) -> tuple[str, str]:
        """Subject and body as they would be sent."""
        return letter.template.filled(letter.values)

    def returned(self) -> Iterable[Returned]:
        """Nothing: what bounces later goes to the sender's mailbox."""
        return ()

    def _message(self, letter: Letter) -> EmailMessage:
        subject, body = letter.template.filled(letter.values)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.address, subject
        message["Date"] = format_datetime(self._now())
        message["Message-ID"] = f"<{letter.reference}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # so that no out-of-office answers
        message.set_content(body)
        return message


def _refused(letter: Letter, code: int, text: bytes | str, error: Exception) -> NoReturn:
    """Say whether the relay's *code* means later or never."""
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    kind = ActPostponed if 400 <= code < 500 else ActRefused
    raise kind(act="sending", subject=letter.reference, why=f"{code} {said}") from error
