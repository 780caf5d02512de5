"""The relay over a socket, by Python's own unmodified SMTP client."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import trustme

from rehearsal.clock import VirtualClock
from rehearsal.smtp import Relay, RelayFaults, RelayOptions
from rehearsal.smtp.face import protocol
from rehearsal.wire import Reply, Request

pytestmark = pytest.mark.conformance

HOST = "relay.nhsmail.example"
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
CA = trustme.CA()


@dataclass
class Served:
    """A served relay: its port, and every request that was logged before it."""

    relay: Relay
    port: int = 0
    logged: list[Request] = field(default_factory=list)

    def perform(self, request: Request) -> Reply:
        self.logged.append(request)
        return self.relay.handle(request)


@contextmanager
def served(options: RelayOptions | None = None, faults: RelayFaults | None = None) -> Iterator[Served]:
    relay = Relay(VirtualClock(START), "nhsmail.example", options=options, faults=faults)
    made = Served(relay)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    CA.issue_cert(HOST, "localhost").configure_cert(tls)
    factory = protocol(relay, made.perform, host=HOST, tls=tls, users={"mailwave": "right"})
    listening = socket.create_server(("127.0.0.1", 0))
    made.port = listening.getsockname()[1]
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(factory, listening, stop)))
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join()


async def _serve(
    factory: Callable[[], asyncio.Protocol], listening: socket.socket, stop: threading.Event
) -> None:
    server = await asyncio.get_running_loop().create_server(factory, sock=listening)
    await asyncio.to_thread(stop.wait)
    server.close()
    server.close_clients()
    await server.wait_closed()


@contextmanager
def signed_in(made: Served, password: str = "right") -> Iterator[smtplib.SMTP]:
    trust = ssl.create_default_context()
    CA.configure_trust(trust)
    with smtplib.SMTP("localhost", made.port, timeout=5) as speaker:
        speaker.starttls(context=trust)
        speaker.login("mailwave", password)
        yield speaker


def message(to: str = "aisha@nhsmail.example", text: str = "Your mailbox moves.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "move@nhsmail.example", to, "Your mailbox – møves"
    made["Message-ID"] = "<m-1@nhsmail.example>"
    made.set_content(text)
    return made


def test_a_message_is_taken_and_read_back() -> None:
    """It should take a message with its envelope, and hold its subject and text decoded."""
    with served() as made, signed_in(made) as speaker:
        speaker.send_message(message())
        taken = made.relay.taken[0]
    assert (taken.sender, taken.recipients) == ("move@nhsmail.example", ["aisha@nhsmail.example"])
    assert (taken.subject, taken.text.strip()) == ("Your mailbox – møves", "Your mailbox moves.")


def test_nothing_is_taken_before_tls_and_sign_in() -> None:
    """It should refuse to talk in the clear, and refuse a wrong password."""
    with served() as made:
        with smtplib.SMTP("localhost", made.port, timeout=5) as speaker:
            assert speaker.docmd("EHLO there")[0] == 250
            assert speaker.docmd("MAIL FROM:<move@nhsmail.example>")[0] == 530
        with pytest.raises(smtplib.SMTPAuthenticationError), signed_in(made, "wrong"):
            pass
    assert made.logged == []


def test_a_recipient_elsewhere_is_refused() -> None:
    """It should be no open relay."""
    with served() as made, signed_in(made) as speaker, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        speaker.send_message(message(to="someone@elsewhere.example"))
    assert caught.value.recipients["someone@elsewhere.example"][0] == 550


def test_a_lost_answer_leaves_a_taken_message() -> None:
    """It should have taken the message whose answer was lost: sending it again delivers it twice."""
    with served(faults=RelayFaults(dropped=(1,))) as made:
        with pytest.raises(smtplib.SMTPServerDisconnected), signed_in(made) as speaker:
            speaker.send_message(message())
        with signed_in(made) as speaker:
            speaker.send_message(message())
    assert [taken.message_id for taken in made.relay.taken] == ["<m-1@nhsmail.example>"] * 2


def test_limits_are_answered_as_smtp_does() -> None:
    """It should say 451 above the rate, and refuse a message above its size."""
    with served(RelayOptions(per_minute=1, largest_bytes=2000)) as made, signed_in(made) as speaker:
        speaker.send_message(message())
        with pytest.raises(smtplib.SMTPDataError) as busy:
            speaker.send_message(message())
        with pytest.raises(smtplib.SMTPResponseException) as large:
            speaker.send_message(message(text="x" * 3000))
    assert (busy.value.smtp_code, large.value.smtp_code) == (451, 552)


def test_a_log_of_what_was_offered_rebuilds_it() -> None:
    """It should hold the same messages when its requests are replayed."""
    with served() as made, signed_in(made) as speaker:
        speaker.send_message(message())
        speaker.send_message(message(text="Again."))
    again = Relay(VirtualClock(START), "nhsmail.example")
    for request in made.logged:
        again.handle(request)
    assert again.taken == made.relay.taken
