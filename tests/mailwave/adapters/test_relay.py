"""Notices by the mail relay: the adapter over a socket, to the simulated relay."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from estate_schema.endpoints import AccountCredential, Endpoints
from estate_schema.errors import ConfigurationError
from mailwave.adapters.notify import NoticesDisabled
from mailwave.adapters.relay import Relay
from mailwave.core.letters import Letter
from mailwave.core.notice_templates import Template
from mailwave.core.notices import Audience, Milestone
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown, CannotLookUp
from rehearsal.smtp import RelayFaults
from tests.rehearsal.smtp.test_face import CA, HOST, Served, served

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
SENDER = "move@nhsmail.example"


def a_letter(address: str = "aisha@nhsmail.example") -> Letter:
    """A letter to *address*."""
    user = Audience.USER
    words = Template("t", Milestone.SUCCESS, user, "en", None, None, "It has moved", "Dear ((name)),\n\nŷ")
    return Letter(words, address, "ab" * 20, {"name": "Aisha"})


def endpoints(folder: Path, port: int) -> Endpoints:
    """Endpoints whose relay is at *port* of this machine, under its real name."""
    (folder / "password").touch(mode=0o600)
    (folder / "password").write_text("right")
    (folder / "ca.pem").write_bytes(CA.cert_pem.bytes())
    secret = {"secret_file": str(folder / "password")}
    data: dict[str, Any] = {
        "token": f"https://{HOST}:{port}",
        "exchange_online": f"https://{HOST}:{port}",
        "smtp": f"smtp://{HOST}:{port}",
        "connect": {f"{HOST}:{port}": f"127.0.0.1:{port}"},
        "ca": str(folder / "ca.pem"),
        "tenant": "3f0c8b1e-5a0e-4a53-9d8b-6f5d1d0f8a01",
        "credentials": {
            "exchange_online": {"client_id": "c"} | secret,
            "sites": {"username": "R\\m"} | secret,
            "notify": secret,
            "smtp": {"username": "mailwave"} | secret,
        },
    }
    return Endpoints.model_validate(data)


@contextmanager
def joined(folder: Path, **faults: Any) -> Iterator[tuple[Relay, Served]]:
    """The adapter and the relay that it submits to."""
    with served(faults=RelayFaults(**faults)) as there:
        yield Relay.connect(endpoints(folder, there.port), SENDER, lambda: START, dry_run=False), there


def test_a_notice_is_submitted_under_its_own_name(tmp_path: Path) -> None:
    """It should greet the relay by its real name, sign in, and send what was filled under the notice's reference."""
    with joined(tmp_path) as (relay, there):
        number = relay.send(a_letter())

    (taken,) = there.relay.taken
    assert f"<{'ab' * 20}@nhsmail.example>" == taken.message_id == number
    assert (SENDER, ["aisha@nhsmail.example"]) == (taken.sender, taken.recipients)
    assert ("It has moved", ["Dear Aisha,", "", "ŷ"]) == (taken.subject, taken.text.splitlines())
    assert b"Auto-Submitted: auto-generated" in there.logged[-1].body


@pytest.mark.parametrize(
    ("faults", "error", "taken"),
    [
        ({"deferred": (1,)}, ActPostponed, 0),
        ({"unknown": ("aisha@nhsmail.example",)}, ActRefused, 0),
        ({"dropped": (1,)}, ActUnknown, 1),
    ],
)
def test_an_answer_that_is_no_yes(
    tmp_path: Path, faults: dict[str, Any], error: type[Exception], taken: int
) -> None:
    """It should tell later from never, and both from not knowing."""
    with joined(tmp_path, **faults) as (relay, there):
        with pytest.raises(error):
            relay.send(a_letter())
        assert taken == len(there.relay.taken)


def test_a_relay_that_is_not_there_took_nothing(tmp_path: Path) -> None:
    """It should put the notice off, whatever kept the connection from being made."""
    with joined(tmp_path) as (_, there):
        port = there.port
    with pytest.raises(ActPostponed):
        Relay.connect(endpoints(tmp_path, port), SENDER, lambda: START, dry_run=False).send(a_letter())


def test_a_relay_with_a_strangers_certificate_is_sent_nothing(tmp_path: Path) -> None:
    """It should trust the authority of the endpoints file and no other."""
    with joined(tmp_path) as (_, there):
        named = endpoints(tmp_path, there.port)
        (tmp_path / "other.pem").write_bytes(type(CA)().cert_pem.bytes())
        stranger = named.model_copy(update={"ca": tmp_path / "other.pem"})
        with pytest.raises(ActPostponed):
            Relay.connect(stranger, SENDER, lambda: START, dry_run=False).send(a_letter())
        assert () == there.relay.taken


def test_a_relay_cannot_be_asked() -> None:
    """It should say that nobody can look a notice up there, show what it would send, and know of no returns."""

    def dial() -> smtplib.SMTP:
        raise AssertionError("nobody dials")

    relay = Relay(dial, SENDER, lambda: START)
    with pytest.raises(CannotLookUp):
        relay.find("r-1")
    with pytest.raises(NoticesDisabled):
        relay.send(a_letter())
    assert ("It has moved", "Dear Aisha,\n\nŷ") == relay.shown(a_letter())
    assert [] == list(relay.returned())


@pytest.mark.parametrize("lacking", ["smtp", "credentials"])
def test_an_environment_without_a_relay_is_refused(tmp_path: Path, lacking: str) -> None:
    """It should name what the endpoints file does not have."""
    named = endpoints(tmp_path, 25)
    nobody = named.credentials.model_copy(update={"smtp": None})
    without = named.model_copy(update={"smtp": None} if lacking == "smtp" else {"credentials": nobody})
    assert isinstance(named.credentials.smtp, AccountCredential)
    with pytest.raises(ConfigurationError) as caught:
        Relay.connect(without, SENDER, lambda: START)
    assert "smtp" in str(caught.value)
