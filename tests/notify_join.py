"""The unmodified Notify client joined to the stand-in, in memory: everything but the socket is real."""

from __future__ import annotations

import time
from collections.abc import Callable

from notifications_python_client.notifications import NotificationsAPIClient

from rehearsal.notify import Notify
from tests.carrier import Carrier

SERVICE = "3f0c8b1e-5a0e-4a53-9d8b-6f5d1d0f8a01"
SECRET = "0d4c8fd5-3cf5-4a84-9d9c-3a2b6c7e5f02"
KEY = f"rehearsal-{SERVICE}-{SECRET}"
TWO_WEEKS = "6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e01"
VALUES = {"name": "Aisha Adeyemi", "night": "Monday 14 September 2026"}


class Wire(Carrier):
    """Carries requests to *notify*, which looks at each one's token when it is *now*."""

    def __init__(self, notify: Notify, now: Callable[[], float] = time.time) -> None:
        super().__init__(lambda asked: notify.refusal(asked, now=now()) or notify.handle(asked))


def client(notify: Notify, *, key: str = KEY, now: Callable[[], float] = time.time) -> NotificationsAPIClient:
    """The real client, speaking to *notify*."""
    made = NotificationsAPIClient(key, base_url="http://notify")
    made.request_session.mount("http://notify", Wire(notify, now))
    return made
