"""The relay among the other services of a served rehearsal."""

from __future__ import annotations

import json
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest

from estate_schema.endpoints import Endpoints, load_endpoints
from tests.served import served

pytestmark = pytest.mark.conformance


def sent(endpoints: Endpoints) -> None:
    credential = endpoints.credentials.smtp
    assert credential is not None
    host, _, port = endpoints.connect["relay.nhsmail.example:587"].rpartition(":")
    trust = ssl.create_default_context(cafile=endpoints.ca)
    message = EmailMessage()
    message["Subject"] = "Your mailbox moves"
    message["From"], message["To"] = "move@nhsmail.example", "aisha@nhsmail.example"
    with smtplib.SMTP(host, int(port), timeout=5) as speaker:
        speaker._host = "relay.nhsmail.example"  # type: ignore[attr-defined] - the name that its TLS checks
        speaker.starttls(context=trust)
        speaker.login(credential.username, credential.secret())
        speaker.send_message(message)


def test_what_was_taken_is_shown_and_outlives_the_process(tmp_path: Path) -> None:
    """It should list each message in the rehearsal's inbox, also after the rehearsal was started again."""
    shown = []
    for _ in range(2):
        with served(tmp_path) as file:
            endpoints = load_endpoints(file)
            if not shown:
                sent(endpoints)
            shown.append(json.loads(httpx2.get(str(endpoints.inbox)).content))
    assert [message["subject"] for message in shown[0]] == ["Your mailbox moves"]
    assert shown[1] == shown[0]
