"""Plain HTTP to the simulated cloud, which is another process."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote, urlsplit

from infra.servicer import ProviderError
from rehearsal.cloud.marring import FAILED, FOREVER, HOLD
from rehearsal.cloud.store import OPERATION, TENANT, TYPE

ADDRESS = "REHEARSAL_CLOUD"
_TIMEOUT = 30.0  # seconds; the answer comes from the same machine
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Answer:
    """An object's *path* and *view*; *trouble* is what the service says of one that is there and did not come up."""

    path: str
    view: dict[str, Any]
    trouble: str = ""


@dataclass(frozen=True)
class Purpose:
    """Why a request is sent: what the engine wants (create, read, update, delete), and of which type."""

    operation: str
    token: str


class CloudRefused(ProviderError):
    """The simulated cloud answered with an error."""

    def __init__(self, *, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{code} ({status}): {message}")


class Cancelled(ProviderError):
    """The user gave up before the answer arrived; the cloud has done what *answer* tells."""

    def __init__(self, *, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"context canceled while waiting for {answer.path}")


class CloudClient:
    """The simulated cloud at *address*, spoken to with a credential of *tenant* (empty: of no tenant in particular).

    The address must be this machine: a stand-in that is met by accident must never look like a real provider.
    """

    def __init__(self, address: str, *, tenant: str = "", cancelled: threading.Event | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
            raise ProviderError(
                f"{ADDRESS} is {address!r}; this is the rehearsal's stand-in and needs http://127.0.0.1:<port>/cloud"
            )
        self._place = (parts.hostname or "", parts.port or 80)
        self._root = parts.path.rstrip("/")
        self._tenant = tenant
        self._cancelled = cancelled or threading.Event()

    @classmethod
    def from_environment(cls, *, tenant: str, cancelled: threading.Event) -> CloudClient:
        """The client for the running rehearsal. Raises ProviderError where there is none."""
        return cls(os.environ.get(ADDRESS, ""), tenant=tenant, cancelled=cancelled)

    def call(
        self, method: str, path: str, body: object = None, *, purpose: Purpose | None = None, **headers: str
    ) -> Answer:
        """Send one request, and wait for as long as the fault plan wants.

        Only a request with a *purpose* counts in the fault plan. Raises CloudRefused, Cancelled, ProviderError.
        """
        connection = HTTPConnection(*self._place, timeout=_TIMEOUT)
        data = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, self._root + quote(path), data, self._headers(purpose, headers))
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, HTTPException) as broken:
            raise ProviderError(
                f"the rehearsal's cloud did not answer {method} {path}: {broken!r}"
            ) from broken
        finally:
            connection.close()
        return self._held(reply, _answer(reply, text))

    def _headers(self, purpose: Purpose | None, more: dict[str, str]) -> dict[str, str]:
        headers = {"content-type": "application/json"}
        headers |= {name.replace("_", "-"): text for name, text in more.items()}
        if self._tenant:
            headers[TENANT] = self._tenant
        return headers if purpose is None else headers | {OPERATION: purpose.operation, TYPE: purpose.token}

    def _held(self, reply: HTTPResponse, answer: Answer) -> Answer:
        hold = reply.headers.get(HOLD)
        if hold is None:
            return answer
        if self._cancelled.wait(None if hold == FOREVER else float(hold)):
            raise Cancelled(answer=answer)
        return answer


def _answer(reply: HTTPResponse, text: bytes) -> Answer:
    view = json.loads(text) if text else {}
    if reply.status >= 400:
        error = view.get("error", {})
        raise CloudRefused(
            status=reply.status, code=error.get("code", "Error"), message=error.get("message", "")
        )
    return Answer(reply.headers.get("location", ""), view, reply.headers.get(FAILED, ""))
