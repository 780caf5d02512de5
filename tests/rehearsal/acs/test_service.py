"""The stand-in for the e-mail of Azure Communication Services, by the service's own unmodified client."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from azure.communication.email import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.transport import RequestsTransport

from rehearsal.acs import Acs
from rehearsal.acs.service import HOST
from rehearsal.clock import VirtualClock
from tests.carrier import Carrier

pytestmark = pytest.mark.conformance

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
KEY = base64.b64encode(b"throw-away").decode()
MESSAGE = {
    "senderAddress": "move@nhsmail.example",
    "content": {"subject": "Your mailbox moves", "plainText": "Leave Outlook closed."},
    "recipients": {"to": [{"address": "aisha@nhsmail.example", "displayName": "Aisha"}]},
}


class Resource:
    """The service with its clock, and the client that speaks to it; it does not retry by itself."""

    def __init__(self, key: str = KEY) -> None:
        self.clock = VirtualClock(START)
        self.acs = Acs(self.clock, KEY)
        session = requests.Session()
        session.mount(f"https://{HOST}", Carrier(self.acs.handle))
        transport = RequestsTransport(session=session, session_owner=False)
        credential = AzureKeyCredential(key)
        self.client = EmailClient(f"https://{HOST}", credential, transport=transport, retry_total=0)

    @staticmethod
    def retry_after(error: HttpResponseError) -> str:
        response: Any = error.response
        return str(response.headers["retry-after"])

    def send(self, **options: Any) -> Any:
        return self.client.begin_send(MESSAGE, polling=False, **options)


def test_a_message_is_taken_and_not_yet_sent() -> None:
    """It should take a message under the id that its sender gave, and say no more than that it is being worked on."""
    resource = Resource()
    number = "11111111-2222-4333-8444-555555555555"
    operation = resource.send(operation_id=number).result()
    assert (operation["id"], operation["status"]) == (number, "Running")
    assert [taken.id for taken in resource.acs.taken] == [number]


def test_the_hour_ends_after_a_hundred() -> None:
    """It should refuse the hundred and first message of an hour with 429, and say for how long (fact C27)."""
    resource = Resource()
    for number in range(100):
        resource.clock.advance_to(START + timedelta(seconds=3 * number))
        resource.send()
    with pytest.raises(HttpResponseError) as caught:
        resource.send()
    assert caught.value.status_code == 429
    assert resource.retry_after(caught.value) == "3303"


def test_a_wrong_key_is_denied() -> None:
    """It should refuse what was signed with another key."""
    with pytest.raises(ClientAuthenticationError):
        Resource(base64.b64encode(b"another").decode()).send()


def test_a_repeat_is_sent_once() -> None:
    """It should send once for two requests with the same Repeatability-Request-ID (fact E12)."""
    resource = Resource()
    headers = {
        "Repeatability-Request-ID": "22222222-2222-4333-8444-555555555555",
        "Repeatability-First-Sent": "Tue, 01 Sep 2026 08:00:00 GMT",
    }
    first = resource.send(headers=dict(headers)).result()
    resource.clock.advance_to(START + timedelta(seconds=30))
    second = resource.send(headers=dict(headers)).result()
    assert first["id"] == second["id"]
    assert len(resource.acs.taken) == 1
