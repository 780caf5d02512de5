"""The unmodified Notify client joined to the stand-in, in memory: everything but the socket is real."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from notifications_python_client.notifications import NotificationsAPIClient
from requests.adapters import BaseAdapter

from rehearsal.notify import Notify
from rehearsal.wire import Request

SERVICE = "3f0c8b1e-5a0e-4a53-9d8b-6f5d1d0f8a01"
SECRET = "0d4c8fd5-3cf5-4a84-9d9c-3a2b6c7e5f02"
KEY = f"rehearsal-{SERVICE}-{SECRET}"
TWO_WEEKS = "6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e01"
VALUES = {"name": "Aisha Adeyemi", "night": "Monday 14 September 2026"}


class Wire(BaseAdapter):
    """Carries a prepared request of the client's library to *notify* and the answer back."""

    def __init__(self, notify: Notify, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._notify = notify
        self._now = now

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """What a connection does; a dropped answer ends as the library reports a connection that broke."""
        at = urlsplit(str(request.url))
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        asked = Request(str(request.method), at.path, at.query, headers, body)
        reply = self._notify.refusal(asked, now=self._now()) or self._notify.handle(asked)
        if reply.drop:
            raise requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead")
        response = requests.Response()
        response.status_code = reply.status
        response.headers.update(reply.headers)
        response._content = reply.body
        response.url = str(request.url)
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


def client(notify: Notify, *, key: str = KEY, now: Callable[[], float] = time.time) -> NotificationsAPIClient:
    """The real client, speaking to *notify*."""
    made = NotificationsAPIClient(key, base_url="http://notify")
    made.request_session.mount("http://notify", Wire(notify, now))
    return made
